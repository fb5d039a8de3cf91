//! Scores of a model on data sets it shares tasks with.

use std::path::Path;

use medley_core::dataset::{Sample, Split, Target, Task, TaskKind};
use medley_core::imaging::Image;
use medley_core::metrics::{
    CalibrationScore, ConfusionMatrix, DetectionScore, LabelScore, RegressionScore, SegmentationScore,
    macro_auroc,
};
use medley_core::task::Prediction;
use medley_core::{Medley, PredictError};
use serde::Serialize;
use thiserror::Error;

use crate::data::{DataError, DataFolder, FolderOptions, Item, TaskData, cases};
use crate::progress;

/// Why a model cannot be scored.
#[derive(Debug, Error)]
pub enum EvaluateError {
    /// The data.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The model.
    #[error(transparent)]
    Predict(#[from] PredictError),
}

/// One number about one task.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Score {
    /// What it measures.
    pub metric: String,
    /// Its value; `None` where the data do not define it.
    pub value: Option<f64>,
}

/// The scores of one task on one split.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TaskScores {
    /// The task's id.
    pub task: String,
    /// The split.
    pub split: String,
    /// Images looked at; of a volume, slices.
    pub images: usize,
    /// What counts as one: images that stand alone, volumes, or the cases of a multi-instance task.
    pub cases: usize,
    /// The most telling one first.
    pub scores: Vec<Score>,
}

/// Scores `medley` on a split of every task that `folder` and the model have in common (same id and classes).
///
/// # Errors
/// When an image cannot be read, or the device fails.
pub fn evaluate(medley: &Medley, folder: &Path, split: Split) -> Result<Vec<TaskScores>, EvaluateError> {
    let folder = match DataFolder::open_with(folder, FolderOptions::default()) {
        Err(error) if error.is_skippable() => {
            tracing::warn!("left out: {error}");
            return Ok(Vec::new());
        }
        opened => opened?,
    };
    let shared = |found: &TaskData| {
        // The model knows whether it looks at images or at cases.
        let known = medley.tasks().iter().find(|task| task.id == found.task.id)?;
        (known.classes == found.task.classes)
            .then(|| evaluate_task(medley, &folder, known, found.items(split), split))
    };
    folder.tasks.iter().filter_map(shared).collect()
}

fn evaluate_task(
    medley: &Medley,
    folder: &DataFolder,
    task: &Task,
    items: &[Item],
    split: Split,
) -> Result<TaskScores, EvaluateError> {
    let bar = progress::bar(items.len(), &task.id);
    let mut tally = Tally::new(task);
    let (mut images, cases) = (0, cases(task, items));
    for case in &cases {
        let load = |item: &Item| {
            bar.inc(1);
            folder.load(item)
        };
        let samples = case.iter().map(load).collect::<Result<Vec<_>, _>>()?;
        tally.add_case(predict_case(medley, task, &samples)?);
        images += samples.len();
    }
    bar.finish_and_clear();
    Ok(TaskScores {
        task: task.id.clone(),
        split: split.to_string(),
        images,
        cases: cases.len(),
        scores: tally.scores(task),
    })
}

/// The labels and predictions of the images or slices of a case; a multi-instance `task` has one for all.
///
/// # Errors
/// When the device fails.
pub fn predict_case(
    medley: &Medley,
    task: &Task,
    samples: &[Sample],
) -> Result<Vec<(Target, Prediction)>, PredictError> {
    if let (Some(_), Some(first)) = (task.instances, samples.first()) {
        let images: Vec<Image> = samples.iter().map(|sample| sample.image.clone()).collect();
        let prediction = pollster::block_on(medley.predict_case(&task.id, &images))?;
        return Ok(vec![(first.target.clone(), prediction)]);
    }
    let of_slice = |sample: &Sample| {
        Ok((sample.target.clone(), pollster::block_on(medley.predict(&task.id, &sample.image))?))
    };
    samples.iter().map(of_slice).collect()
}

