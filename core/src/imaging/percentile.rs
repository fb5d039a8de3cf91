//! Percentiles by counting, in one pass over 8 and 16 bits and three over floating numbers, without a copy.

use super::Pixels;

/// Values that 16 bits tell apart.
const WORDS: usize = 1 << 16;

/// The values below which `percents` (0 to 100) of all finite values lie, linear between neighbours as in
/// `numpy.percentile`; none where no value is finite.
pub(super) fn percentiles<const N: usize>(pixels: &Pixels, percents: [f64; N]) -> Option<[f32; N]> {
    Some(match pixels {
        Pixels::U8(values) => {
            let counts = count(values.iter().map(|value| usize::from(*value)));
            between(percents, total(&counts)?, |rank| find(&counts, rank).0 as f32)
        }
        Pixels::U16(values) => {
            let counts = count(values.iter().map(|value| usize::from(*value)));
            between(percents, total(&counts)?, |rank| find(&counts, rank).0 as f32)
        }
        Pixels::I16(values) => {
            let counts = count(values.iter().map(|value| (i32::from(*value) + 32_768) as usize));
            between(percents, total(&counts)?, |rank| (find(&counts, rank).0 as i32 - 32_768) as f32)
        }
        Pixels::F32(values) => {
            let keys = || values.iter().filter(|value| value.is_finite()).map(|value| key(*value));
            let upper = count(keys().map(|key| (key >> 16) as usize));
            // Neighbouring ranks nearly always share their upper half.
            let mut last: Option<(usize, Vec<usize>)> = None;
            between(percents, total(&upper)?, |rank| {
                let (high, rest) = find(&upper, rank);
                if last.as_ref().is_none_or(|(found, _)| *found != high) {
                    let within = keys().filter(|key| (key >> 16) as usize == high);
                    last = Some((high, count(within.map(|key| (key & 0xFFFF) as usize))));
                }
                let low = last.as_ref().map_or(0, |(_, lower)| find(lower, rest).0);
                value((high as u32) << 16 | low as u32)
            })
        }
    })
}

fn between<const N: usize>(percents: [f64; N], total: usize, mut at: impl FnMut(usize) -> f32) -> [f32; N] {
    percents.map(|percent| {
        let position = percent.clamp(0.0, 100.0) / 100.0 * (total - 1) as f64;
        let below = at(position as usize);
        let above = at((position as usize + 1).min(total - 1));
        below + (above - below) * position.fract() as f32
    })
}

fn count(bins: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut counts = vec![0; WORDS];
    bins.for_each(|bin| counts[bin] += 1);
    counts
}

/// Number of values; none where there is none.
fn total(counts: &[usize]) -> Option<usize> {
    Some(counts.iter().sum()).filter(|total| *total > 0)
}

/// The bin of the value with `rank` values before it, and how many of these are in the same bin.
fn find(counts: &[usize], rank: usize) -> (usize, usize) {
    let mut rest = rank;
    for (bin, count) in counts.iter().enumerate() {
        if rest < *count {
            return (bin, rest);
        }
        rest -= count;
    }
    (counts.len() - 1, 0)
}

/// A number that orders as the float does.
fn key(value: f32) -> u32 {
    let bits = value.to_bits();
    if value.is_sign_negative() { !bits } else { bits | 1 << 31 }
}

/// Back from [`key`].
fn value(key: u32) -> f32 {
    f32::from_bits(if key >> 31 == 0 { !key } else { key & !(1 << 31) })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn they_are_those_of_numpy() {
        // numpy.percentile([4, 1, 3, 2, 10], [2.5, 97.5]) = [1.1, 9.4]
        let close = |found: [f32; 2]| (found[0] - 1.1).abs() < 1e-6 && (found[1] - 9.4).abs() < 1e-6;
        let percents = [2.5, 97.5];
        assert!(close(percentiles(&Pixels::U8(vec![4, 1, 3, 2, 10]), percents).unwrap()));
        assert!(close(percentiles(&Pixels::U16(vec![4, 1, 3, 2, 10]), percents).unwrap()));
        let floats = Pixels::F32(vec![4.0, 1.0, f32::NAN, 3.0, 2.0, f32::INFINITY, 10.0]);
        assert!(close(percentiles(&floats, percents).unwrap()));
        let signed = Pixels::I16(vec![-32_768, 32_767, -1, 0]);
        assert_eq!(percentiles(&signed, [0.0, 50.0, 100.0]), Some([-32_768.0, -0.5, 32_767.0]));
        assert_eq!(percentiles(&Pixels::F32(vec![f32::NAN]), percents), None);
    }

    proptest! {
        #[test]
        fn counting_finds_what_sorting_finds(
            mut values in prop::collection::vec(-1e3_f32..1e3, 1..60), percent in 0.0_f64..=100.0
        ) {
            let found = percentiles(&Pixels::F32(values.clone()), [percent]).unwrap()[0];
            values.sort_by(f32::total_cmp);
            let position = percent / 100.0 * (values.len() - 1) as f64;
            let (low, high) = (values[position.floor() as usize], values[position.ceil() as usize]);
            prop_assert!((low..=high).contains(&found), "{found} not in {low}..={high}");
        }
    }
}
