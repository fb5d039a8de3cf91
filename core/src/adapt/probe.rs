//! A linear classifier on frozen features.

use thiserror::Error;

use super::Fold;
use super::lbfgs::minimise;

/// Multinomial logistic regression on standardised features, with an L2 penalty on the weights (not on the
/// biases): the "frozen" mode of the paper (Schäfer et al. 2024), solved to its optimum.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearProbe {
    mean: Vec<f64>,
    /// 1 / standard deviation; 0 for a feature that never changes.
    scale: Vec<f64>,
    /// `[class, feature + 1]`, the last one the bias.
    weights: Vec<f64>,
    classes: usize,
}

/// Features and labels that do not fit together.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ProbeError {
    /// No image, or no class.
    #[error("a classifier needs at least one labelled image of at least one class")]
    Empty,
    /// Ragged features, or another number of labels.
    #[error("every image needs features of the same number and one label below the number of classes")]
    Shape,
}

const TOLERANCE: f64 = 1e-6;
const ITERATIONS: usize = 300;

impl LinearProbe {
    /// Fits one row of features per image to its class. The sum of cross-entropies plus
    /// `penalty / 2 * |weights|^2` is minimised (scikit-learn's `C` is `1 / penalty`).
    ///
    /// # Errors
    /// When there is nothing to learn from, or the shapes do not agree.
    pub fn fit(
        features: &[&[f32]],
        labels: &[usize],
        classes: usize,
        penalty: f64,
    ) -> Result<Self, ProbeError> {
        let Some(width) = features.first().map(|row| row.len()).filter(|_| classes > 0) else {
            return Err(ProbeError::Empty);
        };
        let ragged = features.iter().any(|row| row.len() != width);
        if ragged || labels.len() != features.len() || labels.iter().any(|label| *label >= classes) {
            return Err(ProbeError::Shape);
        }
        let (mean, scale) = moments(features, width);
        let mut probe = Self { mean, scale, weights: vec![0.0; classes * (width + 1)], classes };
        let rows: Vec<Vec<f64>> = features.iter().map(|row| probe.standardised(row)).collect();
        let objective = |weights: &[f64]| objective(&rows, labels, weights, classes, penalty);
        probe.weights = minimise(objective, probe.weights, TOLERANCE * rows.len() as f64, ITERATIONS);
        Ok(probe)
    }

    /// One probability per class.
    pub fn predict(&self, features: &[f32]) -> Vec<f32> {
        let logits = logits(&self.standardised(features), &self.weights, self.classes);
        softmax(logits).into_iter().map(|p| p as f32).collect()
    }

    /// Standardised, with a 1 for the bias.
    fn standardised(&self, features: &[f32]) -> Vec<f64> {
        let values = features.iter().zip(&self.mean).zip(&self.scale);
        values.map(|((value, mean), scale)| (f64::from(*value) - mean) * scale).chain([1.0]).collect()
    }
}

/// For each image the class probabilities of a probe that has not seen it, nor its case.
///
/// # Errors
/// As [`LinearProbe::fit`].
pub fn out_of_fold(
    features: &[Vec<f32>],
    labels: &[usize],
    classes: usize,
    penalty: f64,
    folds: &[Fold],
) -> Result<Vec<Vec<f32>>, ProbeError> {
    let mut probabilities = vec![Vec::new(); features.len()];
    for fold in folds {
        let rows: Vec<&[f32]> = fold.train.iter().map(|position| features[*position].as_slice()).collect();
        let known: Vec<usize> = fold.train.iter().map(|position| labels[*position]).collect();
        let probe = LinearProbe::fit(&rows, &known, classes, penalty)?;
        for position in &fold.held_out {
            probabilities[*position] = probe.predict(&features[*position]);
        }
    }
    Ok(probabilities)
}

