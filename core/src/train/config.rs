//! Settings of the loop.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::optimiser::OptimiserKind;
use super::precision::ComputePrecision;
use super::sampler::SamplerKind;
use super::schedule::Schedule;

/// How the loop updates weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainConfig {
    /// Updates of the shared blocks.
    pub updates: u64,
    /// Which task gives the next batch.
    pub sampler: SamplerKind,
    /// Batches per update of the shared blocks; as many as there are tasks where none is given.
    pub inner_steps: Option<usize>,
    /// The rule by which the shared blocks change.
    pub optimiser: OptimiserKind,
    /// The rule by which heads change; that of the shared blocks where none is given, except Muon, for which
    /// it is `AdamW`.
    pub head_optimiser: Option<OptimiserKind>,
    /// Peak learning rate of the shared blocks.
    pub learning_rate: f64,
    /// Peak learning rate of the heads; that of the shared blocks where none is given.
    pub head_learning_rate: Option<f64>,
    /// Updates over which the learning rate rises from zero.
    pub warmup: u64,
    /// How the learning rate falls after that.
    pub schedule: Schedule,
    /// Decoupled weight decay; matrices and kernels only, not norms, biases and scales.
    pub weight_decay: f64,
    /// Longest gradient of the shared blocks together, and of each head; longer ones are shortened.
    pub clip: Option<f64>,
    /// Share of the running mean of the weights that an update keeps. The mean is what is evaluated and exported.
    pub ema: Option<f64>,
    /// Probability with which the last block of the encoder is skipped for an image; it rises linearly from 0 at
    /// the first block (Huang et al., "Deep Networks with Stochastic Depth", ECCV 2016).
    pub stochastic_depth: f64,
    /// Computes cheap activations again in the backward pass instead of keeping them.
    pub gradient_checkpointing: bool,
    /// The numbers of the forward and the backward pass of the shared blocks.
    pub precision: ComputePrecision,
    /// What is done about tasks that pull against each other.
    pub conflicts: Conflicts,
    /// How losses are weighted against each other.
    pub weighting: Weighting,
    /// Updates between measurements of how tasks interfere; 0 is never.
    pub interference_every: u64,
    /// Seed of everything random.
    pub seed: u64,
    /// Factors of the loss by task id; 1 where none is given. Small ones keep tasks with small, noisy
    /// batches from shaking the shared blocks; heads, whose optimiser is their own, hardly notice.
    pub weights: BTreeMap<String, f32>,
}

/// How the gradients of the tasks become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Conflicts {
    /// They are summed (the method).
    #[default]
    Sum,
    /// From each, what opposes another is taken away first (Yu et al., "Gradient Surgery for Multi-Task
    /// Learning", NeurIPS 2020). Keeps the gradients of all tasks, so memory grows with their number.
    PcGrad,
}

/// How losses are weighted, besides the fixed factors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weighting {
    /// By the fixed factors alone.
    #[default]
    Fixed,
    /// By a learnt variance per task (Kendall et al., "Multi-Task Learning Using Uncertainty to Weigh Losses",
    /// CVPR 2018).
    Uncertainty,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            updates: 1000,
            sampler: SamplerKind::default(),
            inner_steps: None,
            optimiser: OptimiserKind::default(),
            head_optimiser: None,
            learning_rate: 1e-4,
            head_learning_rate: None,
            warmup: 50,
            schedule: Schedule::default(),
            weight_decay: 1e-2,
            clip: None,
            ema: None,
            stochastic_depth: 0.0,
            gradient_checkpointing: false,
            precision: ComputePrecision::default(),
            conflicts: Conflicts::default(),
            weighting: Weighting::default(),
            interference_every: 0,
            seed: 0,
            weights: BTreeMap::new(),
        }
    }
}

/// A setting outside its range.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`train.{setting}` must be {range}")]
pub struct SettingError {
    /// The setting's name.
    pub setting: &'static str,
    /// What it may be.
    pub range: &'static str,
}

impl TrainConfig {
    /// Checks that every number is in its range.
    ///
    /// # Errors
    /// The first setting that is not.
    pub fn check(&self) -> Result<(), SettingError> {
        let positive = |value: f64| value.is_finite() && value > 0.0;
        let share = |value: f64| (0.0..1.0).contains(&value);
        let checks = [
            ("updates", "at least 1", self.updates > 0),
            ("inner_steps", "at least 1", self.inner_steps != Some(0)),
            ("learning_rate", "above 0", positive(self.learning_rate)),
            ("head_learning_rate", "above 0", self.head_learning_rate.is_none_or(positive)),
            ("schedule.polynomial.power", "above 0", self.schedule.is_sound()),
            ("weight_decay", "0 or more", self.weight_decay.is_finite() && self.weight_decay >= 0.0),
            ("clip", "above 0", self.clip.is_none_or(positive)),
            ("ema", "from 0 to below 1", self.ema.is_none_or(share)),
            ("stochastic_depth", "from 0 to below 1", share(self.stochastic_depth)),
            (
                "weights",
                "0 or more",
                self.weights.values().all(|weight| weight.is_finite() && *weight >= 0.0),
            ),
        ];
        match checks.into_iter().find(|(_, _, is_fine)| !is_fine) {
            Some((setting, range, _)) => Err(SettingError { setting, range }),
            None => Ok(()),
        }
    }

    /// The rule by which heads change.
    pub fn head_kind(&self) -> OptimiserKind {
        self.head_optimiser.unwrap_or(match self.optimiser {
            // What maps to the outputs is not to be made orthogonal.
            OptimiserKind::Muon => OptimiserKind::AdamW,
            kind => kind,
        })
    }

    /// The factor of both learning rates at update number `update` (from 0): linear warm-up, then the schedule.
    pub fn rate_factor(&self, update: u64) -> f64 {
        if update < self.warmup {
            return (update + 1) as f64 / self.warmup as f64;
        }
        let span = self.updates.saturating_sub(self.warmup).max(1) as f64;
        self.schedule.factor(((update - self.warmup) as f64 / span).min(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_never_exceeds_its_peak_and_ends_at_zero() {
        for schedule in [Schedule::Cosine, Schedule::Polynomial { power: 0.9 }] {
            let config = TrainConfig { updates: 100, warmup: 10, schedule, ..Default::default() };
            let factors: Vec<f64> = (0..=100).map(|update| config.rate_factor(update)).collect();
            assert!(factors.iter().all(|factor| (0.0..=1.0).contains(factor)), "a schedule factor above 1");
            assert_eq!(factors[9], 1.0);
            assert!(factors[0] > 0.0 && factors[0] < factors[5]);
            assert!(factors[10..].windows(2).all(|pair| pair[1] < pair[0]));
            assert!(factors[100] < 1e-12);
        }
        let config = TrainConfig { schedule: Schedule::Constant, ..Default::default() };
        assert_eq!(config.rate_factor(999), 1.0);
    }

    #[test]
    fn settings_outside_their_range_are_named() {
        assert_eq!(TrainConfig::default().check(), Ok(()));
        let wrong = TrainConfig { ema: Some(1.0), ..Default::default() };
        assert_eq!(wrong.check().map_err(|error| error.setting), Err("ema"));
        let wrong = TrainConfig { learning_rate: f64::NAN, ..Default::default() };
        assert_eq!(wrong.check().map_err(|error| error.setting), Err("learning_rate"));
        for power in [-0.9, 0.0, f64::NAN] {
            let wrong = TrainConfig { schedule: Schedule::Polynomial { power }, ..Default::default() };
            assert_eq!(wrong.check().map_err(|error| error.setting), Err("schedule.polynomial.power"));
        }
    }
}
