//! What one device does in an update.

use burn::tensor::{Device, ExecutionError, Tensor};

use super::config::TrainConfig;
use super::gradients::clip;
use super::optimiser::Optimiser;
use super::round::Collected;
use super::trainer::images;
use super::transfer::{placed, prefixed, read_together};
use crate::dataset::Batch;
use crate::model::{Head, Named, Network, lifted, map_parameters, parameters, take_gradients};
use crate::task::{LossError, loss};
use crate::weights::Arrays;

/// A device in an update: it has a replica of the shared blocks and the heads of its tasks, and makes their turns.
/// Until the update ends it depends on no other rank, so it may be sent to a thread of its own.
#[derive(Debug)]
pub struct Rank {
    /// The shared blocks, and all heads, of which only those in `tasks` are its own.
    pub(super) network: Network,
    /// The optimisers of the heads.
    pub(super) own: Vec<Optimiser>,
    /// Which tasks it has.
    pub(super) tasks: Vec<usize>,
    pub(super) collected: Collected,
    /// Images seen.
    pub(super) images: usize,
    /// The task and the loss, `[1]`, of every turn.
    pub(super) losses: Vec<(usize, Tensor<1>)>,
    /// Squared lengths of the heads' gradients, `[1]` each.
    pub(super) squared: Vec<Tensor<1>>,
    pub(super) settings: Settings,
}

/// What the turns of a rank go by.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub config: TrainConfig,
    /// Where to compute, with gradients.
    pub device: Device,
    /// Learning rate of the heads.
    pub head_rate: f64,
    /// The learnt factors of the losses, `[1]` each by task id, without gradients.
    pub factors: Named,
}

/// The outputs of a turn's forward pass, from which its backward pass starts.
#[derive(Debug)]
#[must_use = "a forward pass alone teaches nothing"]
pub struct Forward {
    task: usize,
    loss: Tensor<1>,
    weighted: Tensor<1>,
    images: usize,
}

impl Rank {
    pub(super) fn new(
        network: Network,
        own: Vec<Optimiser>,
        tasks: Vec<usize>,
        collected: Collected,
        settings: Settings,
    ) -> Self {
        let (losses, squared) = (Vec::new(), Vec::new());
        Self { network, own, tasks, collected, images: 0, losses, squared, settings }
    }

    /// Forward and backward of one turn: a batch of `task` in inner step number `step`. The head steps at once, the
    /// gradients of the shared blocks are kept; the graph is gone when this returns.
    ///
    /// # Errors
    /// When the batch has targets of another label type.
    pub fn turn(&mut self, step: u64, task: usize, batch: &Batch) -> Result<(), LossError> {
        let forward = self.forward(step, task, batch)?;
        self.backward(forward);
        Ok(())
    }

    /// The first half of a turn. With stochastic depth it draws from the random generator that all devices of an engine
    /// have in common, after seeding it: one rank at a time may be here then.
    ///
    /// # Errors
    /// When the batch has targets of another label type.
    pub fn forward(&self, step: u64, task: usize, batch: &Batch) -> Result<Forward, LossError> {
        let Settings { config, device, factors, .. } = &self.settings;
        // Dropout draws from the device; seeding it here makes a resumed run repeat exactly.
        device.seed(config.seed.wrapping_add(step.wrapping_mul(1_000_003)));
        let outputs = self.network.forward_cases(task, images(batch, device), &batch.cases);
        let loss = loss(outputs, &batch.targets)?;
        let id = &self.network.tasks[task].id;
        let mut weighted = match config.weights.get(id) {
            Some(weight) => loss.clone().mul_scalar(*weight),
            None => loss.clone(),
        };
        if let Some(factor) = factors.get(id) {
            weighted = weighted * lifted(factor.clone(), device);
        }
        Ok(Forward { task, loss, weighted, images: batch.batch })
    }

    /// The second half of a turn.
    pub fn backward(&mut self, forward: Forward) {
        let Forward { task, loss, weighted, images } = forward;
        let mut gradients = weighted.backward();
        self.collected.collect(Some(task), take_gradients(&self.network.foundation, &mut gradients));
        let head = self.network.heads[task].clone();
        let mut own = take_gradients(&head, &mut gradients);
        self.losses.push((task, loss.inner()));
        self.squared.extend(clip(&mut own, self.settings.config.clip));
        self.images += images;
        self.network.heads[task] = self.own[task].step(head, own, self.settings.head_rate);
    }

