//! A whole fine-tuning as a value: it goes on by small units of work, so that its caller can do other things
//! between them, wait, store it and come back.

mod features;
mod measure;
mod state;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use burn::tensor::{Device, ExecutionError};

use self::features::FeatureStore;
use self::measure::Measuring;
use super::mode::Mode;
use super::score::HeldOutScore;
use super::stopping::Stopping;
use super::tuner::{TuneConfig, TuneError, Tuner};
use super::views::views;
use crate::dataset::{
    AugmentConfig, Augmentation, Orientation, Prepared, Task, collate, epoch_order, sample_seed,
};
use crate::model::Network;

pub use state::SessionError;

/// How a session learns.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionConfig {
    /// What learns. Where the encoder does not, its features are computed once per image and view.
    pub mode: Mode,
    /// Steps at most.
    pub steps: u64,
    /// Images per step, at most.
    pub batch: usize,
    /// Steps between two measurements.
    pub evaluate_every: u64,
    /// Measurements in a row without an improvement that end the session.
    pub patience: u32,
    /// Ways in which each image is shown where features are kept.
    pub views: usize,
    /// What may be done to images.
    pub augment: AugmentConfig,
    /// Seed of everything random.
    pub seed: u64,
}

/// A task of a session with its images, at the size at which the model sees them.
#[derive(Clone, Debug)]
pub struct SessionTask {
    /// The task.
    pub task: Task,
    /// Images that learn.
    pub training: Vec<Prepared>,
    /// Images to measure on.
    pub held_out: Vec<Prepared>,
}

/// What a unit of work was.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    /// A step was made, with this loss.
    Learnt(f32),
    /// A held-out image was answered.
    Answered,
    /// A measurement has ended; the first task's score, where there is one.
    Measured(Option<HeldOutScore>),
    /// The session has ended; there is nothing more to do.
    Over,
}

/// A measurement of the course.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Steps made.
    pub step: u64,
    /// Per task; none where nothing is held out.
    pub scores: Vec<Option<HeldOutScore>>,
}

/// A fine-tuning under way. The network that it began from is not changed.
#[derive(Debug)]
pub struct Session {
    config: SessionConfig,
    tasks: Vec<SessionTask>,
    tuner: Tuner,
    store: FeatureStore,
    orientations: Vec<Orientation>,
    measuring: Option<Measuring>,
    losses: Vec<f32>,
    base: Option<Measured>,
    course: Vec<Measured>,
    stopping: Stopping,
    best: Option<Network>,
    stopped: bool,
}