/// The slices of a case as one: their masks side by side, their probabilities and numbers averaged. Boxes stay with their
/// slices, because objects are found slice by slice.
fn joined(slices: Vec<(Target, Prediction)>) -> Vec<(Target, Prediction)> {
    let count = slices.len() as f32;
    let mut whole: Vec<(Target, Prediction)> = Vec::new();
    for (target, prediction) in slices {
        match (whole.last_mut(), target, prediction) {
            (
                Some((Target::Mask(all), Prediction::Mask(found))),
                Target::Mask(label),
                Prediction::Mask(mask),
            ) => {
                all.labels.extend(label.labels);
                found.labels.extend(mask.labels);
                all.height += label.height;
                found.height += mask.height;
            }
            (Some((_, Prediction::Classes(all))), _, Prediction::Classes(slice))
            | (Some((_, Prediction::Labels(all))), _, Prediction::Labels(slice))
            | (Some((_, Prediction::Values(all))), _, Prediction::Values(slice)) => {
                all.iter_mut().zip(slice).for_each(|(sum, p)| *sum += p);
            }
            (_, target, prediction) => whole.push((target, prediction)),
        }
    }
    for (_, prediction) in &mut whole {
        if let Prediction::Classes(sums) | Prediction::Labels(sums) | Prediction::Values(sums) = prediction {
            sums.iter_mut().for_each(|sum| *sum /= count);
        }
    }
    whole
}

/// What is counted while images go by.
#[derive(Debug)]
pub struct Tally {
    confusion: ConfusionMatrix,
    calibration: CalibrationScore,
    probabilities: Vec<Vec<f32>>,
    truth: Vec<usize>,
    masks: SegmentationScore,
    boxes: DetectionScore,
    labels: LabelScore,
    numbers: Vec<RegressionScore>,
}

impl Tally {
    /// Nothing yet.
    pub fn new(task: &Task) -> Self {
        let classes = task.classes.len();
        Self {
            confusion: ConfusionMatrix::new(classes),
            calibration: CalibrationScore::default(),
            probabilities: Vec::new(),
            truth: Vec::new(),
            masks: SegmentationScore::new(classes),
            boxes: DetectionScore::new(classes),
            labels: LabelScore::new(classes),
            numbers: vec![RegressionScore::new(); classes],
        }
    }

    /// Counts the slices of a case as one.
    pub fn add_case(&mut self, slices: Vec<(Target, Prediction)>) {
        joined(slices).into_iter().for_each(|(target, prediction)| self.add(&target, prediction));
    }

