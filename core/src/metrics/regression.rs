//! How far predicted numbers are from true ones.

/// Errors of predicted numbers, collected one by one; of several numbers per image, one score each.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RegressionScore {
    count: u64,
    /// Sum of the absolute errors.
    absolute: f64,
    /// Sum of the squared errors.
    squared: f64,
    /// Mean of the truth so far.
    mean: f64,
    /// Sum of the squared distances of the truth from its mean.
    spread: f64,
}

impl RegressionScore {
    /// Nothing collected yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in one number and its prediction, in the unit of the task.
    pub fn add(&mut self, truth: f64, predicted: f64) {
        let error = predicted - truth;
        self.count += 1;
        self.absolute += error.abs();
        self.squared += error * error;
        // Welford's update: squares of large numbers would swallow the differences between them.
        let from_old_mean = truth - self.mean;
        self.mean += from_old_mean / self.count as f64;
        self.spread += from_old_mean * (truth - self.mean);
    }

    /// Mean absolute error, in the unit of the task; `None` before any number.
    pub fn mean_absolute_error(&self) -> Option<f64> {
        (self.count > 0).then(|| self.absolute / self.count as f64)
    }

    /// Root of the mean squared error, in the unit of the task; `None` before any number.
    pub fn root_mean_squared_error(&self) -> Option<f64> {
        (self.count > 0).then(|| (self.squared / self.count as f64).sqrt())
    }

    /// Coefficient of determination: the share of the truth's variance that is predicted; negative where
    /// the mean of the truth would be the better prediction. `None` where the truth does not vary.
    pub fn r2(&self) -> Option<f64> {
        (self.spread > 0.0).then(|| 1.0 - self.squared / self.spread)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Reference {
        truth: Vec<f64>,
        predicted: Vec<f64>,
        mean_absolute_error: f64,
        root_mean_squared_error: f64,
        r2: Option<f64>,
    }

    #[test]
    fn agrees_with_scikit_learn() {
        let text = include_str!("../../../tests/fixtures/metrics/regression.json");
        let cases: Vec<Reference> = serde_json::from_str(text).unwrap();
        for case in cases {
            let mut score = RegressionScore::new();
            case.truth
                .iter()
                .zip(&case.predicted)
                .for_each(|(truth, predicted)| score.add(*truth, *predicted));
            let ours = [score.mean_absolute_error(), score.root_mean_squared_error(), score.r2()];
            let theirs = [Some(case.mean_absolute_error), Some(case.root_mean_squared_error), case.r2];
            for (a, b) in ours.into_iter().zip(theirs) {
                assert_eq!(a.is_some(), b.is_some());
                assert!((a.unwrap_or(0.0) - b.unwrap_or(0.0)).abs() < 1e-6, "{a:?} against {b:?}");
            }
        }
    }

    #[test]
    fn nothing_has_no_error() {
        let score = RegressionScore::new();
        assert_eq!(
            [score.mean_absolute_error(), score.root_mean_squared_error(), score.r2()],
            [None, None, None]
        );
    }
}
