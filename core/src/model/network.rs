//! Shared blocks and heads together.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::config::ModelConfig;
use super::foundation::{Features, Foundation};
use super::head::{BoxLogits, Head};
use crate::dataset::{Task, TaskKind};

/// The whole model: the shared blocks and one head per task.
#[derive(Clone, Debug)]
pub struct Network {
    /// Numbers of the shared blocks.
    pub config: ModelConfig,
    /// What the heads are for, in their order.
    pub tasks: Vec<Task>,
    /// The shared blocks.
    pub foundation: Foundation,
    /// One head per task.
    pub heads: Vec<Head>,
}

/// Raw outputs of a batch, by label type.
// One value per batch: its size does not matter.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug)]
pub enum Outputs {
    /// Logits `[B, K]`.
    Class(Tensor<2>),
    /// Logits `[B, K]` of classes that do not exclude each other.
    Labels(Tensor<2>),
    /// Logits `[B, K, H, W]` at the size of the input.
    Pixel(Tensor<4>),
    /// Logits of every position.
    Box {
        /// Joined over the levels.
        logits: BoxLogits,
        /// Rows and columns of the padded input.
        size: [usize; 2],
        /// Strides of the levels.
        strides: Vec<usize>,
    },
}

impl Network {
    /// Random weights.
    pub fn new(config: ModelConfig, tasks: Vec<Task>, device: &Device) -> Self {
        let foundation = Foundation::new(&config, device);
        let heads = tasks.iter().map(|task| Head::new(task, &config, device)).collect();
        Self { config, tasks, foundation, heads }
    }

    /// The index of the task `id`.
    pub fn task_index(&self, id: &str) -> Option<usize> {
        self.tasks.iter().position(|task| task.id == id)
    }

    /// The same weights without gradients and dropout.
    pub fn valid(&self) -> Self {
        Self {
            config: self.config.clone(),
            tasks: self.tasks.clone(),
            foundation: self.foundation.valid(),
            heads: self.heads.iter().map(Module::valid).collect(),
        }
    }

    /// Runs what task number `task` needs on images `[B, 3, H, W]` in [0, 1].
    pub fn forward(&self, task: usize, images: Tensor<4>) -> Outputs {
        self.answer(task, &self.foundation.encode(images))
    }

    /// As [`Self::forward`], from features that the shared blocks made before.
    pub fn answer(&self, task: usize, features: &Features) -> Outputs {
        let [height, width] = features.size();
        match &self.heads[task] {
            Head::Class(head) => {
                let logits = head.forward(self.foundation.vector(features));
                match self.tasks[task].kind {
                    TaskKind::MultiLabel => Outputs::Labels(logits),
                    _ => Outputs::Class(logits),
                }
            }
            Head::Pixel(head) => Outputs::Pixel(head.forward(self.foundation.pixels(features))),
            Head::Box(head) => Outputs::Box {
                logits: head.forward(&self.foundation.boxes(features)),
                size: [height, width].map(|side| side.next_multiple_of(super::STRIDE)),
                strides: self.config.box_strides(),
            },
        }
    }
}
