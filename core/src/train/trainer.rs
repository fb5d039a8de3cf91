//! The loop itself.

use burn::tensor::{Device, ExecutionError, Tensor};
use thiserror::Error;

use super::average::Average;
use super::config::{Conflicts, TrainConfig, Weighting};
use super::gradients::clip;
use super::interference::{Interference, Sketches, gram};
use super::optimiser::Optimiser;
use super::round::{Collected, Round};
use super::sampler::{Sampler, SamplerError, Turn};
use super::uncertainty::Uncertainty;
use super::{gradients, surgery};
use crate::dataset::{Batch, Task};
use crate::model::{ModelConfig, Named, Network, SwinV2, lifted, take_gradients};
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
    /// Batches drawn so far, of all tasks together.
    pub inner_step: u64,
    /// Batches drawn so far, per task.
    pub drawn: Vec<u64>,
    /// Factor of the configured learning rates, lowered after trouble.
    pub rate_factor: f64,
    pub(super) sampler: Sampler,
    pub(super) shared: Optimiser,
    pub(super) own: Vec<Optimiser>,
    pub(super) average: Option<Average>,
    pub(super) uncertainty: Option<Uncertainty>,
    pub(super) device: Device,
}

/// What one update did.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// Mean loss per task; `None` for a task without a batch in this update.
    pub losses: Vec<Option<f32>>,
    /// Learning rate of the shared blocks.
    pub rate: f64,
    /// Images seen.
    pub images: usize,
    /// Length of the shared gradient, before it was clipped.
    pub gradient_norm: f32,
    /// True when a loss or gradient was no finite number: all weights are as before.
    pub is_skipped: bool,
    /// How the tasks relate, in updates that measure it.
    pub interference: Option<Interference>,
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
    /// The device.
    #[error("the device failed: {0:?}; continue from the last checkpoint")]
    Device(ExecutionError),
}

/// The device on which gradients are computed.
pub(super) fn training_device(plain: &Device, config: &TrainConfig) -> Device {
    let device = plain.clone().autodiff();
    if config.gradient_checkpointing { device.gradient_checkpointing() } else { device }
}

impl Trainer {
    /// A model with random weights and a fresh state. `device` is the plain one; gradients are added here.
    pub fn new(model: ModelConfig, tasks: Vec<Task>, config: TrainConfig, device: &Device) -> Self {
        device.seed(config.seed);
        let device = training_device(device, &config);
        Self::with_network(Network::new(model, tasks, &device), config, &device)
    }

    /// Goes on from the weights of `network`, which lies on an autodiff device.
    pub fn with_network(mut network: Network, config: TrainConfig, device: &Device) -> Self {
        network.foundation = network.foundation.with_stochastic_depth(config.stochastic_depth);
        // Parameters are created when first used; use them now, so that their random values do not
        // depend on what runs before.
        crate::model::parameters(&network.foundation);
        network.heads.iter().for_each(|head| drop(crate::model::parameters(head)));
        let tasks = network.tasks.len();
        let uncertainty = uncertainty(&network, &config, device);
        Self {
            update: 0,
            inner_step: 0,
            drawn: vec![0; tasks],
            rate_factor: 1.0,
            sampler: Sampler::cyclic(tasks),
            shared: Optimiser::new(config.optimiser, config.weight_decay),
            own: vec![Optimiser::new(config.head_kind(), config.weight_decay); tasks],
            average: config.ema.map(|keep| Average::new(keep, &network)),
            uncertainty,
            device: device.clone(),
            network,
            config,
        }
    }

    /// Goes on with other settings. What they need and the state does not have starts afresh: the moments of
    /// another optimiser, a running mean of the weights, learnt weights of the losses. The order of the tasks
    /// needs [`Self::set_sampler`].
    pub fn configure(&mut self, config: TrainConfig) {
        let foundation = self.network.foundation.clone();
        self.network.foundation = foundation.with_stochastic_depth(config.stochastic_depth);
        self.shared.configure(config.optimiser, config.weight_decay);
        self.own.iter_mut().for_each(|own| own.configure(config.head_kind(), config.weight_decay));
        if config.ema != self.config.ema {
            self.average = config.ema.map(|keep| Average::new(keep, &self.network));
        }
        if config.weighting != self.config.weighting {
            self.uncertainty = uncertainty(&self.network, &config, &self.device);
        }
        self.config = config;
    }

    /// Starts from another encoder: what `change` makes of the random one. The running mean of the weights, if one is
    /// kept, starts there too.
    ///
    /// # Errors
    /// That of `change`; the trainer is as before.
    pub fn set_encoder<E>(&mut self, change: impl FnOnce(SwinV2) -> Result<SwinV2, E>) -> Result<(), E> {
        self.network.foundation = self.network.foundation.clone().map_encoder(change)?;
        self.average = self.config.ema.map(|keep| Average::new(keep, &self.network));
        Ok(())
    }

    /// Lets tasks take turns as configured; until then they do so one after the other. `batches_per_epoch` has a
    /// number per task.
    ///
    /// # Errors
    /// When the sampler cannot work with these numbers.
    pub fn set_sampler(&mut self, batches_per_epoch: &[u64]) -> Result<(), SamplerError> {
        self.sampler = Sampler::new(self.config.sampler, batches_per_epoch, self.config.seed)?;
        Ok(())
    }

    /// The order in which tasks take turns.
    pub fn sampler(&self) -> &Sampler {
        &self.sampler
    }

    /// The weights to evaluate and export: their running mean if one is kept, else the last ones.
    pub fn result(&self) -> Network {
        match &self.average {
            Some(average) => average.network(&self.network),
            None => self.network.clone(),
        }
    }

