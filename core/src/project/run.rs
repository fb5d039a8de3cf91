//! What was learnt: the tuned models of a project.

use serde::{Deserialize, Serialize};

use super::{EntryId, TaskId};

/// One fine-tuning. The weights live outside, under its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TuningRun {
    /// Unique in the project, increasing.
    pub id: u32,
    /// The model that it began from, as its file calls itself.
    pub base: String,
    /// Which part of the model learnt: `quick`, `lora`, `full`.
    pub mode: String,
    /// Further settings by name, for the report: learning rate, batch, image size, augmentation, seed.
    pub settings: Vec<(String, String)>,
    /// When it began, in seconds since 1970 (UTC).
    pub started: u64,
    /// How long it took, pauses left out.
    pub seconds: f64,
    /// Optimiser steps done.
    pub steps: u64,
    /// Images learnt from.
    pub trained_on: Vec<EntryId>,
    /// Images kept for the score.
    pub held_out: Vec<EntryId>,
    /// The course of loss and score.
    pub curve: Vec<CurvePoint>,
    /// What was learnt, and how well.
    pub results: Vec<TaskResult>,
}

/// A point of the curves.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Optimiser steps done.
    pub step: u64,
    /// Training loss.
    pub loss: f32,
    /// Held-out score of the first task, where it was measured at this step.
    pub score: Option<f32>,
}

/// What a run made of one task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskResult {
    /// The task.
    pub task: TaskId,
    /// Held-out score of the model before tuning, where it could be asked.
    pub before: Option<RunScore>,
    /// Held-out score of the best weights, which are the ones kept.
    pub after: Option<RunScore>,
}

/// A score on the held-out images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunScore {
    /// What was measured: `Dice`, `AP50`, `F1`.
    pub name: String,
    /// From 0 to 1.
    pub value: f64,
    /// 95 % interval over images; `None` of a single image.
    pub interval: Option<(f64, f64)>,
    /// Number of images.
    pub images: u32,
}
