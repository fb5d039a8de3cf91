//! Why a run stopped.

use std::path::PathBuf;

use medley_core::train::{SamplerError, SpreadError, StateError, StepError};
use medley_core::weights::WeightsError;
use thiserror::Error;

use super::parallel::ParallelError;
use crate::data::DataError;
use crate::device::{OpenDevice, OpenError};
use crate::evaluate::EvaluateError;
use crate::runs::RunError;
use crate::weights::StateDictError;

/// Why a run stopped.
#[derive(Debug, Error)]
pub enum PretrainError {
    /// The data.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Data that could be read when the run started.
    #[error(
        "{0}. The run can no longer read its data: put them back (was the folder moved, or a drive or network share \
         disconnected?) and go on with --resume. The state of the last whole update is kept"
    )]
    Vanished(#[source] DataError),
    /// The run folder.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A weight for a task that the run does not have.
    #[error("`train.weights` names the task `{id}`, which none of the data sets has; {advice}")]
    UnknownTask {
        /// Its id.
        id: String,
        /// Which task was probably meant.
        advice: String,
    },
    /// The device.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// A step.
    #[error(transparent)]
    Step(#[from] StepError<DataError>),
    /// A device that cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// One of several devices.
    #[error(
        "{name} failed or is no longer there ({reason}); this update is not made. Go on with --resume once it is back, or \
         without it in `devices`"
    )]
    LostDevice {
        /// The device.
        name: String,
        /// What was heard of it last.
        reason: String,
    },
    /// A device without 16-bit numbers.
    #[error("{0} cannot compute with 16-bit numbers; set `train.precision` to \"full\"")]
    NoHalf(String),
    /// More devices than tasks.
    #[error(transparent)]
    Spread(#[from] SpreadError),
    /// The held-out scores.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
    /// The order of the tasks.
    #[error(transparent)]
    Sampler(#[from] SamplerError),
    /// The file of the weights to start from.
    #[error(transparent)]
    StateDict(#[from] StateDictError),
    /// The weights to start from.
    #[error("{} cannot be the encoder's weights: name a state dict of the preset's torchvision model (tiny: swin_v2_t, base: swin_v2_b)", .0.display())]
    Encoder(PathBuf, #[source] WeightsError),
    /// Losses stay no numbers.
    #[error(
        "{skipped} updates in a row had a loss that is no number, and there is no checkpoint to go back to; \
         start again with a smaller `train.learning_rate`"
    )]
    NotFinite {
        /// Updates in a row.
        skipped: u64,
    },
    /// Going back did not help.
    #[error(
        "losses were no numbers again after going back {times} times; look at the data of the tasks, or start \
         again with a smaller `train.learning_rate` or `train.clip = 1.0`"
    )]
    Hopeless {
        /// How often the run went back.
        times: u32,
    },
    /// The configuration changed in a way that resuming cannot follow.
    #[error(
        "the checkpoint was made with other tasks ({0}); resume with the configuration in the run's folder"
    )]
    OtherTasks(String),
    /// The checkpoint is whole, but not one of this program.
    #[error("{} was written by another version of medley: resume with that one, or start again with --out", .0.display())]
    OtherVersion(PathBuf, #[source] StateError),
    /// The configuration cannot be written as TOML.
    #[error("the configuration cannot be stored")]
    Config(#[source] toml::ser::Error),
}

impl PretrainError {
    /// What an error means while a run is going on: data that cannot be read were there before.
    pub(super) fn while_running(self) -> Self {
        match self {
            Self::Data(error @ DataError::Io { .. })
            | Self::Step(StepError::Batch(error @ DataError::Io { .. })) => Self::Vanished(error),
            other => other,
        }
    }

    /// What an update over these devices ended with.
    pub(super) fn of_step(error: ParallelError<DataError>, devices: &[OpenDevice]) -> Self {
        let lost = |rank: usize, reason: String| match devices.get(rank) {
            Some(device) if devices.len() > 1 => Some(Self::LostDevice { name: device.name.clone(), reason }),
            _ => None,
        };
        match error {
            ParallelError::Step(StepError::Device(error)) => {
                lost(error.rank, format!("{:?}", error.error)).unwrap_or(Self::Step(StepError::Device(error)))
            }
            ParallelError::Step(error) => Self::Step(error),
            ParallelError::Panicked { rank, reason } => {
                // Turns beside each other on the one device of a run are ranks, but no devices, of their own.
                let device = devices.get(rank).or(devices.first());
                let name = device.map_or_else(String::new, |device| device.name.clone());
                Self::LostDevice { name, reason }
            }
        }
    }
}
