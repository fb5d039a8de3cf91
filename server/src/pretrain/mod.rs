//! Pretraining on this machine: the loop of `medley-core` fed from disk, watched, and stored.

mod config;
mod run;
mod sources;

pub use config::{ConfigError, DataConfig, PretrainConfig};
pub use run::{Outcome, PretrainError, RunOptions, run};
