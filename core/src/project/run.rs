//! What was learnt: the tuned models of a project.

use serde::{Deserialize, Serialize};

use super::{EntryId, TaskId};

/// One fine-tuning. The weights live outside, under its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TuningRun {
    /// Unique in the project, increasing.
    pub id: u32,
    /// What was learnt.
    pub task: TaskId,
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
    /// Held-out score of the model before tuning, where it could be asked.
    pub before: Option<RunScore>,
    /// Held-out score of the best weights, which are the ones kept.
    pub after: Option<RunScore>,
}

/// A point of the curves.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Optimiser steps done.
    pub step: u64,
    /// Training loss.
    pub loss: f32,
    /// Held-out score, where it was measured at this step.
    pub score: Option<f32>,
}

/// A score on the held-out images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunScore {
    /// What was measured: `Dice`, `AP50`, `balanced accuracy`.
    pub name: String,
    /// Over all images.
    pub value: f64,
    /// The score of each image that has one, for the interval.
    pub images: Vec<f64>,
}

impl RunScore {
    /// The 95 % bootstrap interval of the mean over images; `None` with fewer than two.
    pub fn interval(&self) -> Option<(f64, f64)> {
        let images = &self.images;
        if images.len() < 2 {
            return None;
        }
        crate::metrics::bootstrap_interval(images.len(), 2000, 0, |drawn| {
            let sum: f64 = drawn.iter().filter_map(|index| images.get(*index)).sum();
            Some(sum / drawn.len() as f64)
        })
    }
}
