//! Fine-tuning to one task.

use burn::module::Module;
use burn::tensor::{Device, ExecutionError, Tensor};
use thiserror::Error;

use super::lora::Lora;
use super::mode::Mode;
use crate::dataset::{Batch, Target, Task};
use crate::model::{Features, Head, Network, Outputs, parameters, take_gradients, train_only};
use crate::task::{LossError, loss};
use crate::train::{Optimiser, OptimiserKind, Schedule, clip, images};

/// How a model is fine-tuned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TuneConfig {
    /// What learns.
    pub mode: Mode,
    /// Steps of the whole course; the learning rate falls to zero over it.
    pub steps: u64,
    /// Steps over which the learning rate rises from zero.
    pub warmup: u64,
    /// Peak learning rate of the head and of the factors of low-rank changes.
    pub head_learning_rate: f64,
    /// Peak learning rate of the other blocks that learn.
    pub learning_rate: f64,
    /// Decoupled weight decay.
    pub weight_decay: f64,
    /// Longest gradient of the shared blocks, and of the head.
    pub clip: f64,
    /// Rank of low-rank changes.
    pub rank: usize,
    /// Seed of everything random.
    pub seed: u64,
}

impl Default for TuneConfig {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            steps: 300,
            warmup: 10,
            head_learning_rate: 3e-3,
            learning_rate: 5e-4,
            weight_decay: 1e-2,
            clip: 1.0,
            rank: 8,
            seed: 0,
        }
    }
}

