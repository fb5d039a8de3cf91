//! Whose turn it is: the order in which tasks give their batches.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// How the task of an inner step is chosen (Schäfer et al. 2024, Methods).
///
/// The choice is a function of the seed and the number of the step alone, so that a resumed run goes on with
/// the same row of tasks, and batches can be made ahead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind", deny_unknown_fields)]
pub enum Sampler {
    /// One after the other. An epoch ends with the task that has most batches; the others start anew.
    #[default]
    Cyclic,
    /// Each task is as likely as any other.
    Balanced,
    /// A task is as likely as it has images: an epoch of the joined data.
    Proportional,
    /// In between: as likely as the number of images to the power of `1 / temperature`. 1 is proportional,
    /// a large one is balanced.
    Temperature {
        /// At least 1.
        temperature: f64,
    },
}

impl Sampler {
    /// The task of inner step number `step` (from 0), one of `sizes.len()`; `sizes` are the tasks' numbers of
    /// images.
    pub fn task(&self, step: u64, sizes: &[usize], seed: u64) -> usize {
        let exponent = match self {
            Self::Cyclic => return (step % sizes.len().max(1) as u64) as usize,
            Self::Balanced => 0.0,
            Self::Proportional => 1.0,
            Self::Temperature { temperature } => 1.0 / temperature,
        };
        let weights: Vec<f64> = sizes.iter().map(|&size| (size as f64).powf(exponent)).collect();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        // One stream per step: no history is needed to know what comes.
        rng.set_stream(step);
        let mut place = rng.random::<f64>() * weights.iter().sum::<f64>();
        let chosen = weights.iter().position(|weight| {
            place -= weight;
            place < 0.0
        });
        // Rounding may leave a rest behind the last one.
        chosen.unwrap_or(sizes.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How often each of three tasks with 100, 400 and 1600 images comes in 6000 steps.
    fn counts(sampler: Sampler) -> [usize; 3] {
        let mut counts = [0; 3];
        (0..6000).for_each(|step| counts[sampler.task(step, &[100, 400, 1600], 5)] += 1);
        counts
    }

    fn assert_near(counts: [usize; 3], expected: [f64; 3]) {
        for (count, expected) in counts.iter().zip(expected) {
            // Five standard deviations of a binomial count.
            let deviation = (6000.0 * expected * (1.0 - expected)).sqrt() * 5.0;
            assert!((*count as f64 - 6000.0 * expected).abs() < deviation, "{counts:?}");
        }
    }

    #[test]
    fn the_cyclic_one_takes_turns() {
        let row: Vec<usize> = (0..7).map(|step| Sampler::Cyclic.task(step, &[9, 1, 5], 3)).collect();
        assert_eq!(row, [0, 1, 2, 0, 1, 2, 0]);
    }

    #[test]
    fn the_random_ones_keep_their_shares() {
        assert_near(counts(Sampler::Balanced), [1.0 / 3.0; 3]);
        assert_near(counts(Sampler::Proportional), [1.0 / 21.0, 4.0 / 21.0, 16.0 / 21.0]);
        // Square roots: 10, 20, 40.
        let temperature = Sampler::Temperature { temperature: 2.0 };
        assert_near(counts(temperature), [1.0 / 7.0, 2.0 / 7.0, 4.0 / 7.0]);
    }

    #[test]
    fn a_step_needs_no_history() {
        let row = |from: u64| -> Vec<usize> {
            (from..50).map(|step| Sampler::Balanced.task(step, &[1, 1, 1], 9)).collect()
        };
        assert_eq!(row(0)[20..], row(20));
    }
}
