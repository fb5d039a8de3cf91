//! What one device does in an update.

use burn::tensor::{Device, ExecutionError, Tensor};

use super::config::TrainConfig;
use super::gradients::clip;
use super::interference::Sketches;
use super::optimiser::Optimiser;
use super::precision::unscaled;
use super::round::{Collected, Job};
use super::trainer::images;
use super::transfer::{placed, prefixed, read_together};
use crate::model::{Head, Named, Network, lifted, map_parameters, parameters, take_gradients};
use crate::task::{LossError, loss, part_of_loss};
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
    /// What it found on parts of batches that it shares with others.
    pub(super) parts: Vec<Part>,
    pub(super) settings: Settings,
}

/// What a rank adds to a turn that it shares. The head steps once all parts are there.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub task: usize,
    /// `[1]`; those of all parts sum to the loss of the batch.
    pub loss: Tensor<1>,
    /// Gradients of the head.
    pub head: Named,
}

/// What the turns of a rank go by.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub config: TrainConfig,
    /// Where to compute, with gradients.
    pub device: Device,
    /// Learning rate of the heads.
    pub head_rate: f64,
    /// The factor of the loss in half precision.
    pub loss_factor: Option<f32>,
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
    is_part: bool,
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
        Self { network, own, tasks, collected, images: 0, losses, squared, parts: Vec::new(), settings }
    }

    /// Forward and backward of one turn. The head steps at once, unless the batch is shared with other ranks; the
    /// gradients of the shared blocks are kept; the graph is gone when this returns.
    ///
    /// # Errors
    /// When the batch has targets of another label type.
    pub fn turn(&mut self, job: &Job) -> Result<(), LossError> {
        let forward = self.forward(job)?;
        self.backward(forward);
        Ok(())
    }

    /// Whether a turn of `task` draws random numbers: those of dropout or stochastic depth.
    pub fn is_random(&self, task: usize) -> bool {
        self.settings.config.stochastic_depth > 0.0 || matches!(self.network.heads[task], Head::Class(_))
    }

    /// The first half of a turn. Where it [is random](Self::is_random), it draws from the generator that all devices of
    /// an engine have in common, after seeding it: one such turn at a time may be here then.
    ///
    /// # Errors
    /// When the batch has targets of another label type.
    pub fn forward(&self, job: &Job) -> Result<Forward, LossError> {
        let Job { step, task, batch, whole } = job;
        let (step, task) = (*step, *task);
        let Settings { config, device, factors, loss_factor, .. } = &self.settings;
        if self.is_random(task) {
            // Seeding here makes a resumed run repeat exactly.
            device.seed(config.seed.wrapping_add(step.wrapping_mul(1_000_003)));
        }
        let images = images(batch, device);
        let outputs = match loss_factor {
            None => self.network.forward_cases(task, images, &batch.cases),
            Some(_) => self.network.halved().forward_cases(task, images, &batch.cases),
        };
        let loss = match whole {
            None => loss(outputs, &batch.targets)?,
            Some(whole) => part_of_loss(outputs, &batch.targets, whole)?,
        };
        let id = &self.network.tasks[task].id;
        let mut weighted = match config.weights.get(id) {
            Some(weight) => loss.clone().mul_scalar(*weight),
            None => loss.clone(),
        };
        if let Some(factor) = factors.get(id) {
            weighted = weighted * lifted(factor.clone(), device);
        }
        if let Some(factor) = loss_factor {
            weighted = weighted.mul_scalar(*factor);
        }
        Ok(Forward { task, loss, weighted, images: batch.batch, is_part: whole.is_some() })
    }

    /// The second half of a turn.
    pub fn backward(&mut self, forward: Forward) {
        let Forward { task, loss, weighted, images, is_part } = forward;
        let mut gradients = weighted.backward();
        let factor = self.settings.loss_factor;
        let shared = take_gradients(&self.network.foundation, &mut gradients);
        self.collected.collect(task, unscaled(shared, factor));
        let head = self.network.heads[task].clone();
        let mut own = unscaled(take_gradients(&head, &mut gradients), factor);
        self.images += images;
        if is_part {
            self.parts.push(Part { task, loss: loss.inner(), head: own });
            return;
        }
        self.losses.push((task, loss.inner()));
        self.squared.extend(clip(&mut own, self.settings.config.clip));
        self.network.heads[task] = self.own[task].step(head, own, self.settings.head_rate);
    }

    /// A further rank on the device of `self`. Its parameters are the same numbers, but leaves of a graph of their own:
    /// Burn lets one thread at a time work on a graph, and two of them block each other for good.
    pub(super) fn beside(&self, tasks: Vec<usize>) -> Self {
        let (mut network, own) = (self.network.clone(), self.own.clone());
        network.foundation = map_parameters(network.foundation, |_, _, values| Some(values));
        for task in &tasks {
            network.heads[*task] = map_parameters(network.heads[*task].clone(), |_, _, values| Some(values));
        }
        Self::new(network, own, tasks, self.collected.like(), self.settings.clone())
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
        let Collected { gradients, sketches } = self.collected;
        let places = 0..gradients.len();
        for (place, gradients) in gradients.into_iter().enumerate() {
            all.extend(prefixed(gradients, &format!("gradients{place}")));
        }
        all.extend(sketches.iter().flat_map(|sketches| prefixed(sketches.named(), "sketch")));
        all.extend(self.losses.iter().enumerate().map(|(n, (_, loss))| (format!("loss.{n}"), loss.clone())));
        all.extend(self.squared.iter().enumerate().map(|(n, value)| (format!("squared.{n}"), value.clone())));
        for (n, part) in self.parts.iter().enumerate() {
            all.insert(format!("shared.{n}"), part.loss.clone());
            all.extend(prefixed(part.head.clone(), &format!("part{n}")));
        }
        let arrays = read_together(all).await?;

        let (mut network, mut own) = (network.clone(), own.to_vec());
        for task in &self.tasks {
            place_head(&mut network.heads[*task], &mut own[*task], *task, &arrays, device);
            own[*task].steps = self.own[*task].steps;
        }
        let collected = Collected {
            gradients: places.map(|place| placed(&arrays, &format!("gradients{place}"), device)).collect(),
            sketches: sketches.map(|_| Sketches::from_named(placed(&arrays, "sketch", device))),
        };
        let number = |name: String| {
            let value = arrays.get(&name).map_or(f32::NAN, |array| array.values[0]);
            Tensor::from_floats([value], device)
        };
        let losses = self.losses.iter().enumerate();
        let losses = losses.map(|(n, (task, _))| (*task, number(format!("loss.{n}")))).collect();
        let squared = (0..self.squared.len()).map(|n| number(format!("squared.{n}"))).collect();
        let parts = self.parts.iter().enumerate().map(|(n, part)| Part {
            task: part.task,
            loss: number(format!("shared.{n}")),
            head: placed(&arrays, &format!("part{n}"), device),
        });
        let parts = parts.collect();
        Ok(Self { network, own, collected, losses, squared, parts, ..self })
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
