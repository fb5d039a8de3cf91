//! A run is a folder: its resolved configuration, an event log, checkpoints, and the model it made.

mod checkpoint;
mod events;
mod folder;
mod numbers;

pub use checkpoint::{latest_checkpoint, write_atomically, write_checkpoint};
pub use events::{Event, EventLog, TimedEvent};
pub use folder::{RunError, RunFolder};
