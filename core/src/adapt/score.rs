//! The held-out score of a task.

use crate::dataset::{Detection, Target, Task, TaskKind};
use crate::metrics::{
    ConfusionMatrix, DetectionScore, LabelScore, RegressionScore, SegmentationScore, bootstrap_interval,
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
    // Pixels are counted once per image: counting them anew for each draw would take long.
    let overlaps: Vec<SegmentationScore> = pairs.iter().map(|pair| overlap(task, pair)).collect();
    with_interval(pairs.len(), |drawn| value(task, drawn, pairs, &overlaps))
}

/// A number that is computed from images, with the interval of the same number: the bootstrap draws images.
fn with_interval(images: usize, mut value: impl FnMut(&[usize]) -> Option<f64>) -> Option<HeldOutScore> {
    let all: Vec<usize> = (0..images).collect();
    let whole = value(&all)?;
    let interval = if images > 1 { bootstrap_interval(images, DRAWS, 0, value) } else { None };
    // Of very few images hardly a draw may be as good, or as bad, as all together.
    let interval = interval.map(|(low, high)| (low.min(whole), high.max(whole)));
    Some(HeldOutScore { value: whole, interval, images })
}

/// The pixels of one image; of another label type none.
fn overlap(task: &Task, (target, answer): &(Target, Answer)) -> SegmentationScore {
    let mut score = SegmentationScore::new(task.classes.len());
    if let (Target::Mask(truth), Answer::Mask(found)) = (target, answer) {
        score.add(&truth.labels, found);
    }
    score
}

/// The number of the images that were drawn.
fn value(
    task: &Task,
    drawn: &[usize],
    pairs: &[(Target, Answer)],
    overlaps: &[SegmentationScore],
) -> Option<f64> {
    let classes = task.classes.len();
    let pairs = || drawn.iter().filter_map(|at| pairs.get(*at));
    match task.kind {
        TaskKind::Segmentation => {
            let mut score = SegmentationScore::new(classes);
            drawn.iter().filter_map(|at| overlaps.get(*at)).for_each(|one| score.merge(one));
            score.mean_dice()
        }
        TaskKind::Detection => {
            let mut score = DetectionScore::new(classes);
            for (target, answer) in pairs() {
                if let (Target::Boxes(truth), Answer::Boxes(found)) = (target, answer) {
                    score.add(truth, found);
                }
            }
            score.mean_average_precision(OVERLAP)
        }
        TaskKind::Classification => {
            let mut matrix = ConfusionMatrix::new(classes);
            for (target, answer) in pairs() {
                if let (Target::Class(truth), Answer::Classes(found)) = (target, answer) {
                    matrix.add(*truth, likeliest(found));
                }
            }
            matrix.macro_f1()
        }
        TaskKind::MultiLabel => {
            let mut score = LabelScore::new(classes);
            for (target, answer) in pairs() {
                if let (Target::Labels(truth), Answer::Classes(found)) = (target, answer) {
                    score.add(truth, found);
                }
            }
            score.macro_f1()
        }
        TaskKind::Regression => {
            let mut scores = vec![RegressionScore::new(); classes];
            for (target, answer) in pairs() {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::dataset::Mask;

    fn task() -> Task {
        Task {
            id: "cells".to_owned(),
            kind: TaskKind::Segmentation,
            classes: vec!["background".to_owned(), "cell".to_owned()],
            modality: String::new(),
            input_size: 10,
            instances: None,
            scaling: Vec::new(),
        }
    }

    /// An image of 100 pixels with so many of an object, of which so many are found.
    fn image(object: usize, found: usize) -> (Target, Answer) {
        let first = |count: usize| (0..100).map(|pixel| u8::from(pixel < count)).collect::<Vec<u8>>();
        (Target::Mask(Mask { width: 10, height: 10, labels: first(object) }), Answer::Mask(first(found)))
    }

    #[test]
    fn the_interval_is_of_the_number_beside_it() {
        // One large object that is found, and three small ones that are missed: most images score 0.
        let pairs = [image(90, 90), image(2, 0), image(2, 0), image(2, 0)];
        let score = score(&task(), &pairs).unwrap();
        assert!((score.value - 180.0 / 186.0).abs() < 1e-12, "{score:?}");
        let (low, high) = score.interval.unwrap();
        assert!(low <= score.value && score.value <= high && high <= 1.0, "{score:?}");
        assert_eq!(score.images, 4);
        assert_eq!(self::score(&task(), &pairs), Some(score), "the same draws each time");
    }

    #[test]
    fn images_that_are_alike_leave_no_doubt_and_one_image_says_nothing_of_others() {
        let same = score(&task(), &[image(50, 25), image(50, 25), image(50, 25)]).unwrap();
        let dice = 50.0 / 75.0;
        let (low, high) = same.interval.unwrap();
        assert!([same.value, low, high].iter().all(|value| (value - dice).abs() < 1e-12), "{same:?}");
        assert_eq!(score(&task(), &[image(50, 25)]).unwrap().interval, None);
        assert_eq!(score(&task(), &[image(0, 0)]), None);
    }
}
