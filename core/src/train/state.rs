//! The training state as bytes, and back.

use burn::tensor::Device;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::config::TrainConfig;
use super::optimiser::Optimiser;
use super::trainer::{Trainer, training_device};
use super::transfer::placed;
use crate::dataset::Task;
use crate::model::{ModelConfig, Named, Network};
use crate::weights::{Array, Arrays, Precision, WeightsError, export, import, read, read_back, write};

const KEY: &str = "medley.training";

/// Everything in a training state besides numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingState {
    /// Numbers of the network.
    pub model: ModelConfig,
    /// The tasks, in the order of their heads.
    pub tasks: Vec<Task>,
    /// Settings.
    pub config: TrainConfig,
    /// Updates made.
    pub update: u64,
    /// Batches drawn, of all tasks together.
    pub inner_step: u64,
    /// Batches drawn per task.
    pub drawn: Vec<u64>,
    /// Factor of the configured learning rates.
    pub rate_factor: f64,
    /// Steps of the shared optimiser, of each head's, and of that of the learnt loss weights.
    steps: (u64, Vec<u64>, u64),
}

/// Why a training state cannot be restored.
#[derive(Debug, Error)]
pub enum StateError {
    /// Damaged numbers.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// No training state.
    #[error("this file is no training state ({0}); resume from a file in the run's `checkpoints` folder")]
    Header(String),
}

impl Trainer {
    /// Reads the whole state back from the device, in full precision: a trainer restored from it makes the
    /// same next update.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn to_bytes(&self) -> Result<Vec<u8>, WeightsError> {
        let mut arrays = Arrays::new();
        export(&self.network.foundation, "foundation", &mut arrays).await?;
        export_moments(&self.shared, "optimiser.shared", &mut arrays).await?;
        for ((task, head), optimiser) in self.network.tasks.iter().zip(&self.network.heads).zip(&self.own) {
            export(head, &format!("heads.{}", task.id), &mut arrays).await?;
            export_moments(optimiser, &format!("optimiser.{}", task.id), &mut arrays).await?;
        }
        if let Some(average) = &self.average {
            export_named(&average.values, "average", &mut arrays).await?;
        }
        if let Some(learnt) = &self.uncertainty {
            export_named(&learnt.log_variances, "uncertainty", &mut arrays).await?;
            export_moments(&learnt.optimiser, "optimiser.uncertainty", &mut arrays).await?;
        }
        let state = TrainingState {
            model: self.network.config.clone(),
            tasks: self.network.tasks.clone(),
            config: self.config.clone(),
            update: self.update,
            inner_step: self.inner_step,
            drawn: self.drawn.clone(),
            rate_factor: self.rate_factor,
            steps: (
                self.shared.steps,
                self.own.iter().map(|o| o.steps).collect(),
                self.uncertainty.as_ref().map_or(0, |learnt| learnt.optimiser.steps),
            ),
        };
        let header = (KEY.to_owned(), serde_json::json!(state).to_string());
        write(&arrays, &[header].into(), Precision::Full)
    }

    /// Restores what [`Self::to_bytes`] wrote. `device` is the plain one.
    ///
    /// # Errors
    /// When the bytes are damaged or something else.
    pub fn from_bytes(bytes: &[u8], device: &Device) -> Result<Self, StateError> {
        let (arrays, metadata) = read(bytes)?;
        let header = metadata.get(KEY).ok_or_else(|| StateError::Header(format!("no `{KEY}`")))?;
        let state: TrainingState =
            serde_json::from_str(header).map_err(|e| StateError::Header(e.to_string()))?;
        if state.steps.1.len() != state.tasks.len() || state.drawn.len() != state.tasks.len() {
            return Err(StateError::Header("its counters do not match its tasks".into()));
        }
        let plain = device.clone().inner();
        let device = training_device(&plain, &state.config);
        let mut network = Network::new(state.model, state.tasks, &device);
        network.foundation = import(network.foundation, "foundation", &arrays, &plain)?;
        let heads = std::mem::take(&mut network.heads);
        for (head, task) in heads.into_iter().zip(&network.tasks) {
            network.heads.push(import(head, &format!("heads.{}", task.id), &arrays, &plain)?);
        }
        let mut trainer = Self::with_network(network, state.config, &device);
        trainer.update = state.update;
        trainer.inner_step = state.inner_step;
        trainer.drawn = state.drawn;
        trainer.rate_factor = state.rate_factor;
        if let Some(average) = &mut trainer.average {
            average.values = placed(&arrays, "average", &plain);
        }
        if let Some(learnt) = &mut trainer.uncertainty {
            learnt.log_variances = placed(&arrays, "uncertainty", &plain);
            import_moments(&mut learnt.optimiser, "optimiser.uncertainty", state.steps.2, &arrays, &plain);
        }
        import_moments(&mut trainer.shared, "optimiser.shared", state.steps.0, &arrays, &plain);
        for ((own, task), steps) in trainer.own.iter_mut().zip(&trainer.network.tasks).zip(state.steps.1) {
            import_moments(own, &format!("optimiser.{}", task.id), steps, &arrays, &plain);
        }
        Ok(trainer)
    }
}

async fn export_moments(optimiser: &Optimiser, prefix: &str, into: &mut Arrays) -> Result<(), WeightsError> {
    export_named(&optimiser.first, &format!("{prefix}.first"), into).await?;
    export_named(&optimiser.second, &format!("{prefix}.second"), into).await
}

fn import_moments(optimiser: &mut Optimiser, prefix: &str, steps: u64, arrays: &Arrays, device: &Device) {
    optimiser.steps = steps;
    optimiser.first = placed(arrays, &format!("{prefix}.first"), device);
    optimiser.second = placed(arrays, &format!("{prefix}.second"), device);
}

async fn export_named(named: &Named, prefix: &str, into: &mut Arrays) -> Result<(), WeightsError> {
    for (name, values) in named {
        let values = read_back(values.clone()).await?;
        into.insert(format!("{prefix}.{name}"), Array { shape: vec![values.len()], values });
    }
    Ok(())
}
