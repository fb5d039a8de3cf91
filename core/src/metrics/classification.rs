//! How well classes are told apart.

use super::mean;

/// Counts of true against predicted classes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfusionMatrix {
    classes: usize,
    /// `[true class, predicted class]`.
    counts: Vec<u64>,
}

impl ConfusionMatrix {
    /// Nothing counted yet.
    pub fn new(classes: usize) -> Self {
        Self { classes, counts: vec![0; classes * classes] }
    }

    /// Counts one image; class indices beyond the known classes are not counted.
    pub fn add(&mut self, truth: usize, predicted: usize) {
        if truth < self.classes && predicted < self.classes {
            self.counts[truth * self.classes + predicted] += 1;
        }
    }

    /// How many images of class `truth` were taken for class `predicted`.
    pub fn count(&self, truth: usize, predicted: usize) -> u64 {
        self.counts[truth * self.classes + predicted]
    }

    fn hits(&self, class: usize) -> f64 {
        self.count(class, class) as f64
    }

    fn of_truth(&self, class: usize) -> f64 {
        (0..self.classes).map(|p| self.count(class, p)).sum::<u64>() as f64
    }

    fn of_prediction(&self, class: usize) -> f64 {
        (0..self.classes).map(|t| self.count(t, class)).sum::<u64>() as f64
    }

    /// Share of images whose class was found; `None` before any image.
    pub fn accuracy(&self) -> Option<f64> {
        let total = self.counts.iter().sum::<u64>() as f64;
        (total > 0.0).then(|| (0..self.classes).map(|k| self.hits(k)).sum::<f64>() / total)
    }

    /// Mean over the classes that occur of the share found, so that rare classes count as much.
    pub fn balanced_accuracy(&self) -> Option<f64> {
        mean((0..self.classes).filter(|&k| self.of_truth(k) > 0.0).map(|k| self.hits(k) / self.of_truth(k)))
    }

    /// Mean F1 of the classes that occur or were predicted.
    pub fn macro_f1(&self) -> Option<f64> {
        mean((0..self.classes).filter_map(|k| {
            let total = self.of_truth(k) + self.of_prediction(k);
            (total > 0.0).then(|| 2.0 * self.hits(k) / total)
        }))
    }
}

/// Area under the receiver operating characteristic: the chance that a positive has a higher score than a
/// negative, ties counting half (Mann-Whitney). `None` unless there are both.
pub fn auroc(scores: &[f32], positive: &[bool]) -> Option<f64> {
    let mut ranked: Vec<(f32, bool)> = scores.iter().copied().zip(positive.iter().copied()).collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut negatives, mut positives, mut won) = (0.0, 0.0, 0.0);
    for tied in ranked.chunk_by(|a, b| a.0 == b.0) {
        let up = tied.iter().filter(|(_, positive)| *positive).count() as f64;
        let down = tied.len() as f64 - up;
        won += up * (negatives + 0.5 * down);
        positives += up;
        negatives += down;
    }
    (positives > 0.0 && negatives > 0.0).then(|| won / (positives * negatives))
}

/// Mean over the classes of [`auroc`] of one class against the rest. `probabilities` holds one row per image
/// and `truth` its class; classes that never or always occur are left out.
pub fn macro_auroc(probabilities: &[Vec<f32>], truth: &[usize]) -> Option<f64> {
    let classes = probabilities.first().map_or(0, Vec::len);
    mean((0..classes).filter_map(|class| {
        let scores: Vec<f32> = probabilities.iter().map(|row| row[class]).collect();
        let positive: Vec<bool> = truth.iter().map(|t| *t == class).collect();
        auroc(&scores, &positive)
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Reference {
        truth: Vec<usize>,
        probabilities: Vec<Vec<f32>>,
        predicted: Vec<usize>,
        accuracy: f64,
        balanced_accuracy: f64,
        macro_f1: f64,
        auroc: Option<f64>,
    }

    #[test]
    fn agrees_with_scikit_learn() {
        let text = include_str!("../../../tests/fixtures/metrics/classification.json");
        let cases: Vec<Reference> = serde_json::from_str(text).unwrap();
        for case in cases {
            let mut matrix = ConfusionMatrix::new(case.probabilities[0].len());
            for (&truth, &predicted) in case.truth.iter().zip(&case.predicted) {
                matrix.add(truth, predicted);
            }
            let ours = [
                matrix.accuracy(),
                matrix.balanced_accuracy(),
                matrix.macro_f1(),
                macro_auroc(&case.probabilities, &case.truth),
            ];
            let theirs = [case.accuracy, case.balanced_accuracy, case.macro_f1].map(Some);
            for (a, b) in ours.into_iter().zip(theirs.into_iter().chain([case.auroc])) {
                assert_eq!(a.is_some(), b.is_some());
                assert!((a.unwrap_or(0.0) - b.unwrap_or(0.0)).abs() < 1e-6, "{a:?} against {b:?}");
            }
        }
    }

    #[derive(Deserialize)]
    struct Ranking {
        scores: Vec<f32>,
        positive: Vec<bool>,
        auroc: f64,
    }

    #[test]
    fn the_area_agrees_with_scikit_learn_and_monai() {
        let text = include_str!("../../../tests/fixtures/metrics/scores.json");
        let cases: Vec<Ranking> = serde_json::from_str(text).unwrap();
        for case in cases {
            let ours = auroc(&case.scores, &case.positive).unwrap();
            assert!((ours - case.auroc).abs() < 1e-6, "{ours} against {}", case.auroc);
        }
    }

    #[test]
    fn a_class_that_never_occurs_is_left_out() {
        let mut matrix = ConfusionMatrix::new(3);
        matrix.add(0, 0);
        matrix.add(1, 0);
        assert_eq!(matrix.balanced_accuracy(), Some(0.5));
        assert_eq!(matrix.macro_f1(), Some(f64::midpoint(2.0 / 3.0, 0.0)));
        assert_eq!(auroc(&[0.1, 0.9], &[true, true]), None);
    }

    proptest! {
        #[test]
        fn reversed_scores_mirror_the_area(rows in prop::collection::vec((0_u8..12, any::<bool>()), 2..60)) {
            let scores: Vec<f32> = rows.iter().map(|(s, _)| f32::from(*s)).collect();
            let reversed: Vec<f32> = scores.iter().map(|s| -s).collect();
            let positive: Vec<bool> = rows.iter().map(|(_, p)| *p).collect();
            match (auroc(&scores, &positive), auroc(&reversed, &positive)) {
                (Some(a), Some(b)) => prop_assert!((a + b - 1.0).abs() < 1e-12 && (0.0..=1.0).contains(&a)),
                (a, b) => prop_assert!(a.is_none() && b.is_none()),
            }
        }

        #[test]
        fn perfect_predictions_score_one(truth in prop::collection::vec(0_usize..4, 1..40)) {
            let mut matrix = ConfusionMatrix::new(4);
            for &t in &truth {
                matrix.add(t, t);
            }
            prop_assert_eq!(matrix.accuracy(), Some(1.0));
            prop_assert_eq!(matrix.balanced_accuracy(), Some(1.0));
            prop_assert_eq!(matrix.macro_f1(), Some(1.0));
        }
    }
}
