//! What is collected between two updates of the shared blocks.

use burn::tensor::{ExecutionError, Tensor};

use super::gradients::add;
use super::interference::Sketches;
use super::optimiser::Optimiser;
use crate::dataset::Task;
use crate::model::{Head, Named};

/// The gradients of the shared blocks so far.
#[derive(Debug)]
pub enum Collected {
    /// Their sum, and sketches of each task's when they are to be measured.
    Sum(Named, Option<Sketches>),
    /// Those of each task, and whether they are to be measured.
    Apart(Vec<Named>, bool),
}

impl Default for Collected {
    fn default() -> Self {
        Self::Sum(Named::new(), None)
    }
}

/// The inner steps of one update.
#[derive(Debug)]
pub struct Round {
    pub collected: Collected,
    /// The heads and their optimisers as they were.
    pub before: (Vec<Head>, Vec<Optimiser>),
    /// Images seen.
    pub images: usize,
    /// The task and the loss, `[1]`, of every inner step.
    losses: Vec<(usize, Tensor<1>)>,
    /// Squared lengths of the heads' gradients, `[1]` each.
    squared: Vec<Tensor<1>>,
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

impl Round {
    pub fn new(collected: Collected, heads: Vec<Head>, own: Vec<Optimiser>) -> Self {
        Self { collected, before: (heads, own), images: 0, losses: Vec::new(), squared: Vec::new() }
    }

    /// Takes the shared gradients of an inner step.
    pub fn collect(&mut self, task: usize, gradients: Named) {
        match &mut self.collected {
            Collected::Sum(sum, sketches) => {
                if let Some(sketches) = sketches {
                    sketches.add(task, &gradients);
                }
                add(sum, gradients);
            }
            Collected::Apart(apart, _) => add(&mut apart[task], gradients),
        }
    }

    /// Remembers the loss and the squared length of the head's gradient of an inner step.
    pub fn note(&mut self, task: usize, loss: Tensor<1>, squared: Option<Tensor<1>>, images: usize) {
        self.losses.push((task, loss));
        self.squared.extend(squared);
        self.images += images;
    }

    /// Mean loss of each task that had a batch, `[1]` each by task id, on the device.
    pub fn mean_losses(&self, tasks: &[Task]) -> Named {
        let mean = |(index, task): (usize, &Task)| {
            let losses = self.losses.iter().filter(|(of, _)| *of == index);
            let count = losses.clone().count();
            let sum = losses.map(|(_, loss)| loss.clone()).reduce(|a, b| a + b)?;
            Some((task.id.clone(), sum / count as f32))
        };
        tasks.iter().enumerate().filter_map(mean).collect()
    }

    /// Reads all numbers at once. `squared` is the squared length of the shared gradient.
    pub async fn read(&self, tasks: usize, squared: Option<Tensor<1>>) -> Result<Facts, ExecutionError> {
        let steps = self.losses.len();
        let parts: Vec<Tensor<1>> = self
            .losses
            .iter()
            .map(|(_, loss)| loss.clone())
            .chain(self.squared.iter().cloned())
            .chain(squared.clone())
            .collect();
        if parts.is_empty() {
            return Ok(Facts { losses: vec![None; tasks], gradient_norm: 0.0, is_finite: true });
        }
        let numbers: Vec<f32> = Tensor::cat(parts, 0).into_data_async().await?.iter::<f32>().collect();
        let mut sums = vec![(0.0, 0_u32); tasks];
        for ((task, _), loss) in self.losses.iter().zip(&numbers[..steps]) {
            sums[*task].0 += loss;
            sums[*task].1 += 1;
        }
        let norm = squared.and(numbers.last()).map_or(0.0, |squared| squared.sqrt());
        Ok(Facts {
            losses: sums.into_iter().map(|(sum, count)| (count > 0).then(|| sum / count as f32)).collect(),
            gradient_norm: norm,
            is_finite: numbers.iter().all(|number| number.is_finite()),
        })
    }
}
