//! Shared blocks and heads together.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::config::ModelConfig;
use super::foundation::{Features, Foundation};
use super::head::{BoxLogits, Head};
use super::parameters::{Named, map_parameters, parameters};
use crate::dataset::{Scaling, Task, TaskKind};

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

fn with_weights_of<M: Module>(module: M, other: &M) -> M {
    let mut weights: Named = parameters(other).into_iter().map(|p| (p.name, p.values)).collect();
    map_parameters(module, |name, _, _| weights.remove(name))
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
    /// Numbers.
    Values {
        /// `[B, K]`, of mean 0 and deviation 1 in the training part.
        scaled: Tensor<2>,
        /// How they become numbers in the unit of the data.
        scaling: Vec<Scaling>,
    },
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

    /// The same weights as leaves of graphs of `device`, another autodiff device of the same engine.
    #[must_use]
    pub fn on(&self, device: &Device) -> Self {
        let mut network = Self::new(self.config.clone(), self.tasks.clone(), device);
        network.foundation = with_weights_of(network.foundation, &self.foundation);
        let heads = network.heads.into_iter().zip(&self.heads);
        network.heads = heads.map(|(head, old)| with_weights_of(head, old)).collect();
        network
    }

    /// The same network whose shared blocks compute with 16 bits, see [`Foundation::halved`].
    #[must_use]
    pub fn halved(&self) -> Self {
        Self { foundation: self.foundation.halved(), ..self.clone() }
    }

    /// Runs what task number `task` needs on images `[B, 3, H, W]` in [0, 1].
    pub fn forward(&self, task: usize, images: Tensor<4>) -> Outputs {
        self.forward_cases(task, images, &[])
    }

    /// As [`Self::forward`], on cases of several images each: `cases` has their numbers, which are those of `images`
    /// together. Answers are one per case where the task looks at cases.
    pub fn forward_cases(&self, task: usize, images: Tensor<4>, cases: &[usize]) -> Outputs {
        self.answer_cases(task, &self.foundation.encode(images), cases)
    }

    /// As [`Self::forward`], from features that the shared blocks made before.
    pub fn answer(&self, task: usize, features: &Features) -> Outputs {
        self.answer_cases(task, features, &[])
    }

    fn answer_cases(&self, task: usize, features: &Features, cases: &[usize]) -> Outputs {
        let [height, width] = features.size();
        match &self.heads[task] {
            Head::Class(head) => self.of_whole(task, head.forward(self.foundation.vector(features), cases)),
            Head::Pixel(head) => Outputs::Pixel(head.forward(self.foundation.pixels(features))),
            Head::Box(head) => Outputs::Box {
                logits: head.forward(&self.foundation.boxes(features)),
                size: [height, width].map(|side| side.next_multiple_of(super::STRIDE)),
                strides: self.config.box_strides(),
            },
        }
    }

    /// One answer to all `images` (each `[1, 3, H, W]`, of any size) as one case. They are encoded one after the other,
    /// so that memory does not grow with their number. `None` for a task whose labels are not of whole images.
    pub fn forward_case(&self, task: usize, images: impl Iterator<Item = Tensor<4>>) -> Option<Outputs> {
        let Head::Class(head) = &self.heads[task] else { return None };
        let vectors: Vec<Tensor<2>> =
            images.map(|image| self.foundation.vector(&self.foundation.encode(image))).collect();
        let count = vectors.len();
        (count > 0).then(|| self.of_whole(task, head.forward(Tensor::cat(vectors, 0), &[count])))
    }

    /// What the numbers of a class head mean.
    fn of_whole(&self, task: usize, logits: Tensor<2>) -> Outputs {
        match self.tasks[task].kind {
            TaskKind::MultiLabel => Outputs::Labels(logits),
            TaskKind::Regression => {
                Outputs::Values { scaled: logits, scaling: self.tasks[task].scaling.clone() }
            }
            _ => Outputs::Class(logits),
        }
    }
}
