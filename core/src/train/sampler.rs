//! Whose turn it is: the order in which tasks give their batches.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::dataset::sample_seed;

/// How the task of an inner step is chosen (Schäfer et al. 2024, Methods).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SamplerKind {
    /// One after the other. An epoch ends with the task that has most batches; the others start anew.
    #[default]
    Cyclic,
    /// At random, each task as likely as any other.
    Balanced,
    /// At random, a task as likely as it has batches: like the joined data.
    Proportional,
    /// At random, in between: as likely as the number of batches to the power of one divided by this
    /// temperature. 1 is proportional, a large one is balanced.
    Temperature(f64),
}

/// Why there is no order.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
pub enum SamplerError {
    /// Nothing to choose from.
    #[error("there is no task to train; name a data set")]
    NoTask,
    /// A task without batches.
    #[error("task number {0} has no batch; leave it out or give it training images")]
    EmptyTask(usize),
    /// Not a temperature.
    #[error(
        "the temperature of the sampler must be positive, not {0}; 1 is proportional, larger ones even out"
    )]
    Temperature(f64),
}

/// The task of every inner step: a function of the kind, the tasks' numbers of batches, the seed and the number
/// of the step alone. A resumed run goes on with the same row of tasks, and batches can be made ahead.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampler {
    kind: SamplerKind,
    sizes: Vec<u64>,
    seed: u64,
    /// The chance of a task or one before it; the last is 1.
    chances: Vec<f64>,
}

/// One inner step: a task, and which of its batches is its next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Index of the task.
    pub task: usize,
    /// Number of the batch, counted over the whole run.
    pub number: u64,
}

impl Sampler {
    /// One task after the other.
    pub fn cyclic(tasks: usize) -> Self {
        Self { kind: SamplerKind::Cyclic, sizes: vec![1; tasks], seed: 0, chances: Vec::new() }
    }

    /// The order of tasks that have `sizes` batches per epoch each.
    ///
    /// # Errors
    /// When there is no task, a task has no batch, or the temperature is not a positive number.
    pub fn new(kind: SamplerKind, sizes: &[u64], seed: u64) -> Result<Self, SamplerError> {
        if sizes.is_empty() {
            return Err(SamplerError::NoTask);
        }
        if let Some(task) = sizes.iter().position(|size| *size == 0) {
            return Err(SamplerError::EmptyTask(task));
        }
        let exponent = match kind {
            SamplerKind::Cyclic | SamplerKind::Balanced => 0.0,
            SamplerKind::Proportional => 1.0,
            SamplerKind::Temperature(t) if t > 0.0 => 1.0 / t,
            SamplerKind::Temperature(t) => return Err(SamplerError::Temperature(t)),
        };
        // Relative to the largest: a low temperature makes large powers.
        let largest = sizes.iter().copied().max().unwrap_or(1) as f64;
        let weights: Vec<f64> = sizes.iter().map(|size| (*size as f64 / largest).powf(exponent)).collect();
        let total: f64 = weights.iter().sum();
        let mut sum = 0.0;
        let mut chances: Vec<f64> = weights
            .iter()
            .map(|weight| {
                sum += weight;
                sum / total
            })
            .collect();
        // Rounding may leave a rest behind the last one.
        chances.last_mut().into_iter().for_each(|last| *last = 1.0);
        Ok(Self { kind, sizes: sizes.to_vec(), seed, chances })
    }

    /// The task of inner step number `step`, from 0.
    pub fn task_at(&self, step: u64) -> usize {
        if self.kind == SamplerKind::Cyclic {
            return (step % self.sizes.len().max(1) as u64) as usize;
        }
        // The upper 53 bits: a number in [0, 1) of which all digits are random.
        let random = (sample_seed(self.seed, step, 0) >> 11) as f64 * 2.0_f64.powi(-53);
        self.chances.partition_point(|chance| *chance <= random).min(self.sizes.len() - 1)
    }