    fn add(&mut self, target: &Target, prediction: Prediction) {
        match (target, prediction) {
            (Target::Class(truth), Prediction::Classes(probabilities)) => {
                let best = (0..probabilities.len())
                    .max_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b]))
                    .unwrap_or(0);
                self.confusion.add(*truth, best);
                self.truth.push(*truth);
                self.calibration.add_classes(&probabilities, *truth);
                self.probabilities.push(probabilities);
            }
            (Target::Labels(truth), Prediction::Labels(probabilities)) => {
                self.labels.add(truth, &probabilities);
            }
            (Target::Values(truth), Prediction::Values(found)) => {
                for (score, (truth, found)) in self.numbers.iter_mut().zip(truth.iter().zip(found)) {
                    score.add(f64::from(*truth), f64::from(found));
                }
            }
            (Target::Mask(truth), Prediction::Mask(mask)) => self.masks.add(&truth.labels, &mask.labels),
            (Target::Boxes(truth), Prediction::Boxes(boxes)) => self.boxes.add(truth, &boxes),
            // The kinds agree because task and model do.
            _ => {}
        }
    }

    /// The scores, the most telling one first.
    pub fn scores(&self, task: &Task) -> Vec<Score> {
        let score = |metric: &str, value| Score { metric: metric.to_owned(), value };
        match task.kind {
            TaskKind::Classification => vec![
                score("accuracy", self.confusion.accuracy()),
                score("balanced accuracy", self.confusion.balanced_accuracy()),
                score("macro F1", self.confusion.macro_f1()),
                score("AUROC", macro_auroc(&self.probabilities, &self.truth)),
                score("calibration error", self.calibration.expected_error()),
            ],
            TaskKind::MultiLabel => {
                vec![
                    score("AUROC", self.labels.macro_auroc()),
                    score("macro F1", self.labels.macro_f1()),
                    score("calibration error", self.labels.calibration_error()),
                ]
            }
            TaskKind::Regression => {
                let mean = |values: Vec<f64>| {
                    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
                };
                let mut scores = Vec::new();
                if self.numbers.len() > 1 {
                    let each = self.numbers.iter().filter_map(RegressionScore::r2);
                    scores.push(score("R2", mean(each.collect())));
                }
                for (name, number) in task.classes.iter().zip(&self.numbers) {
                    // One number needs no name beside its scores.
                    let named = |metric: &str| {
                        if self.numbers.len() > 1 { format!("{metric} {name}") } else { metric.to_owned() }
                    };
                    scores.push(score(&named("R2"), number.r2()));
                    scores.push(score(&named("mean absolute error"), number.mean_absolute_error()));
                    scores.push(score(&named("root mean squared error"), number.root_mean_squared_error()));
                }
                scores
            }
            TaskKind::Segmentation => {
                let mut scores = vec![
                    score("Dice", self.masks.mean_dice()),
                    score("IoU", self.masks.mean_iou()),
                    score("Dice per image", self.masks.mean_image_dice()),
                ];
                if task.classes.len() > 2 {
                    let classes = task.classes.iter().zip(self.masks.dice()).skip(1);
                    scores.extend(classes.map(|(class, value)| score(&format!("Dice {class}"), value)));
                    let classes = task.classes.iter().zip(self.masks.iou()).skip(1);
                    scores.extend(classes.map(|(class, value)| score(&format!("IoU {class}"), value)));
                }
                scores
            }
            TaskKind::Detection => {
                let mut scores = vec![
                    score("mAP@0.5", self.boxes.mean_average_precision(0.5)),
                    score("mAP@0.5:0.95", self.boxes.coco_map()),
                ];
                if task.classes.len() > 1 {
                    let classes = task.classes.iter().enumerate();
                    scores.extend(classes.map(|(index, class)| {
                        score(&format!("AP@0.5 {class}"), self.boxes.average_precision(index, 0.5))
                    }));
                }
                scores
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use medley_core::dataset::Mask;

    use super::*;

    #[test]
    fn slices_of_a_case_count_once() {
        let mask = |labels: [u8; 2]| Mask { width: 2, height: 1, labels: labels.into() };
        let pair = |truth, found| (Target::Mask(mask(truth)), Prediction::Mask(mask(found)));
        let whole = joined(vec![pair([1, 0], [1, 1]), pair([0, 1], [0, 0])]);
        let all = |labels: [u8; 4]| Mask { width: 2, height: 2, labels: labels.into() };
        assert_eq!(whole, [(Target::Mask(all([1, 0, 0, 1])), Prediction::Mask(all([1, 1, 0, 0])))]);

        let class = |p: f32| (Target::Class(1), Prediction::Classes(vec![1.0 - p, p]));
        assert_eq!(
            joined(vec![class(0.25), class(0.75)]),
            [(Target::Class(1), Prediction::Classes(vec![0.5, 0.5]))]
        );
        let number = |value: f32| (Target::Values(vec![4.0]), Prediction::Values(vec![value]));
        assert_eq!(joined(vec![number(3.0), number(6.0)]), [number(4.5)]);
        let boxes = || (Target::Boxes(Vec::new()), Prediction::Boxes(Vec::new()));
        assert_eq!(joined(vec![boxes(), boxes()]).len(), 2);
    }

    #[test]
    fn numbers_are_scored_in_the_unit_of_the_data() {
        let task = |classes: &[&str]| Task {
            id: "age".to_owned(),
            kind: TaskKind::Regression,
            classes: classes.iter().map(ToString::to_string).collect(),
            modality: String::new(),
            input_size: 64,
            instances: None,
            scaling: Vec::new(),
        };
        let scores = |task: &Task, pairs: &[(Vec<f32>, Vec<f32>)]| -> Vec<(String, f64)> {
            let mut tally = Tally::new(task);
            for (truth, found) in pairs {
                tally.add_case(vec![(Target::Values(truth.clone()), Prediction::Values(found.clone()))]);
            }
            tally.scores(task).into_iter().filter_map(|score| Some((score.metric, score.value?))).collect()
        };
        let one = scores(&task(&["years"]), &[(vec![10.0], vec![12.0]), (vec![14.0], vec![14.0])]);
        let expected = [("R2", 0.5), ("mean absolute error", 1.0), ("root mean squared error", 2_f64.sqrt())];
        assert_eq!(one, expected.map(|(name, value)| (name.to_owned(), value)));
        let two = [(vec![1.0, 10.0], vec![1.0, 12.0]), (vec![3.0, 14.0], vec![3.0, 14.0])];
        let two = scores(&task(&["size", "years"]), &two);
        assert_eq!(two[0], ("R2".to_owned(), 0.75));
        assert_eq!(two[4], ("R2 years".to_owned(), 0.5));
    }
}