/// Why a unit of work was not done.
#[derive(Debug, Error)]
pub enum WorkError {
    /// A step.
    #[error(transparent)]
    Tune(#[from] TuneError),
    /// The device.
    #[error("the computation failed on this device ({0}); try again, or use the CPU")]
    Device(#[from] ExecutionError),
}

impl Session {
    /// A session that begins from `network`: from its shared blocks, and its heads where it has them. Tasks without
    /// images that learn are left out.
    pub fn new(network: &Network, tasks: Vec<SessionTask>, config: SessionConfig, device: &Device) -> Self {
        let tasks: Vec<SessionTask> = tasks.into_iter().filter(|task| !task.training.is_empty()).collect();
        let known = tasks.iter().map(|task| task.task.clone()).collect();
        let defaults = TuneConfig::default();
        // An encoder that stays as it is bears larger steps: measured on electron micrographs, where it is learnt in
        // half the time.
        let (head_learning_rate, learning_rate) = if config.mode.keeps_encoder() {
            (1e-2, 1e-3)
        } else {
            (defaults.head_learning_rate, defaults.learning_rate)
        };
        let tuning = TuneConfig {
            mode: config.mode,
            steps: config.steps,
            seed: config.seed,
            head_learning_rate,
            learning_rate,
            ..defaults
        };
        let mut orientations = views(&config.augment);
        orientations.truncate(config.views.max(1));
        Self {
            tuner: Tuner::for_tasks(network, known, tuning, device),
            store: FeatureStore::new(config.mode.keeps_encoder()),
            orientations,
            measuring: Some(Measuring::new(&tasks)),
            losses: Vec::new(),
            base: None,
            course: Vec::new(),
            stopping: Stopping::new(config.patience),
            best: None,
            stopped: tasks.is_empty(),
            config,
            tasks,
        }
    }

    /// Does the next unit of work: the answer about one held-out image, or a step. At the beginning the model as it is
    /// gets measured.
    ///
    /// # Errors
    /// When the device fails, or the loss is no number; the session can be asked again.
    pub async fn work(&mut self, device: &Device) -> Result<Work, WorkError> {
        if let Some(measuring) = &mut self.measuring {
            let network = self.tuner.network();
            if measuring.answer_next(&network, &self.tasks, &mut self.store, device).await? {
                return Ok(Work::Answered);
            }
            return Ok(self.measured(network));
        }
        if self.is_over() {
            return Ok(Work::Over);
        }
        let loss = self.learn(device).await?;
        self.losses.push(loss);
        if self.is_due() {
            self.measuring = Some(Measuring::new(&self.tasks));
        }
        Ok(Work::Learnt(loss))
    }

    /// A measurement follows this step.
    fn is_due(&self) -> bool {
        let step = self.steps();
        step.is_multiple_of(self.config.evaluate_every.max(1)) || step >= self.config.steps
    }

    fn measured(&mut self, network: Network) -> Work {
        let scores = self.measuring.take().map(|done| done.scores(&self.tasks)).unwrap_or_default();
        let first = scores.first().copied().flatten();
        let step = self.steps();
        let known: Vec<f64> = scores.iter().flatten().map(|score| score.value).collect();
        let measured = Measured { step, scores };
        if self.base.is_none() {
            self.base = Some(measured);
        } else {
            // Without held-out images the last weights are the best that is known.
            let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
            if known.is_empty() || self.stopping.record(step, mean) {
                self.best = Some(network);
            }
            self.course.push(measured);
        }
        Work::Measured(first)
    }

    async fn learn(&mut self, device: &Device) -> Result<f32, TuneError> {
        let step = self.steps();
        let count = self.tasks.len() as u64;
        let (task, turn) = ((step % count) as usize, step / count);
        let images = &self.tasks[task].training;
        let batch = self.config.batch.clamp(1, images.len());
        let per_epoch = (images.len() / batch).max(1) as u64;
        let (epoch, at) = (turn / per_epoch, (turn % per_epoch) as usize * batch);
        let order = epoch_order(images.len(), self.config.seed ^ task as u64, epoch);
        let chosen: Vec<usize> = order.into_iter().skip(at).take(batch).collect();
        if !self.config.mode.keeps_encoder() {
            let samples = chosen.iter().map(|&index| self.augmented(&images[index], epoch, index)).collect();
            return self.tuner.step_task(task, &collate(samples)).await;
        }
        let view = (epoch % self.orientations.len() as u64) as usize;
        // Features of other sizes do not fit into one batch; the images at its end come first in another epoch.
        let size = |index: usize| (images[index].width, images[index].height);
        let first = chosen.first().copied().unwrap_or_default();
        let alike: Vec<usize> = chosen.into_iter().filter(|&index| size(index) == size(first)).collect();
        let network = self.tuner.network();
        let orientation = (view, self.orientations[view]);
        let (features, targets) = self.store.batch(&network, (task, images), &alike, orientation, device);
        self.tuner.step_features(task, &features, &targets).await
    }

    fn augmented(&self, sample: &Prepared, epoch: u64, index: usize) -> Prepared {
        let seed = sample_seed(self.config.seed, epoch, index);
        Augmentation::draw(&self.config.augment, seed, sample.width, sample.height).apply(sample.clone())
    }

    /// Steps made.
    pub fn steps(&self) -> u64 {
        self.tuner.steps()
    }

    /// Held-out images answered in the measurement under way, of all held-out images; all between measurements.
    pub fn answered(&self) -> (usize, usize) {
        let all = self.tasks.iter().map(|task| task.held_out.len()).sum();
        (all - self.measuring.as_ref().map_or(0, Measuring::left), all)
    }

    /// The settings.
    pub fn config(&self) -> &SessionConfig {
        &self.config
    }

    /// The tasks that learn.
    pub fn tasks(&self) -> impl Iterator<Item = &Task> {
        self.tasks.iter().map(|task| &task.task)
    }

    /// The loss of each step.
    pub fn losses(&self) -> &[f32] {
        &self.losses
    }

    /// The scores before the first step, once they are measured.
    pub fn base(&self) -> Option<&Measured> {
        self.base.as_ref()
    }

    /// All measurements since, in their order.
    pub fn course(&self) -> &[Measured] {
        &self.course
    }

    /// The measurement of the best weights.
    pub fn best(&self) -> Option<&Measured> {
        match self.stopping.best() {
            Some((step, _)) => self.course.iter().find(|measured| measured.step == step),
            None => self.course.last(),
        }
    }

    /// Whether there are weights to keep: a measurement was made after a step.
    pub fn has_learnt(&self) -> bool {
        self.best.is_some()
    }

    /// Bytes of the features that are kept.
    pub fn kept_bytes(&self) -> usize {
        self.store.bytes()
    }

    /// Whether all is done: the steps are made, the score no longer rises, or it was stopped.
    pub fn is_over(&self) -> bool {
        self.stopped
            || self.measuring.is_none() && (self.steps() >= self.config.steps || self.stopping.is_over())
    }

    /// Ends the session now.
    pub fn stop(&mut self) {
        self.stopped = true;
    }

    /// The model with the best weights so far, without gradients; before the first measurement the newest ones.
    pub fn network(&self) -> Network {
        self.best.clone().unwrap_or_else(|| self.tuner.network())
    }

    /// The model with the newest weights, without gradients.
    pub fn newest(&self) -> Network {
        self.tuner.network()
    }
}
