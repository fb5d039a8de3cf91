//! The held-out score of a task.

use crate::dataset::{Detection, Target, Task, TaskKind};
use crate::metrics::{
    ConfusionMatrix, DetectionScore, LabelScore, MeanInterval, RegressionScore, SegmentationScore,
    bootstrap_interval,
};

/// Overlap from which on a box counts as found.
const OVERLAP: f64 = 0.5;
/// Draws of an interval.
const DRAWS: usize = 200;

/// What the model says of a held-out image, with what is scored of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// A label per pixel, at the size of the truth.
    Mask(Vec<u8>),
    /// Boxes in pixels of the truth's image.
    Boxes(Vec<Detection>),
    /// A probability per class.
    Classes(Vec<f32>),
    /// A number per number of the task.
    Values(Vec<f32>),
}

/// A score with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeldOutScore {
    /// Mean Dice without the background, mean average precision at an overlap of 0.5, mean F1, or the mean explained share
    /// of variance (negative where the mean would be the better answer); at most 1.
    pub value: f64,
    /// 95 % interval over images; none of a single image.
    pub interval: Option<(f64, f64)>,
    /// Images.
    pub images: usize,
}

/// Scores answers against the truth; `None` where nothing can be scored.
pub fn score(task: &Task, pairs: &[(Target, Answer)]) -> Option<HeldOutScore> {
    let value = value(task, &pairs.iter().collect::<Vec<_>>())?;
    let interval = if task.kind == TaskKind::Segmentation {
        // Each image's own score, because counting all pixels anew for each draw would take long.
        let own: Vec<f64> = pairs.iter().filter_map(|pair| self::value(task, &[pair])).collect();
        MeanInterval::of(&own).and_then(|mean| {
            let half = mean.half_width?;
            Some(((mean.mean - half).max(0.0), (mean.mean + half).min(1.0)))
        })
    } else {
        (pairs.len() > 1)
            .then(|| {
                bootstrap_interval(pairs.len(), DRAWS, 0, |drawn| {
                    self::value(task, &drawn.iter().filter_map(|at| pairs.get(*at)).collect::<Vec<_>>())
                })
            })
            .flatten()
    };
    Some(HeldOutScore { value, interval, images: pairs.len() })
}

fn value(task: &Task, pairs: &[&(Target, Answer)]) -> Option<f64> {
    let classes = task.classes.len();
    match task.kind {
        TaskKind::Segmentation => {
            let mut score = SegmentationScore::new(classes);
            for (target, answer) in pairs {
                if let (Target::Mask(truth), Answer::Mask(found)) = (target, answer) {
                    score.add(&truth.labels, found);
                }
            }
            score.mean_dice()
        }
        TaskKind::Detection => {
            let mut score = DetectionScore::new(classes);
            for (target, answer) in pairs {
                if let (Target::Boxes(truth), Answer::Boxes(found)) = (target, answer) {
                    score.add(truth, found);
                }
            }
            score.mean_average_precision(OVERLAP)
        }
        TaskKind::Classification => {
            let mut matrix = ConfusionMatrix::new(classes);
            for (target, answer) in pairs {
                if let (Target::Class(truth), Answer::Classes(found)) = (target, answer) {
                    matrix.add(*truth, likeliest(found));
                }
            }
            matrix.macro_f1()
        }
        TaskKind::MultiLabel => {
            let mut score = LabelScore::new(classes);
            for (target, answer) in pairs {
                if let (Target::Labels(truth), Answer::Classes(found)) = (target, answer) {
                    score.add(truth, found);
                }
            }
            score.macro_f1()
        }
        TaskKind::Regression => {
            let mut scores = vec![RegressionScore::new(); classes];
            for (target, answer) in pairs {
                if let (Target::Values(truth), Answer::Values(found)) = (target, answer) {
                    for ((score, truth), found) in scores.iter_mut().zip(truth).zip(found) {
                        score.add(f64::from(*truth), f64::from(*found));
                    }
                }
            }
            let known: Vec<f64> = scores.iter().filter_map(RegressionScore::r2).collect();
            (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
        }
    }
}

fn likeliest(probabilities: &[f32]) -> usize {
    let best = probabilities.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    best.map_or(0, |(class, _)| class)
}
