//! What is collected between two updates of the shared blocks.

use std::sync::Arc;

use burn::tensor::{ExecutionError, Tensor};

use super::gradients::add;
use super::interference::Sketches;
use super::rank::Rank;
use crate::dataset::{Batch, Target, Task};
use crate::model::Named;

/// One update in the making: who does what. The turns of different ranks do not depend on each other; those of one
/// are made in their order.
#[derive(Debug)]
pub struct Round {
    /// The devices, that of the trainer first.
    pub ranks: Vec<Rank>,
    pub(super) places: Vec<Place>,
    pub(super) is_measured: bool,
}

impl Round {
    /// All turns, in the order in which one device alone would make them.
    pub fn places(&self) -> &[Place] {
        &self.places
    }
}

/// Where a turn is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Number of the inner step, from 0 over the whole run.
    pub step: u64,
    /// The task and its batch.
    pub turn: super::Turn,
    /// Indices of the ranks that share the batch, mostly one.
    pub ranks: Vec<usize>,
}

/// A batch for one rank.
#[derive(Clone, Debug)]
pub struct Job {
    /// Number of the inner step.
    pub step: u64,
    /// The task.
    pub task: usize,
    /// Images and targets.
    pub batch: Batch,
    /// The targets of all ranks that share the batch; none where it is one rank's alone.
    pub(super) whole: Option<Arc<[Target]>>,
}

impl Place {
    /// The batch of the turn, in parts for its ranks, of which some get nothing where it is too small.
    pub fn jobs(&self, batch: Batch) -> Vec<(usize, Job)> {
        let (step, task) = (self.step, self.turn.task);
        match self.ranks.as_slice() {
            [alone] => vec![(*alone, Job { step, task, batch, whole: None })],
            several => {
                let whole: Arc<[Target]> = batch.targets.clone().into();
                let job = |batch| Job { step, task, batch, whole: Some(Arc::clone(&whole)) };
                several.iter().copied().zip(batch.parts(several.len()).into_iter().map(job)).collect()
            }
        }
    }
}

/// The gradients of the shared blocks so far.
#[derive(Clone, Debug)]
pub struct Collected {
    /// Their sum, or those of each task.
    pub(super) gradients: Vec<Named>,
    /// Sketches of each task's, where a sum is to be measured.
    pub(super) sketches: Option<Sketches>,
}

impl Collected {
    /// Of which only the sum is kept.
    pub fn sum(is_measured: bool) -> Self {
        Self { gradients: vec![Named::new()], sketches: is_measured.then(Sketches::default) }
    }

    /// Of which those of each task are kept.
    pub fn apart(tasks: usize) -> Self {
        Self { gradients: vec![Named::new(); tasks], sketches: None }
    }

    /// Takes gradients of a task.
    pub fn collect(&mut self, task: usize, gradients: Named) {
        if let Some(sketches) = &mut self.sketches {
            sketches.add(task, &gradients);
        }
        // Those of a task alone are their sum.
        let place = if self.gradients.len() == 1 { 0 } else { task };
        add(&mut self.gradients[place], gradients);
    }

    /// Takes what another rank has collected in the same way, on the same device.
    pub fn join(&mut self, other: Self) {
        for (sum, gradients) in self.gradients.iter_mut().zip(other.gradients) {
            add(sum, gradients);
        }
        if let (Some(sketches), Some(others)) = (&mut self.sketches, other.sketches) {
            sketches.join(others);
        }
    }

    /// An empty one that keeps apart what this one keeps apart.
    pub fn like(&self) -> Self {
        Self {
            gradients: vec![Named::new(); self.gradients.len()],
            sketches: self.sketches.as_ref().map(|_| Sketches::default()),
        }
    }
}

/// What is read back from the device at the end of a round.
pub struct Facts {
    /// Mean loss per task.
    pub losses: Vec<Option<f32>>,
    /// Length of the shared gradient.
    pub gradient_norm: f32,
    /// Whether all losses and gradients are finite.
    pub is_finite: bool,
}

/// The mean of each task that had a batch, `[1]` each by task id. `losses` has the task of each, `[1]`.
pub fn mean_losses(losses: &[(usize, Tensor<1>)], tasks: &[Task]) -> Named {
    let mean = |(index, task): (usize, &Task)| {
        let losses = losses.iter().filter(|(of, _)| *of == index);
        let count = losses.clone().count();
        let sum = losses.map(|(_, loss)| loss.clone()).reduce(|a, b| a + b)?;
        Some((task.id.clone(), sum / count as f32))
    };
    tasks.iter().enumerate().filter_map(mean).collect()
}

/// Reads all numbers at once: losses, the squared lengths of the heads' gradients, and that of the shared one.
pub async fn read_facts(
    losses: &[(usize, Tensor<1>)],
    heads: &[Tensor<1>],
    shared: Option<Tensor<1>>,
    tasks: usize,
) -> Result<Facts, ExecutionError> {
    let of_steps = losses.iter().map(|(_, loss)| loss.clone());
    let parts: Vec<Tensor<1>> = of_steps.chain(heads.iter().cloned()).chain(shared.clone()).collect();
    if parts.is_empty() {
        return Ok(Facts { losses: vec![None; tasks], gradient_norm: 0.0, is_finite: true });
    }
    let numbers: Vec<f32> = Tensor::cat(parts, 0).into_data_async().await?.iter::<f32>().collect();
    let mut sums = vec![(0.0, 0_u32); tasks];
    for ((task, _), loss) in losses.iter().zip(&numbers[..losses.len()]) {
        sums[*task].0 += loss;
        sums[*task].1 += 1;
    }
    let norm = shared.and(numbers.last()).map_or(0.0, |squared| squared.sqrt());
    Ok(Facts {
        losses: sums.into_iter().map(|(sum, count)| (count > 0).then(|| sum / count as f32)).collect(),
        gradient_norm: norm,
        is_finite: numbers.iter().all(|number| number.is_finite()),
    })
}