    /// One update: a batch of one task after the other, each with its own backward pass. The head of a task
    /// steps at once with its own optimiser; the gradients of the shared blocks are summed and make one step
    /// at the end. The device is read once, at the end.
    ///
    /// `draw` gives the batches. It gets the number of the inner step, counted from 0 over the whole run, and the
    /// turn that the sampler has for it.
    ///
    /// # Errors
    /// When `draw` fails, a batch has targets of another label type, or the device fails. The weights are then
    /// those before the update.
    pub async fn step<E>(
        &mut self,
        mut draw: impl FnMut(u64, Turn) -> Result<Batch, E>,
    ) -> Result<Update, StepError<E>> {
        let mut round = self.begin();
        for _ in 0..self.config.inner_steps.unwrap_or(self.network.tasks.len()) {
            let task = self.sampler.task_at(self.inner_step);
            let turn = Turn { task, number: self.drawn[task] };
            let done = draw(self.inner_step, turn)
                .map_err(StepError::Batch)
                .and_then(|batch| self.inner_step(&mut round, task, &batch).map_err(StepError::Loss));
            if let Err(error) = done {
                self.undo(round);
                return Err(error);
            }
            self.inner_step += 1;
            self.drawn[task] += 1;
        }
        self.finish(round).await.map_err(StepError::Device)
    }

    /// Learning rates of the shared blocks and of the heads in this update.
    fn rates(&self) -> (f64, f64) {
        let factor = self.rate_factor * self.config.rate_factor(self.update);
        let shared = self.config.learning_rate;
        (shared * factor, self.config.head_learning_rate.unwrap_or(shared) * factor)
    }

    fn begin(&self) -> Round {
        let tasks = self.network.tasks.len();
        let is_measured =
            self.config.interference_every > 0 && self.update.is_multiple_of(self.config.interference_every);
        let collected = match self.config.conflicts {
            Conflicts::Sum => Collected::Sum(
                Named::new(),
                is_measured.then(|| Sketches::new(tasks, self.device.clone().inner())),
            ),
            Conflicts::PcGrad => Collected::Apart(vec![Named::new(); tasks], is_measured),
        };
        Round::new(collected, self.network.heads.clone(), self.own.clone())
    }

    /// Forward and backward of one task; the graph is gone when this returns.
    fn inner_step(&mut self, round: &mut Round, task: usize, batch: &Batch) -> Result<(), LossError> {
        // Dropout draws from the device; seeding it here makes a resumed run repeat exactly.
        let stream = self.inner_step.wrapping_mul(1_000_003);
        self.device.seed(self.config.seed.wrapping_add(stream));
        let outputs = self.network.forward_cases(task, images(batch, &self.device), &batch.cases);
        let loss = loss(outputs, &batch.targets)?;
        let id = &self.network.tasks[task].id;
        let mut weighted = match self.config.weights.get(id) {
            Some(weight) => loss.clone().mul_scalar(*weight),
            None => loss.clone(),
        };
        if let Some(factor) = self.uncertainty.as_ref().and_then(|learnt| learnt.factor(id)) {
            weighted = weighted * lifted(factor, &self.device);
        }
        let mut gradients = weighted.backward();
        round.collect(task, take_gradients(&self.network.foundation, &mut gradients));
        let mut own = take_gradients(&self.network.heads[task], &mut gradients);
        round.note(task, loss.inner(), clip(&mut own, self.config.clip), batch.batch);
        let head = self.network.heads[task].clone();
        let (_, rate) = self.rates();
        self.network.heads[task] = self.own[task].step(head, own, rate);
        Ok(())
    }

    /// The step of the shared blocks.
    async fn finish(&mut self, mut round: Round) -> Result<Update, ExecutionError> {
        let plain = self.device.clone().inner();
        let tasks = self.network.tasks.len();
        let (mut sum, measured) = match std::mem::take(&mut round.collected) {
            Collected::Sum(sum, None) => (sum, None),
            Collected::Sum(sum, Some(sketches)) => (sum, Some(sketches.gram().await?)),
            Collected::Apart(apart, is_measured) => {
                let gram = gram(&apart, &plain).await?;
                let factors = surgery::factors(&gram, self.config.seed, self.update);
                let mut sum = Named::new();
                for (named, factor) in apart.into_iter().zip(factors) {
                    let scaled = named.into_iter().map(|(name, gradient)| (name, gradient * factor));
                    gradients::add(&mut sum, scaled.collect());
                }
                (sum, is_measured.then_some(gram))
            }
        };
        let squared = clip(&mut sum, self.config.clip);
        let (rate, _) = self.rates();
        let facts = round.read(tasks, squared).await?;
        let mut update = Update {
            losses: facts.losses,
            rate,
            images: round.images,
            gradient_norm: facts.gradient_norm,
            is_skipped: !facts.is_finite,
            interference: measured.map(|gram| Interference::from_gram(&gram)),
        };
        if update.is_skipped {
            update.interference = None;
            self.undo(round);
        } else {
            let foundation = self.network.foundation.clone();
            self.network.foundation = self.shared.step(foundation, sum, rate);
            if let Some(learnt) = &mut self.uncertainty {
                learnt.step(&round.mean_losses(&self.network.tasks), rate);
            }
        }
        self.update += 1;
        if let (Some(average), false) = (&mut self.average, update.is_skipped) {
            average.add(&self.network, self.update);
        }
        Ok(update)
    }

    /// Puts the heads back to where they were before a round.
    fn undo(&mut self, round: Round) {
        (self.network.heads, self.own) = round.before;
    }
}

fn uncertainty(network: &Network, config: &TrainConfig, device: &Device) -> Option<Uncertainty> {
    let ids = network.tasks.iter().map(|task| task.id.as_str());
    (config.weighting == Weighting::Uncertainty).then(|| Uncertainty::new(ids, &device.clone().inner()))
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
