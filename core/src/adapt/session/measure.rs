//! A measurement on the held-out images, one image at a time.

use burn::tensor::{Device, ExecutionError};

use super::super::score::{Answer, HeldOutScore, score};
use super::SessionTask;
use super::features::FeatureStore;
use crate::dataset::Target;
use crate::model::Network;
use crate::task::detection::DecodeSettings;
use crate::task::{Frame, Prediction, predict};

/// A measurement under way.
#[derive(Debug)]
pub struct Measuring {
    /// Task and position of each image that is still to be answered, last first.
    to_do: Vec<(usize, usize)>,
    /// Per task what was answered.
    answers: Vec<Vec<(Target, Answer)>>,
}

impl Measuring {
    /// Nothing is answered yet.
    pub fn new(tasks: &[SessionTask]) -> Self {
        let all = tasks
            .iter()
            .enumerate()
            .flat_map(|(task, images)| (0..images.held_out.len()).map(move |index| (task, index)));
        let mut to_do: Vec<(usize, usize)> = all.collect();
        to_do.reverse();
        Self { to_do, answers: vec![Vec::new(); tasks.len()] }
    }

    /// Images that are still to be answered.
    pub fn left(&self) -> usize {
        self.to_do.len()
    }

    /// Answers the next image; false when all are.
    ///
    /// # Errors
    /// When the device fails; the image is then still to be answered.
    pub async fn answer_next(
        &mut self,
        network: &Network,
        tasks: &[SessionTask],
        store: &mut FeatureStore,
        device: &Device,
    ) -> Result<bool, ExecutionError> {
        let Some(&(task, index)) = self.to_do.last() else { return Ok(false) };
        let sample = &tasks[task].held_out[index];
        let features = store.of(network, (task, true, index, 0), sample, device);
        let size = [sample.height, sample.width];
        let frame = Frame { valid: size, original: size };
        let outputs = network.answer(task, &features);
        let found = predict(outputs, &[frame], &DecodeSettings::default()).await?;
        self.to_do.pop();
        let answer = found.into_iter().next().map(|prediction| match prediction {
            Prediction::Mask(mask) => Answer::Mask(mask.labels),
            Prediction::Boxes(boxes) => Answer::Boxes(boxes),
            Prediction::Classes(values) | Prediction::Labels(values) => Answer::Classes(values),
            Prediction::Values(values) => Answer::Values(values),
        });
        if let Some(answer) = answer {
            self.answers[task].push((sample.target.clone(), answer));
        }
        Ok(true)
    }

    /// The score of each task.
    pub fn scores(self, tasks: &[SessionTask]) -> Vec<Option<HeldOutScore>> {
        tasks.iter().zip(self.answers).map(|(task, answers)| score(&task.task, &answers)).collect()
    }
}