    /// The share of each task in the steps; they sum to 1.
    pub fn shares(&self) -> Vec<f64> {
        if self.kind == SamplerKind::Cyclic {
            return vec![1.0 / self.sizes.len().max(1) as f64; self.sizes.len()];
        }
        let before = [0.0].into_iter().chain(self.chances.iter().copied());
        self.chances.iter().zip(before).map(|(chance, before)| chance - before).collect()
    }

    /// How many batches each task has given before inner step number `step`. At once for the cyclic sampler;
    /// the others count, some nanoseconds a step.
    pub fn drawn_before(&self, step: u64) -> Vec<u64> {
        let tasks = self.sizes.len() as u64;
        if self.kind == SamplerKind::Cyclic {
            return (0..tasks).map(|task| step / tasks + u64::from(task < step % tasks)).collect();
        }
        let mut drawn = vec![0; self.sizes.len()];
        (0..step).for_each(|step| drawn[self.task_at(step)] += 1);
        drawn
    }

    /// The endless row of turns from inner step number `step` on.
    pub fn turns(&self, step: u64) -> Turns {
        Turns { drawn: self.drawn_before(step), sampler: self.clone(), step }
    }

    /// Inner steps of an epoch: for the cyclic sampler until the task with most batches has given each once,
    /// for the others as many as all tasks have batches.
    pub fn steps_per_epoch(&self) -> u64 {
        match self.kind {
            SamplerKind::Cyclic => self.sizes.len() as u64 * self.sizes.iter().max().copied().unwrap_or(0),
            _ => self.sizes.iter().sum(),
        }
    }
}

/// The row of turns of a [`Sampler`]; it never ends.
#[derive(Clone, Debug)]
pub struct Turns {
    sampler: Sampler,
    drawn: Vec<u64>,
    step: u64,
}

impl Iterator for Turns {
    type Item = Turn;