/// Why a step was not made.
#[derive(Debug, Error)]
pub enum TuneError {
    /// The batch does not fit the task.
    #[error(transparent)]
    Loss(#[from] LossError),
    /// The device.
    #[error("the computation failed on this device ({0}); try again, or use the CPU")]
    Device(#[from] ExecutionError),
    /// The weights are as before this step.
    #[error("the loss is no number; lower the learning rate, or look at the labels")]
    NotFinite,
}

/// A model that learns one task, or several by turns.
#[derive(Clone, Debug)]
pub struct Tuner {
    pub(super) network: Network,
    config: TuneConfig,
    pub(super) lora: Option<Lora>,
    pub(super) shared: Optimiser,
    pub(super) factors: Optimiser,
    pub(super) own: Vec<Optimiser>,
    pub(super) step: u64,
    device: Device,
}

impl Tuner {
    /// Starts from the shared blocks of `network` with a random head for `task`. The network's own tasks are left
    /// out. `device` is the plain one.
    pub fn new(network: &Network, task: Task, config: TuneConfig, device: &Device) -> Self {
        let blank = Network { tasks: Vec::new(), heads: Vec::new(), ..network.clone() };
        Self::for_tasks(&blank, vec![task], config, device)
    }

    /// Starts from the shared blocks of `network`, and from its head for each of `tasks` that it has (the same id,
    /// kind and classes); the other heads are random. The network itself stays as it is. `device` is the plain one.
    pub fn for_tasks(network: &Network, tasks: Vec<Task>, config: TuneConfig, device: &Device) -> Self {
        device.seed(config.seed);
        let plain = device.clone().inner();
        let device = plain.clone().autodiff();
        let heads: Vec<Head> = tasks.iter().map(|task| head(network, task, &device)).collect();
        let foundation = network.foundation.valid().train();
        let lora = (config.mode == Mode::Lora).then(|| Lora::new(&foundation, config.rank, &plain));
        let foundation = train_only(foundation, |name| config.mode.trains(name));
        let optimiser = Optimiser::new(OptimiserKind::AdamW, config.weight_decay);
        Self {
            lora,
            shared: optimiser.clone(),
            factors: Optimiser::new(OptimiserKind::AdamW, 0.0),
            own: vec![optimiser; tasks.len()],
            network: Network { config: network.config.clone(), tasks, foundation, heads },
            step: 0,
            device,
            config,
        }
    }

    /// The model as it is, without gradients.
    pub fn network(&self) -> Network {
        self.network.valid()
    }

    /// Steps made.
    pub fn steps(&self) -> u64 {
        self.step
    }

    /// Learns the first task from one batch and gives its loss. The device is read once.
    ///
    /// # Errors
    /// When the batch has targets of another label type, the device fails, or the loss is no number; the weights
    /// are then those before the step.
    pub async fn step(&mut self, batch: &Batch) -> Result<f32, TuneError> {
        self.step_task(0, batch).await
    }

    /// As [`Self::step`], for task number `task`.
    ///
    /// # Errors
    /// As [`Self::step`].
    pub async fn step_task(&mut self, task: usize, batch: &Batch) -> Result<f32, TuneError> {
        self.seed_step();
        let outputs = self.network.forward_cases(task, images(batch, &self.device), &batch.cases);
        self.learn(task, outputs, &batch.targets).await
    }

    /// As [`Self::step_task`], from plain features that the encoder of this model made: it must not be one that
    /// learns. `targets` are one per image, of the features' size.
    ///
    /// # Errors
    /// As [`Self::step`].
    pub async fn step_features(
        &mut self,
        task: usize,
        features: &Features,
        targets: &[Target],
    ) -> Result<f32, TuneError> {
        self.seed_step();
        let outputs = self.network.answer(task, &features.lifted(&self.device));
        self.learn(task, outputs, targets).await
    }

    /// What is random in a step depends on its number alone.
    fn seed_step(&self) {
        self.device.seed(self.config.seed.wrapping_add(self.step.wrapping_mul(1_000_003)));
    }

    async fn learn(&mut self, task: usize, outputs: Outputs, targets: &[Target]) -> Result<f32, TuneError> {
        let loss = loss(outputs, targets)?;
        let mut gradients = loss.clone().backward();
        let mut shared = take_gradients(&self.network.foundation, &mut gradients);
        let mut own = take_gradients(&self.network.heads[task], &mut gradients);
        let length = clip(&mut shared, Some(self.config.clip));
        let parts = [Some(loss.inner()), length, clip(&mut own, Some(self.config.clip))];
        let numbers = Tensor::cat(parts.into_iter().flatten().collect(), 0);
        let numbers: Vec<f32> = numbers.into_data_async().await?.iter::<f32>().collect();
        let factor = self.rate_factor();
        self.step += 1;
        if numbers.iter().any(|number| !number.is_finite()) {
            return Err(TuneError::NotFinite);
        }
        let (rate, head_rate) = (self.config.learning_rate * factor, self.config.head_learning_rate * factor);
        let head = self.network.heads[task].clone();
        self.network.heads[task] = self.own[task].step(head, own, head_rate);
        let mut foundation = self.network.foundation.clone();
        if let Some(lora) = &mut self.lora {
            let of_factors = lora.gradients(&mut shared);
            self.factors.step_named(&mut lora.factors, of_factors, head_rate);
            foundation = lora.apply(foundation);
        }
        self.network.foundation = self.shared.step(foundation, shared, rate);
        // The loss comes first.
        Ok(numbers.first().copied().unwrap_or(f32::NAN))
    }

    fn rate_factor(&self) -> f64 {
        if self.step < self.config.warmup {
            return (self.step + 1) as f64 / self.config.warmup as f64;
        }
        let span = self.config.steps.saturating_sub(self.config.warmup).max(1) as f64;
        Schedule::Cosine.factor(((self.step - self.config.warmup) as f64 / span).min(1.0))
    }
}

/// The network's head for `task`, if it has one that fits, or a random one.
fn head(network: &Network, task: &Task, device: &Device) -> Head {
    let fits = |known: &Task| {
        known.id == task.id && known.kind == task.kind && known.classes.len() == task.classes.len()
    };
    let known = network.tasks.iter().zip(&network.heads).find(|(known, _)| fits(known));
    if let Some((_, head)) = known {
        return head.valid().train();
    }
    let head = Head::new(task, &network.config, device);
    // Parameters are created when first used; its random values must not depend on what comes first.
    parameters(&head);
    head
}
