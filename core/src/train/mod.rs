//! Multi-task pretraining: one batch of one task at a time, shared gradients summed (Schäfer et al. 2024,
//! Methods). The peak memory is that of the largest task, however many there are.
//!
//! The loop does no input or output: the caller hands it batches and stores the states it yields.

mod average;
mod config;
mod gradients;
mod interference;
mod muon;
mod optimiser;
mod round;
mod sampler;
mod schedule;
mod state;
mod surgery;
mod trainer;
mod uncertainty;

pub use config::{Conflicts, SettingError, TrainConfig, Weighting};
pub(crate) use gradients::clip;
pub use interference::Interference;
pub use optimiser::{Optimiser, OptimiserKind};
pub use sampler::{Sampler, SamplerError, SamplerKind, Turn, Turns};
pub use schedule::Schedule;
pub use state::{StateError, TrainingState};
pub use trainer::{StepError, Trainer, Update, images};
