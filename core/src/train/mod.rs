//! Multi-task pretraining: one batch of one task at a time, shared gradients summed (Schäfer et al. 2024,
//! Methods). The peak memory is that of the largest task, however many there are.
//!
//! The loop does no input or output: the caller hands it batches and stores the states it yields.

mod config;
mod optimiser;
mod state;
mod trainer;

pub use config::TrainConfig;
pub use optimiser::AdamW;
pub use state::{StateError, TrainingState};
pub use trainer::{StepError, Trainer, Update, images};