    fn next(&mut self) -> Option<Turn> {
        let task = self.sampler.task_at(self.step);
        let number = self.drawn[task];
        self.drawn[task] += 1;
        self.step += 1;
        Some(Turn { task, number })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    const SIZES: [u64; 3] = [100, 400, 1600];

    fn kinds() -> impl Strategy<Value = SamplerKind> {
        prop_oneof![
            Just(SamplerKind::Cyclic),
            Just(SamplerKind::Balanced),
            Just(SamplerKind::Proportional),
            (0.1_f64..20.0).prop_map(SamplerKind::Temperature),
        ]
    }

    fn samplers() -> impl Strategy<Value = Sampler> {
        let sizes = prop::collection::vec(1_u64..50, 1..9);
        (kinds(), sizes, any::<u64>())
            .prop_map(|(kind, sizes, seed)| Sampler::new(kind, &sizes, seed).unwrap())
    }

    /// Whether tasks come as often as `expected` within 20 000 steps, up to five standard deviations.
    fn assert_shares(kind: SamplerKind, expected: [f64; 3]) {
        let steps = 20_000.0;
        let sampler = Sampler::new(kind, &SIZES, 5).unwrap();
        for (share, expected) in sampler.shares().into_iter().zip(expected) {
            assert!((share - expected).abs() < 1e-9, "{kind:?}: {share} {expected}");
        }
        let counts = sampler.drawn_before(20_000);
        for (count, share) in counts.iter().zip(expected) {
            let deviation = (steps * share * (1.0 - share)).sqrt() * 5.0;
            assert!((*count as f64 - steps * share).abs() < deviation, "{kind:?}: {counts:?}");
        }
    }

    #[test]
    fn the_random_ones_keep_their_shares() {
        assert_shares(SamplerKind::Balanced, [1.0 / 3.0; 3]);
        assert_shares(SamplerKind::Proportional, [1.0 / 21.0, 4.0 / 21.0, 16.0 / 21.0]);
        assert_shares(SamplerKind::Temperature(1.0), [1.0 / 21.0, 4.0 / 21.0, 16.0 / 21.0]);
        // Square roots: 10, 20, 40.
        assert_shares(SamplerKind::Temperature(2.0), [1.0 / 7.0, 2.0 / 7.0, 4.0 / 7.0]);
        assert_shares(SamplerKind::Temperature(f64::INFINITY), [1.0 / 3.0; 3]);
    }

    #[test]
    fn steps_do_not_depend_on_each_other() {
        // Each ordered pair of two equally likely tasks comes a quarter of the time.
        let sampler = Sampler::new(SamplerKind::Balanced, &[1, 1], 8).unwrap();
        let mut pairs = [0_u32; 4];
        (0..20_000).for_each(|step| pairs[sampler.task_at(step) * 2 + sampler.task_at(step + 1)] += 1);
        assert!(pairs.iter().all(|count| count.abs_diff(5000) < 5 * 62), "{pairs:?}");
    }

    #[test]
    fn an_epoch_ends_with_the_longest_loader_or_the_joined_data() {
        let epoch = |kind| Sampler::new(kind, &[3, 7, 2], 1).unwrap().steps_per_epoch();
        assert_eq!((epoch(SamplerKind::Cyclic), epoch(SamplerKind::Proportional)), (21, 12));
    }

    #[test]
    fn what_cannot_be_sampled_is_refused() {
        let new = |kind, sizes: &[u64]| Sampler::new(kind, sizes, 0).map(|_| ());
        assert_eq!(new(SamplerKind::Cyclic, &[]), Err(SamplerError::NoTask));
        assert_eq!(new(SamplerKind::Balanced, &[4, 0]), Err(SamplerError::EmptyTask(1)));
        assert_eq!(new(SamplerKind::Temperature(0.0), &[4]), Err(SamplerError::Temperature(0.0)));
        assert!(new(SamplerKind::Temperature(f64::NAN), &[4]).is_err());
        // Neither zero nor infinite weights, however cold.
        let cold = Sampler::new(SamplerKind::Temperature(1e-3), &[1, 1_000_000], 0).unwrap();
        assert_eq!(cold.drawn_before(100), [0, 100]);
    }

    #[test]
    fn a_configuration_names_the_kind() {
        let kind = |text: &str| serde_json::from_str::<SamplerKind>(text);
        assert_eq!(kind(r#""cyclic""#).unwrap(), SamplerKind::Cyclic);
        assert_eq!(kind(r#"{"temperature": 2.5}"#).unwrap(), SamplerKind::Temperature(2.5));
        assert!(kind(r#""random""#).is_err());
    }

    proptest! {
        #[test]
        fn in_a_cycle_every_task_comes_once(sizes in prop::collection::vec(1_u64..50, 1..9), cycle in 0_u64..1000) {
            let sampler = Sampler::new(SamplerKind::Cyclic, &sizes, 0).unwrap();
            let tasks = sizes.len() as u64;
            let row: Vec<usize> = (cycle * tasks..(cycle + 1) * tasks).map(|step| sampler.task_at(step)).collect();
            prop_assert_eq!(row, (0..sizes.len()).collect::<Vec<_>>());
        }

        #[test]
        fn a_step_needs_no_history(sampler in samplers(), steps in prop::collection::vec(0_u64..300, 1..20)) {
            let row: Vec<usize> = (0..300).map(|step| sampler.task_at(step)).collect();
            for step in steps {
                prop_assert_eq!(sampler.task_at(step), row[step as usize]);
            }
        }

        #[test]
        fn turns_go_on_where_they_were_left(sampler in samplers(), from in 0_u64..200) {
            let row: Vec<Turn> = sampler.turns(0).take(250).collect();
            let rest: Vec<Turn> = sampler.turns(from).take(50).collect();
            prop_assert_eq!(&row[from as usize..from as usize + 50], &rest[..]);
            // Each task's batches come in order, without gaps.
            let mut next = vec![0; sampler.sizes.len()];
            for turn in row {
                prop_assert_eq!(turn.number, next[turn.task]);
                next[turn.task] += 1;
            }
            prop_assert_eq!(sampler.drawn_before(250), next);
        }
    }
}
