//! A run is a folder: its resolved configuration, an event log, checkpoints, and the model it made.

mod atomic;
mod checkpoint;
mod course;
mod crc32c;
mod error;
mod events;
mod folder;
#[cfg(test)]
mod killed;
mod memory;
mod numbers;
mod reader;
mod report;
mod tensorboard;
mod watch;
mod writer;

pub(crate) use atomic::remove_unfinished;
pub use atomic::write_atomically;
pub use checkpoint::{Checkpoint, Checkpoints};
pub use course::{Course, MeanInterference, Series, valid_events};
pub use error::RunError;
pub use events::{Event, EventLog, TimedEvent};
pub use folder::RunFolder;
pub(crate) use folder::lock;
pub use memory::{peak_process_memory, process_memory};
pub use reader::{EventReader, read_events};
pub use report::write_report;
pub use tensorboard::TensorBoard;
pub use watch::Watch;
pub use writer::{CheckpointWriter, PendingState, Written};
