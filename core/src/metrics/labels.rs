//! Scores of images that may have several classes at once.

use super::{CalibrationScore, auroc, mean};

/// A class counts as found from this probability on.
const PRESENT: f32 = 0.5;

/// Truth and probabilities of every image seen, class by class.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelScore {
    truth: Vec<Vec<bool>>,
    probabilities: Vec<Vec<f32>>,
}

impl LabelScore {
    /// Nothing seen yet.
    pub fn new(classes: usize) -> Self {
        Self { truth: vec![Vec::new(); classes], probabilities: vec![Vec::new(); classes] }
    }

    /// Takes in one image: which classes are present, and the probability given to each.
    pub fn add(&mut self, truth: &[bool], probabilities: &[f32]) {
        for (class, (&is, &probability)) in truth.iter().zip(probabilities).enumerate().take(self.truth.len())
        {
            self.truth[class].push(is);
            self.probabilities[class].push(probability);
        }
    }

    /// Mean over the classes of the area under the ROC curve; classes that never or always occur are left out.
    pub fn macro_auroc(&self) -> Option<f64> {
        let classes = self.truth.iter().zip(&self.probabilities);
        mean(classes.filter_map(|(truth, probabilities)| auroc(probabilities, truth)))
    }

    /// Mean F1 of the classes that occur or were found.
    pub fn macro_f1(&self) -> Option<f64> {
        mean(self.truth.iter().zip(&self.probabilities).filter_map(|(truth, probabilities)| {
            let found = |probability: &f32| *probability >= PRESENT;
            let hits = truth.iter().zip(probabilities).filter(|(is, p)| **is && found(p)).count();
            let named =
                truth.iter().filter(|is| **is).count() + probabilities.iter().filter(|p| found(p)).count();
            (named > 0).then(|| 2.0 * hits as f64 / named as f64)
        }))
    }

    /// Mean over all classes of the expected calibration error of their presence (the class-wise error of
    /// Kull et al., "Beyond temperature scaling", `NeurIPS` 2019), in 15 bins.
    pub fn calibration_error(&self) -> Option<f64> {
        mean(self.truth.iter().zip(&self.probabilities).filter_map(|(truth, probabilities)| {
            let mut score = CalibrationScore::default();
            truth.iter().zip(probabilities).for_each(|(is, probability)| score.add(*probability, *is));
            score.expected_error()
        }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Reference {
        truth: Vec<Vec<bool>>,
        probabilities: Vec<Vec<f32>>,
        macro_auroc: f64,
        macro_f1: f64,
    }

    #[test]
    fn agrees_with_scikit_learn() {
        let text = include_str!("../../../tests/fixtures/metrics/labels.json");
        let cases: Vec<Reference> = serde_json::from_str(text).unwrap();
        for case in cases {
            let mut score = LabelScore::new(case.truth[0].len());
            case.truth.iter().zip(&case.probabilities).for_each(|(truth, row)| score.add(truth, row));
            let (auroc, f1) = (score.macro_auroc().unwrap(), score.macro_f1().unwrap());
            assert!((auroc - case.macro_auroc).abs() < 1e-6, "{auroc} against {}", case.macro_auroc);
            assert!((f1 - case.macro_f1).abs() < 1e-6, "{f1} against {}", case.macro_f1);
        }
    }

    #[test]
    fn classes_are_scored_each_on_its_own() {
        let mut score = LabelScore::new(3);
        assert_eq!((score.macro_auroc(), score.macro_f1()), (None, None));
        // The first class is ranked perfectly and found once of twice, the second is ranked upside down and
        // found in the wrong image, the third never occurs and is never found.
        score.add(&[true, true, false], &[0.9, 0.1, 0.2]);
        score.add(&[true, false, false], &[0.4, 0.7, 0.1]);
        score.add(&[false, false, false], &[0.3, 0.2, 0.1]);
        assert_eq!(score.macro_auroc(), Some(0.5));
        assert!((score.macro_f1().unwrap() - f64::midpoint(2.0 / 3.0, 0.0)).abs() < 1e-12);
    }
}
