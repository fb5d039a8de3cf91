//! Average precision of boxes, as COCO defines it (Lin et al., ECCV 2014) and pycocotools computes it: all
//! areas, at most 100 boxes per image and class, precision read at 101 recalls, no crowds.

use super::mean;
use crate::dataset::{BoxLabel, Detection};

/// Boxes per image and class that count.
const MAX_BOXES: usize = 100;

/// Truth and predictions, collected image by image.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DetectionScore {
    classes: usize,
    images: Vec<(Vec<BoxLabel>, Vec<Detection>)>,
}

impl DetectionScore {
    /// Nothing collected yet.
    pub fn new(classes: usize) -> Self {
        Self { classes, images: Vec::new() }
    }

    /// Adds one image.
    pub fn add(&mut self, truth: &[BoxLabel], found: &[Detection]) {
        let mut ranked = found.to_vec();
        ranked.sort_by(|a, b| b.score.total_cmp(&a.score));
        self.images.push((truth.to_vec(), ranked));
    }

    /// Average precision of `class`, where a box counts as found from an overlap (intersection over
    /// union) of `threshold` on. `None` when no image has an object of the class.
    pub fn average_precision(&self, class: usize, threshold: f64) -> Option<f64> {
        let mut objects = 0;
        let mut outcomes = Vec::new();
        for (truth, found) in &self.images {
            let truth: Vec<&BoxLabel> = truth.iter().filter(|b| b.class == class).collect();
            let found = found.iter().filter(|d| d.class == class).take(MAX_BOXES);
            objects += truth.len();
            outcomes.extend(match_boxes(&truth, found, threshold));
        }
        (objects > 0).then(|| interpolated_precision(outcomes, objects))
    }

    /// Mean over the classes of [`Self::average_precision`] at one `threshold`: mAP@0.5 for 0.5.
    pub fn mean_average_precision(&self, threshold: f64) -> Option<f64> {
        mean((0..self.classes).filter_map(|class| self.average_precision(class, threshold)))
    }

    /// mAP@[.5:.95]: the mean of [`Self::mean_average_precision`] over the ten thresholds 0.5, 0.55, … 0.95.
    pub fn coco_map(&self) -> Option<f64> {
        let thresholds = (0..10).map(|i| 0.5 + f64::from(i) * ((0.95 - 0.5) / 9.0));
        mean(thresholds.filter_map(|threshold| self.mean_average_precision(threshold)))
    }
}

/// Score of each box, best first, and whether it hits an object that no better box has taken.
fn match_boxes<'a>(
    truth: &[&BoxLabel],
    found: impl Iterator<Item = &'a Detection>,
    threshold: f64,
) -> Vec<(f32, bool)> {
    let mut taken = vec![false; truth.len()];
    found
        .map(|detection| {
            let mut best = threshold.min(1.0 - 1e-10);
            let mut choice = None;
            for (index, object) in truth.iter().enumerate().filter(|(index, _)| !taken[*index]) {
                let overlap = iou(object, detection);
                // Of equal overlaps the later object is taken, as pycocotools does.
                if overlap >= best {
                    best = overlap;
                    choice = Some(index);
                }
            }
            if let Some(index) = choice {
                taken[index] = true;
            }
            (detection.score, choice.is_some())
        })
        .collect()
}

/// In double precision, because thresholds are compared exactly.
fn iou(a: &BoxLabel, b: &Detection) -> f64 {
    let [ax0, ay0, ax1, ay1] = [a.x0, a.y0, a.x1, a.y1].map(f64::from);
    let [bx0, by0, bx1, by1] = [b.x0, b.y0, b.x1, b.y1].map(f64::from);
    let width = (ax1.min(bx1) - ax0.max(bx0)).max(0.0);
    let height = (ay1.min(by1) - ay0.max(by0)).max(0.0);
    let both = width * height;
    let either = (ax1 - ax0) * (ay1 - ay0) + (bx1 - bx0) * (by1 - by0) - both;
    if either > 0.0 { both / either } else { 0.0 }
}