/// Mean and reciprocal standard deviation of every feature.
fn moments(features: &[&[f32]], width: usize) -> (Vec<f64>, Vec<f64>) {
    let count = features.len() as f64;
    let mean: Vec<f64> =
        (0..width).map(|k| features.iter().map(|row| f64::from(row[k])).sum::<f64>() / count).collect();
    let scale = mean.iter().enumerate().map(|(k, mean)| {
        let variance = features.iter().map(|row| (f64::from(row[k]) - mean).powi(2)).sum::<f64>() / count;
        if variance > 1e-12 { variance.sqrt().recip() } else { 0.0 }
    });
    let scale = scale.collect();
    (mean, scale)
}

fn logits(row: &[f64], weights: &[f64], classes: usize) -> Vec<f64> {
    let width = weights.len() / classes;
    weights.chunks_exact(width).map(|class| class.iter().zip(row).map(|(w, x)| w * x).sum()).collect()
}

fn softmax(mut logits: Vec<f64>) -> Vec<f64> {
    let highest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    for logit in &mut logits {
        *logit = (*logit - highest).exp();
    }
    let total: f64 = logits.iter().sum();
    logits.into_iter().map(|weight| weight / total).collect()
}

fn objective(
    rows: &[Vec<f64>],
    labels: &[usize],
    weights: &[f64],
    classes: usize,
    penalty: f64,
) -> (f64, Vec<f64>) {
    let width = weights.len() / classes;
    let mut value = 0.0;
    let mut gradient = vec![0.0; weights.len()];
    for (row, label) in rows.iter().zip(labels) {
        let mut errors = softmax(logits(row, weights, classes));
        value -= errors[*label].max(f64::MIN_POSITIVE).ln();
        errors[*label] -= 1.0;
        for (class, error) in gradient.chunks_exact_mut(width).zip(errors) {
            class.iter_mut().zip(row).for_each(|(g, x)| *g += error * x);
        }
    }
    for (class, change) in weights.chunks_exact(width).zip(gradient.chunks_exact_mut(width)) {
        for (weight, change) in class.iter().zip(change).take(width - 1) {
            value += 0.5 * penalty * weight * weight;
            *change += penalty * weight;
        }
    }
    (value, gradient)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::adapt::folds;

    #[derive(serde::Deserialize)]
    struct Reference {
        features: Vec<Vec<f32>>,
        labels: Vec<usize>,
        penalty: f64,
        probabilities: Vec<Vec<f32>>,
    }

    fn reference() -> Reference {
        let bytes = include_bytes!("../../../tests/fixtures/logistic_regression.json");
        serde_json::from_slice(bytes).unwrap()
    }

    #[test]
    fn the_optimum_is_that_of_scikit_learn() {
        let Reference { features, labels, penalty, probabilities } = reference();
        let rows: Vec<&[f32]> = features.iter().map(Vec::as_slice).collect();
        let probe = LinearProbe::fit(&rows, &labels, 3, penalty).unwrap();
        for (row, expected) in rows.iter().zip(&probabilities) {
            for (ours, theirs) in probe.predict(row).iter().zip(expected) {
                assert!((ours - theirs).abs() < 1e-4, "{ours} against {theirs}");
            }
        }
    }

    #[test]
    fn predictions_out_of_fold_do_not_know_their_own_label() {
        let Reference { features, mut labels, penalty, .. } = reference();
        let parts = folds(&labels, &vec![None; labels.len()], 5, 3);
        let before = out_of_fold(&features, &labels, 3, penalty, &parts).unwrap();
        labels[parts[0].held_out[0]] = (labels[parts[0].held_out[0]] + 1) % 3;
        let after = out_of_fold(&features, &labels, 3, penalty, &parts).unwrap();
        assert_eq!(before[parts[0].held_out[0]], after[parts[0].held_out[0]]);
        assert_ne!(before[parts[1].held_out[0]], after[parts[1].held_out[0]]);
    }

    #[test]
    fn what_cannot_be_fitted_is_refused() {
        assert_eq!(LinearProbe::fit(&[], &[], 2, 1.0), Err(ProbeError::Empty));
        assert_eq!(LinearProbe::fit(&[&[1.0], &[1.0, 2.0]], &[0, 1], 2, 1.0), Err(ProbeError::Shape));
        assert_eq!(LinearProbe::fit(&[&[1.0]], &[2], 2, 1.0), Err(ProbeError::Shape));
    }
}
