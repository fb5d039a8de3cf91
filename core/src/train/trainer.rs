//! The state of a training run.

use burn::tensor::{Device, Tensor};
use thiserror::Error;

use super::average::Average;
use super::config::{TrainConfig, Weighting};
use super::interference::Interference;
use super::optimiser::Optimiser;
use super::precision::LossScale;
use super::sampler::{Sampler, SamplerError};
use super::split::split;
use super::uncertainty::Uncertainty;
use super::update::DeviceError;
use crate::dataset::{Batch, Task};
use crate::model::{ModelConfig, Network, SwinV2};
use crate::task::{LossError, is_sum_over_images};

/// The state of a training run, all of it on one device. Further devices only take part in the turns: each update brings
/// them what they need, and takes back what they found, so that nothing is lost with one of them.
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
    /// Factor of the loss in half precision.
    pub loss_scale: LossScale,
    pub(super) sampler: Sampler,
    pub(super) shared: Optimiser,
    pub(super) own: Vec<Optimiser>,
    pub(super) average: Option<Average>,
    pub(super) uncertainty: Option<Uncertainty>,
    pub(super) device: Device,
    /// Further devices, with gradients.
    pub(super) others: Vec<Device>,
    /// Which devices have a task: 0 is `device`, then come the others. Several share its batches.
    pub(super) owners: Vec<Vec<usize>>,
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
    /// True when it was skipped because gradients left the range of half precision: the next ones are computed with a
    /// smaller factor of the loss.
    pub is_overflow: bool,
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
    /// A device.
    #[error(transparent)]
    Device(#[from] DeviceError),
}

/// Too many devices.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error(
    "{devices} devices are too many for {tasks} tasks: each has tasks of its own or shares the batches of one that is no \
     segmentation; leave some of them out"
)]
pub struct SpreadError {
    /// How many there are, the trainer's own included.
    pub devices: usize,
    /// How many tasks there are.
    pub tasks: usize,
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
            loss_scale: LossScale::default(),
            sampler: Sampler::cyclic(tasks),
            shared: Optimiser::new(config.optimiser, config.weight_decay),
            own: vec![Optimiser::new(config.head_kind(), config.weight_decay); tasks],
            average: config.ema.map(|keep| Average::new(keep, &network)),
            uncertainty,
            device: device.clone(),
            others: Vec::new(),
            owners: vec![vec![0]; tasks],
            network,
            config,
        }
    }

    /// Goes on with other settings. What they need and the state does not have starts afresh: the moments of
    /// another optimiser, a running mean of the weights, learnt weights of the losses. The order of the tasks
    /// needs [`Self::set_sampler`].
    pub fn configure(&mut self, config: TrainConfig) {
        if config.gradient_checkpointing != self.config.gradient_checkpointing {
            self.device = training_device(&self.device.clone().inner(), &config);
            self.network = self.network.on(&self.device);
        }
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

    /// Shares the tasks out among the trainer's device and `others`, the plain ones, so that each has about the same to
    /// do; further devices share the batches of tasks other than segmentation. One of `others` may be the trainer's device again: on a CPU, turns side by side keep more cores busy than the
    /// operations of one turn do. `costs` has the work of each task in an update, in any unit. The result of an update is that of one device,
    /// up to the rounding of sums.
    ///
    /// # Errors
    /// When there are more devices than tasks, and no batches that can be shared.
    pub fn spread(&mut self, others: &[Device], costs: &[f64]) -> Result<(), SpreadError> {
        let (devices, tasks) = (others.len() + 1, self.network.tasks.len());
        let cost = |task| costs.get(task).copied().unwrap_or(1.0);
        let costs: Vec<f64> = (0..tasks).map(cost).collect();
        let divisible: Vec<bool> =
            self.network.tasks.iter().map(|task| is_sum_over_images(task.kind)).collect();
        self.owners = split(&costs, &divisible, devices).ok_or(SpreadError { devices, tasks })?;
        self.others = others.iter().map(|other| training_device(other, &self.config)).collect();
        Ok(())
    }

    /// How many devices make the turns.
    pub fn devices(&self) -> usize {
        self.others.len() + 1
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
