//! The loop itself.

use burn::tensor::{Device, Tensor};
use thiserror::Error;

use super::config::TrainConfig;
use super::optimiser::AdamW;
use crate::dataset::{Batch, Task};
use crate::model::{ModelConfig, Named, Network, take_gradients};
use crate::task::{LossError, loss};

/// The state of a training run, and its `step`.
#[derive(Clone, Debug)]
pub struct Trainer {
    /// The model being trained.
    pub network: Network,
    /// Settings.
    pub config: TrainConfig,
    /// Updates made so far.
    pub update: u64,
    /// Batches drawn so far, per task.
    pub drawn: Vec<u64>,
    pub(super) shared: AdamW,
    pub(super) own: Vec<AdamW>,
    pub(super) device: Device,
}

/// What one update did.
#[derive(Clone, Debug)]
pub struct Update {
    /// Loss per task, `[1]` each, still on the device: reading it waits for the device.
    pub losses: Vec<Tensor<1>>,
    /// Learning rate.
    pub rate: f64,
    /// Images seen.
    pub images: usize,
}

/// Why a step was not made.
#[derive(Debug, Error)]
pub enum StepError<E> {
    /// The caller has no batch.
    #[error(transparent)]
    Batch(E),
    /// The batch does not fit the task.
    #[error(transparent)]
    Loss(#[from] LossError),
}

impl Trainer {
    /// A model with random weights and a fresh state. `device` is the plain one; gradients are added here.
    pub fn new(model: ModelConfig, tasks: Vec<Task>, config: TrainConfig, device: &Device) -> Self {
        device.seed(config.seed);
        let device = device.clone().autodiff();
        Self::with_network(Network::new(model, tasks, &device), config, &device)
    }

    /// Goes on from the weights of `network`, which lies on an autodiff device.
    pub fn with_network(network: Network, config: TrainConfig, device: &Device) -> Self {
        // Parameters are created when first used; use them now, so that their random values do not
        // depend on what runs before.
        crate::model::parameters(&network.foundation);
        network.heads.iter().for_each(|head| drop(crate::model::parameters(head)));
        let optimiser = AdamW::new(config.weight_decay);
        Self {
            update: 0,
            drawn: vec![0; network.tasks.len()],
            shared: optimiser.clone(),
            own: vec![optimiser; network.tasks.len()],
            device: device.clone(),
            network,
            config,
        }
    }

    /// One update: a batch of every task in turn (the cyclic sampler), each with its own backward pass. The
    /// head of a task steps at once with its own optimiser; the gradients of the shared blocks are summed
    /// and make one step at the end.
    ///
    /// `draw(task, n)` gives the `n`-th batch of a task, counted from 0 over the whole run.
    ///
    /// # Errors
    /// When `draw` fails or a batch has targets of another label type. What the tasks before it did to
    /// their heads stays; the shared blocks are untouched.
    pub fn step<E>(
        &mut self,
        mut draw: impl FnMut(usize, u64) -> Result<Batch, E>,
    ) -> Result<Update, StepError<E>> {
        let rate = self.config.rate(self.update);
        let mut shared_sum = Named::new();
        let mut losses = Vec::new();
        let mut images = 0;
        for task in 0..self.network.tasks.len() {
            let batch = draw(task, self.drawn[task]).map_err(StepError::Batch)?;
            self.drawn[task] += 1;
            images += batch.batch;
            losses.push(self.inner_step(task, &batch, rate, &mut shared_sum)?);
        }
        let foundation = self.network.foundation.clone();
        self.network.foundation = self.shared.step(foundation, shared_sum, rate);
        self.update += 1;
        Ok(Update { losses, rate, images })
    }

    /// Forward and backward of one task; the graph is gone when this returns.
    fn inner_step(
        &mut self,
        task: usize,
        batch: &Batch,
        rate: f64,
        shared_sum: &mut Named,
    ) -> Result<Tensor<1>, LossError> {
        // Dropout draws from the device; seeding it here makes a resumed run repeat exactly.
        let stream = self.update.wrapping_mul(1_000_003).wrapping_add(task as u64);
        self.device.seed(self.config.seed.wrapping_add(stream));
        let outputs = self.network.forward(task, images(batch, &self.device));
        let loss = loss(outputs, &batch.targets)?;
        let weight = self.config.weights.get(&self.network.tasks[task].id).copied().unwrap_or(1.0);
        let mut gradients = loss.clone().mul_scalar(weight).backward();
        for (name, gradient) in take_gradients(&self.network.foundation, &mut gradients) {
            let sum = match shared_sum.remove(&name) {
                Some(sum) => sum + gradient,
                None => gradient,
            };
            shared_sum.insert(name, sum);
        }
        let own = take_gradients(&self.network.heads[task], &mut gradients);
        let head = self.network.heads[task].clone();
        self.network.heads[task] = self.own[task].step(head, own, rate);
        Ok(loss.inner())
    }
}

/// The images of a batch as a tensor `[B, 3, H, W]`.
pub fn images(batch: &Batch, device: &Device) -> Tensor<4> {
    Tensor::<1>::from_floats(batch.images.as_slice(), device).reshape([
        batch.batch,
        3,
        batch.height,
        batch.width,
    ])
}
