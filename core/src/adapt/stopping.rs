//! When a tuning has learnt enough.

/// An improvement smaller than this is chance.
const LEAST_GAIN: f64 = 0.002;

/// Watches the held-out score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stopping {
    best: Option<(u64, f64)>,
    mark: f64,
    since: u32,
    patience: u32,
}

impl Stopping {
    /// Ends after `patience` measurements in a row without an improvement.
    pub fn new(patience: u32) -> Self {
        Self { best: None, mark: f64::NEG_INFINITY, since: 0, patience }
    }

    /// Takes the score after `step` steps; true where it is the best so far.
    pub fn record(&mut self, step: u64, score: f64) -> bool {
        if score > self.mark + LEAST_GAIN {
            self.mark = score;
            self.since = 0;
        } else {
            self.since += 1;
        }
        let best = self.best.is_none_or(|(_, best)| score > best);
        if best {
            self.best = Some((step, score));
        }
        best
    }

    /// Step and score of the best.
    pub fn best(&self) -> Option<(u64, f64)> {
        self.best
    }

    /// Whether nothing got better for too long.
    pub fn is_over(&self) -> bool {
        self.best.is_some_and(|(_, best)| best > 0.0) && self.since >= self.patience
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_when_nothing_gets_better_and_remembers_the_best() {
        let mut stopping = Stopping::new(3);
        let scores = [0.2, 0.5, 0.6, 0.601, 0.59, 0.6];
        let best: Vec<bool> = scores.iter().enumerate().map(|(i, s)| stopping.record(i as u64, *s)).collect();
        assert_eq!(best, [true, true, true, true, false, false]);
        assert_eq!(stopping.best(), Some((3, 0.601)));
        assert!(stopping.is_over());
        assert!(stopping.record(7, 0.7));
        assert!(!stopping.is_over());
    }

    #[test]
    fn a_model_that_has_not_begun_to_learn_is_given_time() {
        let mut stopping = Stopping::new(2);
        (0..10).for_each(|step| {
            stopping.record(step, 0.0);
        });
        assert!(!stopping.is_over());
    }
}