/// Mean over the recalls 0, 0.01, … 1 of the best precision at that recall or a higher one.
fn interpolated_precision(mut outcomes: Vec<(f32, bool)>, objects: usize) -> f64 {
    outcomes.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut hits = 0_u32;
    let mut curve: Vec<(f64, f64)> = outcomes
        .iter()
        .enumerate()
        .map(|(index, (_, hit))| {
            hits += u32::from(*hit);
            (f64::from(hits) / objects as f64, f64::from(hits) / (index + 1) as f64)
        })
        .collect();
    let mut best = 0.0_f64;
    for (_, precision) in curve.iter_mut().rev() {
        best = best.max(*precision);
        *precision = best;
    }
    let at = |recall: f64| {
        let first = curve.partition_point(|(reached, _)| *reached < recall);
        curve.get(first).map_or(0.0, |(_, precision)| *precision)
    };
    (0..=100).map(|i| at(f64::from(i) * 0.01)).sum::<f64>() / 101.0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Reference {
        classes: usize,
        images: Vec<Pair>,
        map: Option<f64>,
        map50: Option<f64>,
        ap50: Vec<Option<f64>>,
    }

    #[derive(Deserialize)]
    struct Pair {
        truth: Vec<[f32; 5]>,
        found: Vec<[f32; 6]>,
    }

    #[test]
    fn agrees_with_pycocotools() {
        let text = include_str!("../../../tests/fixtures/metrics/detection.json");
        let cases: Vec<Reference> = serde_json::from_str(text).unwrap();
        for case in cases {
            let mut score = DetectionScore::new(case.classes);
            for image in &case.images {
                let truth: Vec<BoxLabel> = image
                    .truth
                    .iter()
                    .map(|&[x0, y0, x1, y1, k]| BoxLabel { x0, y0, x1, y1, class: k as usize })
                    .collect();
                let found: Vec<Detection> = image
                    .found
                    .iter()
                    .map(|&[x0, y0, x1, y1, k, score]| Detection { x0, y0, x1, y1, class: k as usize, score })
                    .collect();
                score.add(&truth, &found);
            }
            let classes = (0..case.classes).map(|class| score.average_precision(class, 0.5));
            let ours = [score.coco_map(), score.mean_average_precision(0.5)].into_iter().chain(classes);
            let theirs = [case.map, case.map50].into_iter().chain(case.ap50);
            for (a, b) in ours.zip(theirs) {
                assert_eq!(a.is_some(), b.is_some());
                assert!((a.unwrap_or(0.0) - b.unwrap_or(0.0)).abs() < 1e-6, "{a:?} against {b:?}");
            }
        }
    }

    fn labels() -> impl Strategy<Value = Vec<BoxLabel>> {
        let label = (0_u8..200, 0_u8..200, 1_u8..50, 1_u8..50, 0_usize..2).prop_map(|(x, y, w, h, class)| {
            let (x0, y0) = (f32::from(x), f32::from(y));
            BoxLabel { x0, y0, x1: x0 + f32::from(w), y1: y0 + f32::from(h), class }
        });
        prop::collection::vec(label, 1..20)
    }

    fn found(truth: &[BoxLabel], shift: f32) -> Vec<Detection> {
        let detection = |b: &BoxLabel| Detection {
            x0: b.x0 + shift,
            y0: b.y0,
            x1: b.x1 + shift,
            y1: b.y1,
            class: b.class,
            score: 0.5,
        };
        truth.iter().map(detection).collect()
    }

    proptest! {
        #[test]
        fn the_truth_itself_scores_one(truth in labels()) {
            let mut score = DetectionScore::new(2);
            score.add(&truth, &found(&truth, 0.0));
            prop_assert!((score.coco_map().unwrap() - 1.0).abs() < 1e-12);
        }

        #[test]
        fn a_stricter_threshold_never_helps_a_single_box(truth in labels(), shift in 0.0_f32..40.0) {
            let mut score = DetectionScore::new(2);
            score.add(&truth[..1], &found(&truth[..1], shift));
            let at = |threshold| score.mean_average_precision(threshold).unwrap();
            prop_assert!(at(0.5) >= at(0.75) && (0.0..=1.0).contains(&at(0.5)));
        }
    }
}
