//! What the model learns from: samples with targets, tasks, manifests, augmentation, batches.

mod sample;
mod task;

pub use sample::{BoxLabel, IGNORE, Mask, Sample, Target};
pub use task::{Task, TaskKind};
