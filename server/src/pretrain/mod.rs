//! Pretraining on this machine: the loop of `medley-core` fed from disk, watched, and stored.

mod config;
mod error;
mod held_out;
mod parallel;
mod print;
mod recovery;
mod run;
mod sources;
mod window;

pub use config::{ConfigError, DataConfig, PretrainConfig, ValidationConfig};
pub use error::PretrainError;
pub use parallel::ParallelError;
pub use print::print;
pub use run::{Outcome, RunOptions, run};
