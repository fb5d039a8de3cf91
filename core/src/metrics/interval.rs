//! How sure a mean is, or any other number that is computed from cases.

use crate::dataset::sample_seed;

/// The chance that an interval covers what it is about.
const LEVEL: f64 = 0.95;

/// The mean of repeated measurements (seeds, folds) with its 95 % confidence interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanInterval {
    /// The mean.
    pub mean: f64,
    /// The interval reaches this far below and above the mean; `None` of a single measurement.
    pub half_width: Option<f64>,
    /// How many measurements.
    pub count: usize,
}

impl MeanInterval {
    /// Mean and interval of independent, about normally distributed `values`, by Student's t distribution.
    /// `None` of nothing.
    pub fn of(values: &[f64]) -> Option<Self> {
        let count = values.len();
        let mean = super::mean(values.iter().copied())?;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let half_width = (count > 1).then(|| {
            let degrees = count - 1;
            student_t(LEVEL, degrees) * (squares / degrees as f64 / count as f64).sqrt()
        });
        Some(Self { mean, half_width, count })
    }
}

/// The number `t` within whose distance from 0 a variable with Student's t distribution lies with the chance
/// `level`; `degrees` of freedom, at least 1.
fn student_t(level: f64, degrees: usize) -> f64 {
    // Bisection over the angle, which has ends where t has none.
    let (mut low, mut high) = (0.0, std::f64::consts::FRAC_PI_2);
    while let middle = f64::midpoint(low, high)
        && low < middle
        && middle < high
    {
        if central_chance(middle, degrees) < level {
            low = middle;
        } else {
            high = middle;
        }
    }
    (degrees as f64).sqrt() * high.tan()
}

/// The chance that Student's t lies within `sqrt(degrees) * tan(angle)` of 0: the closed forms for whole
/// degrees of freedom (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4).
fn central_chance(angle: f64, degrees: usize) -> f64 {
    let (sin, cos) = angle.sin_cos();
    let is_odd = degrees % 2 == 1;
    let (mut power, mut term) = if is_odd { (1, cos) } else { (0, 1.0) };
    let mut sum = 0.0;
    while power + 2 <= degrees {
        sum += term;
        power += 2;
        term *= cos * cos * (power - 1) as f64 / power as f64;
    }
    if is_odd { std::f64::consts::FRAC_2_PI * (angle + sin * sum) } else { sin * sum }
}

/// The 95 % percentile bootstrap interval (Efron 1979) of any number that is computed from `count` cases.
///
/// `statistic` is given the positions of the cases that were drawn, as many as there are and some repeatedly;
/// draws for which it is not defined are left out. The same seed draws the same cases. `None` where no draw
/// defines the number.
pub fn bootstrap_interval(
    count: usize,
    draws: usize,
    seed: u64,
    mut statistic: impl FnMut(&[usize]) -> Option<f64>,
) -> Option<(f64, f64)> {
    let mut drawn = vec![0; count];
    let mut values: Vec<f64> = (0..draws)
        .filter_map(|draw| {
            for (place, position) in drawn.iter_mut().enumerate() {
                let random = sample_seed(seed, draw as u64, place);
                // The high half of the product is uniform below `count`.
                *position = ((u128::from(random) * count as u128) >> 64) as usize;
            }
            statistic(&drawn)
        })
        .collect();
    values.sort_by(f64::total_cmp);
    Some((percentile(&values, (1.0 - LEVEL) / 2.0)?, percentile(&values, f64::midpoint(1.0, LEVEL))?))
}

/// Of ascending values the one at a share of their number, with linear interpolation between neighbours.
fn percentile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = share * sorted.len().checked_sub(1)? as f64;
    let (below, above) = (sorted.get(place.floor() as usize)?, sorted.get(place.ceil() as usize)?);
    Some(below + (above - below) * place.fract())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Reference {
        quantiles: Vec<(f64, usize, f64)>,
        means: Vec<Mean>,
        percentiles: Vec<(Vec<f64>, f64, f64)>,
    }

    #[derive(Deserialize)]
    struct Mean {
        values: Vec<f64>,
        low: f64,
        high: f64,
    }

    #[test]
    fn agrees_with_scipy() {
        let text = include_str!("../../../tests/fixtures/metrics/intervals.json");
        let reference: Reference = serde_json::from_str(text).unwrap();
        for (level, degrees, theirs) in reference.quantiles {
            let ours = student_t(level, degrees);
            assert!((ours / theirs - 1.0).abs() < 1e-9, "{level}, {degrees}: {ours} against {theirs}");
        }
        for case in reference.means {
            let ours = MeanInterval::of(&case.values).unwrap();
            let half_width = ours.half_width.unwrap();
            assert_eq!(ours.count, case.values.len());
            assert!((ours.mean - half_width - case.low).abs() < 1e-9, "{ours:?}");
            assert!((ours.mean + half_width - case.high).abs() < 1e-9, "{ours:?}");
        }
        for (values, share, theirs) in reference.percentiles {
            assert!((percentile(&values, share).unwrap() - theirs).abs() < 1e-12);
        }
    }

    #[test]
    fn few_measurements_say_little() {
        assert_eq!(MeanInterval::of(&[]), None);
        assert_eq!(MeanInterval::of(&[0.25]), Some(MeanInterval { mean: 0.25, half_width: None, count: 1 }));
        assert_eq!(MeanInterval::of(&[0.5; 4]).unwrap().half_width, Some(0.0));
    }

    #[test]
    fn the_bootstrap_of_a_mean_is_near_the_interval_of_a_mean() {
        let values: Vec<f64> = (0..400).map(|i| f64::from(i * 37 % 400) / 400.0).collect();
        let of_mean = |drawn: &[usize]| super::super::mean(drawn.iter().map(|i| values[*i]));
        let (low, high) = bootstrap_interval(values.len(), 2000, 7, of_mean).unwrap();
        let student = MeanInterval::of(&values).unwrap();
        let half_width = student.half_width.unwrap();
        assert!((student.mean - low - half_width).abs() < 0.1 * half_width, "{low} {high} {student:?}");
        assert!((high - student.mean - half_width).abs() < 0.1 * half_width, "{low} {high} {student:?}");
        assert_eq!(bootstrap_interval(values.len(), 2000, 7, of_mean), Some((low, high)));
        assert_eq!(bootstrap_interval(0, 10, 7, of_mean), None);
    }

    proptest! {
        #[test]
        fn a_bootstrap_draws_existing_cases(count in 1_usize..50, seed in any::<u64>()) {
            let interval = bootstrap_interval(count, 20, seed, |drawn| {
                assert!(drawn.len() == count && drawn.iter().all(|position| *position < count));
                Some(drawn.iter().sum::<usize>() as f64)
            });
            let (low, high) = interval.unwrap();
            prop_assert!(low <= high);
        }
    }
}
