//! Settings of the loop.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How the loop updates weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainConfig {
    /// Updates of the shared blocks; each sees one batch of every task.
    pub updates: u64,
    /// Peak learning rate.
    pub learning_rate: f64,
    /// Updates over which the learning rate rises from zero.
    pub warmup: u64,
    /// Decoupled weight decay, on matrices and kernels only.
    pub weight_decay: f64,
    /// Seed of everything random.
    pub seed: u64,
    /// Factors of the loss by task id; 1 where none is given. Small ones keep tasks with small, noisy
    /// batches from shaking the shared blocks; heads, whose optimiser is their own, hardly notice.
    pub weights: BTreeMap<String, f32>,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            updates: 1000,
            learning_rate: 1e-4,
            warmup: 50,
            weight_decay: 1e-2,
            seed: 0,
            weights: BTreeMap::new(),
        }
    }
}

impl TrainConfig {
    /// The learning rate of update number `update` (from 0): linear warm-up, then half a cosine to zero.
    pub fn rate(&self, update: u64) -> f64 {
        if update < self.warmup {
            return self.learning_rate * (update + 1) as f64 / self.warmup as f64;
        }
        let span = self.updates.saturating_sub(self.warmup).max(1) as f64;
        let progress = ((update - self.warmup) as f64 / span).min(1.0);
        self.learning_rate * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_never_exceeds_its_peak_and_ends_at_zero() {
        let config = TrainConfig { updates: 100, warmup: 10, learning_rate: 0.5, ..Default::default() };
        let rates: Vec<f64> = (0..=100).map(|u| config.rate(u)).collect();
        assert!(rates.iter().all(|r| (0.0..=0.5).contains(r)), "a schedule factor above 1");
        assert_eq!(rates[9], 0.5);
        assert!(rates[0] > 0.0 && rates[0] < rates[5]);
        assert!(rates[100] < 1e-12);
    }
}