    /// A rank on another device than `self`: what `self` has of the shared blocks, and of the heads of `tasks`, is
    /// taken from `arrays`, see [`packed`].
    pub(super) fn elsewhere(&self, tasks: Vec<usize>, device: &Device, arrays: &Arrays) -> Self {
        let plain = device.clone().inner();
        let mut network = self.network.clone();
        let mut own = self.own.clone();
        let shared = placed(arrays, "foundation", &plain);
        network.foundation = map_parameters(network.foundation, |name, _, _| shared.get(name).cloned());
        for task in &tasks {
            place_head(&mut network.heads[*task], &mut own[*task], *task, arrays, &plain);
        }
        let factors = placed(arrays, "factors", &plain);
        let settings = Settings { device: device.clone(), factors, ..self.settings.clone() };
        Self::new(network, own, tasks, self.collected.like(), settings)
    }

    /// The same rank with its gradients, losses and heads on `device`, the plain one, and the rest as in `network` and
    /// `own`, which are there.
    ///
    /// # Errors
    /// When the device of the rank fails.
    pub(super) async fn moved(
        self,
        network: &Network,
        own: &[Optimiser],
        device: &Device,
    ) -> Result<Self, ExecutionError> {
        let mut all = Named::new();
        for task in &self.tasks {
            pack_head(&mut all, *task, &self.network.heads[*task], &self.own[*task]);
        }
        let (empty, parts) = (self.collected.like(), self.collected.into_parts());
        let keys: Vec<Option<usize>> = parts.iter().map(|(task, _)| *task).collect();
        for (place, (_, gradients)) in parts.into_iter().enumerate() {
            all.extend(prefixed(gradients, &format!("gradients{place}")));
        }
        all.extend(self.losses.iter().enumerate().map(|(n, (_, loss))| (format!("loss.{n}"), loss.clone())));
        all.extend(self.squared.iter().enumerate().map(|(n, value)| (format!("squared.{n}"), value.clone())));
        let arrays = read_together(all).await?;

        let (mut network, mut own) = (network.clone(), own.to_vec());
        for task in &self.tasks {
            place_head(&mut network.heads[*task], &mut own[*task], *task, &arrays, device);
            own[*task].steps = self.own[*task].steps;
        }
        let mut collected = empty;
        for (place, task) in keys.into_iter().enumerate() {
            collected.collect(task, placed(&arrays, &format!("gradients{place}"), device));
        }
        let number = |name: String| {
            let value = arrays.get(&name).map_or(f32::NAN, |array| array.values[0]);
            Tensor::from_floats([value], device)
        };
        let losses = self.losses.iter().enumerate();
        let losses = losses.map(|(n, (task, _))| (*task, number(format!("loss.{n}")))).collect();
        let squared = (0..self.squared.len()).map(|n| number(format!("squared.{n}"))).collect();
        Ok(Self { network, own, collected, losses, squared, ..self })
    }
}

/// Everything that ranks elsewhere need of `rank` for these tasks.
pub(super) fn packed(rank: &Rank, tasks: &[usize]) -> Named {
    let shared = parameters(&rank.network.foundation).into_iter();
    let mut all: Named = shared.map(|p| (format!("foundation.{}", p.name), p.values)).collect();
    all.extend(prefixed(rank.settings.factors.clone(), "factors"));
    for task in tasks {
        pack_head(&mut all, *task, &rank.network.heads[*task], &rank.own[*task]);
    }
    all
}

fn pack_head(all: &mut Named, task: usize, head: &Head, optimiser: &Optimiser) {
    let values = parameters(head).into_iter();
    all.extend(values.map(|p| (format!("head{task}.{}", p.name), p.values)));
    all.extend(prefixed(optimiser.first.clone(), &format!("first{task}")));
    all.extend(prefixed(optimiser.second.clone(), &format!("second{task}")));
}

fn place_head(head: &mut Head, optimiser: &mut Optimiser, task: usize, arrays: &Arrays, device: &Device) {
    let values = placed(arrays, &format!("head{task}"), device);
    *head = map_parameters(head.clone(), |name, _, _| values.get(name).cloned());
    optimiser.first = placed(arrays, &format!("first{task}"), device);
    optimiser.second = placed(arrays, &format!("second{task}"), device);
}
