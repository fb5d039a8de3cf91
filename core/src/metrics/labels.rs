//! Scores of images that may have several classes at once.

use super::{auroc, mean};

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
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

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
