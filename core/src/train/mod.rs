//! Multi-task pretraining: one batch of one task at a time, shared gradients summed (Schäfer et al. 2024,
//! Methods). The peak memory is that of the largest task, however many there are.
//!
//! The loop does no input or output: the caller hands it batches and stores the states it yields. Nor does it start
//! threads: over several devices, the caller takes each [`Rank`] of a [`Round`] to one.

mod average;
mod config;
mod gradients;
mod interference;
mod muon;
mod optimiser;
mod precision;
mod rank;
mod round;
mod sampler;
mod schedule;
mod split;
mod state;
mod surgery;
mod trainer;
mod transfer;
mod uncertainty;
mod update;

pub use config::{Conflicts, SettingError, TrainConfig, Weighting};
pub(crate) use gradients::clip;
pub use interference::Interference;
pub use optimiser::{Optimiser, OptimiserKind};
pub use precision::{ComputePrecision, LossScale};
pub use rank::{Forward, Rank};
pub use round::{Job, Place, Round};
pub use sampler::{Sampler, SamplerError, SamplerKind, Turn, Turns};
pub use schedule::Schedule;
pub use state::{StateError, TrainingState};
pub use trainer::{SpreadError, StepError, Trainer, Update, images};
pub use update::DeviceError;
