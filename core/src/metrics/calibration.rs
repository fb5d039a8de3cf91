//! Whether a model that is 80 % sure is right 80 % of the time.

/// Bins of a [`CalibrationScore`] where nothing else is said, as Guo et al. use them.
const BINS: usize = 15;

/// The expected calibration error, collected prediction by prediction.
///
/// Confidences are sorted into bins of equal width; the error is the mean over the bins, weighted by their
/// numbers of predictions, of the distance between the mean confidence and the share of hits (Guo et al., "On
/// Calibration of Modern Neural Networks", ICML 2017, equation 3). As there, a bin holds its upper edge and not
/// its lower one.
///
/// What a confidence is of is the caller's choice: of the predicted class ([`Self::add_classes`], the error
/// that Guo et al. report), or of the presence of one class (a hit is then its presence).
#[derive(Clone, Debug, PartialEq)]
pub struct CalibrationScore {
    bins: Vec<Bin>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Bin {
    predictions: u64,
    hits: u64,
    /// Sum of the confidences.
    confidence: f64,
}

impl Default for CalibrationScore {
    /// Nothing collected yet; 15 bins.
    fn default() -> Self {
        Self::new(BINS)
    }
}

impl CalibrationScore {
    /// Nothing collected yet; `bins` of equal width, at least one.
    pub fn new(bins: usize) -> Self {
        Self { bins: vec![Bin::default(); bins.max(1)] }
    }

    /// Takes in a prediction that was made with a confidence in [0, 1].
    pub fn add(&mut self, confidence: f32, is_hit: bool) {
        let confidence = f64::from(confidence);
        let edge = (confidence * self.bins.len() as f64).ceil() as usize;
        let last = self.bins.len() - 1;
        let bin = &mut self.bins[edge.saturating_sub(1).min(last)];
        bin.predictions += 1;
        bin.hits += u64::from(is_hit);
        bin.confidence += confidence;
    }

    /// Takes in the class probabilities of one image, by those of the likeliest class (of equal ones the
    /// first). No probabilities are no prediction.
    pub fn add_classes(&mut self, probabilities: &[f32], truth: usize) {
        let Some(first) = probabilities.first() else { return };
        let likelier =
            |best: (usize, f32), (class, p): (usize, &f32)| if *p > best.1 { (class, *p) } else { best };
        let (class, confidence) = probabilities.iter().enumerate().fold((0, *first), likelier);
        self.add(confidence, class == truth);
    }

    /// The expected calibration error in [0, 1]; `None` before any prediction.
    pub fn expected_error(&self) -> Option<f64> {
        let total: u64 = self.bins.iter().map(|bin| bin.predictions).sum();
        let apart: f64 = self.bins.iter().map(|bin| (bin.confidence - bin.hits as f64).abs()).sum();
        (total > 0).then(|| apart / total as f64)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;
    use serde::Deserialize;

    use super::super::LabelScore;
    use super::*;

    #[derive(Deserialize)]
    struct Reference {
        classes: Vec<TopLabel>,
        presence: Vec<Presence>,
    }

    #[derive(Deserialize)]
    struct TopLabel {
        truth: Vec<usize>,
        probabilities: Vec<Vec<f32>>,
        bins: usize,
        error: f64,
    }

    #[derive(Deserialize)]
    struct Presence {
        truth: Vec<Vec<bool>>,
        probabilities: Vec<Vec<f32>>,
        error: Vec<f64>,
    }

    fn reference() -> Reference {
        serde_json::from_str(include_str!("../../../tests/fixtures/metrics/calibration.json")).unwrap()
    }

    #[test]
    fn the_error_of_the_likeliest_class_is_that_of_guo_et_al() {
        for case in reference().classes {
            let mut score = CalibrationScore::new(case.bins);
            for (row, truth) in case.probabilities.iter().zip(&case.truth) {
                score.add_classes(row, *truth);
            }
            let error = score.expected_error().unwrap();
            assert!((error - case.error).abs() < 1e-6, "{} bins: {error} against {}", case.bins, case.error);
        }
    }

    #[test]
    fn the_error_of_presence_is_that_of_scikit_learns_calibration_curve() {
        for case in reference().presence {
            let mut labels = LabelScore::new(case.error.len());
            for (row, truth) in case.probabilities.iter().zip(&case.truth) {
                labels.add(truth, row);
            }
            for (class, theirs) in case.error.iter().enumerate() {
                let mut score = CalibrationScore::default();
                for (row, truth) in case.probabilities.iter().zip(&case.truth) {
                    score.add(row[class], truth[class]);
                }
                let error = score.expected_error().unwrap();
                assert!((error - theirs).abs() < 1e-6, "class {class}: {error} against {theirs}");
            }
            let mean = case.error.iter().sum::<f64>() / case.error.len() as f64;
            assert!((labels.calibration_error().unwrap() - mean).abs() < 1e-6);
        }
    }

    #[test]
    fn edges_belong_to_the_bin_below() {
        // 0.5 and 0.25 share a bin of two; 0 is in the first, 1 in the last.
        let mut score = CalibrationScore::new(2);
        for (confidence, is_hit) in [(0.5, true), (0.25, false), (0.0, false), (1.0, true)] {
            score.add(confidence, is_hit);
        }
        assert_eq!(score.expected_error(), Some((1.0 - 0.75) / 4.0));
        assert_eq!(CalibrationScore::default().expected_error(), None);
        let mut nothing = CalibrationScore::default();
        nothing.add_classes(&[], 0);
        assert_eq!(nothing.expected_error(), None);
    }

    #[test]
    fn of_equal_classes_the_first_is_the_prediction() {
        let error = |truth| {
            let mut score = CalibrationScore::default();
            score.add_classes(&[0.375, 0.375, 0.25], truth);
            score.expected_error()
        };
        assert_eq!([error(0), error(1)], [Some(0.625), Some(0.375)]);
    }

    proptest! {
        #[test]
        fn the_error_is_at_least_the_distance_of_the_means(
            rows in prop::collection::vec((0.0_f32..=1.0, any::<bool>()), 1..60),
            bins in 1_usize..20,
        ) {
            let error = |bins| {
                let mut score = CalibrationScore::new(bins);
                for (confidence, is_hit) in &rows {
                    score.add(*confidence, *is_hit);
                }
                score.expected_error().unwrap()
            };
            // One bin is all of them.
            prop_assert!(error(bins) >= error(1) - 1e-12);
            prop_assert!((0.0..=1.0).contains(&error(bins)));
        }
    }
}
