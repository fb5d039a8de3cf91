//! From numbers to places in a chart: ticks, smoothing, thinning out, paths.

use std::fmt::Write as _;

use crate::state::runs::Series;

/// Width and height of a chart in the units of its paths; the browser stretches it.
pub const SIDE: f64 = 1000.0;

/// Points that a curve keeps: more would not be seen.
const POINTS: usize = 400;
/// Smoothing reaches over this part of the points.
const SMOOTH_OVER: usize = 15;

/// The range of an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    log: bool,
}

impl Scale {
    /// From zero to the newest update.
    pub fn of_updates<'a>(series: impl Iterator<Item = &'a Series>) -> Self {
        let last = series.filter_map(|series| series.last()).map(|(update, _)| *update).max();
        Self { low: 0.0, high: last.unwrap_or(1).max(1) as f64, log: false }
    }

    /// From 0 to 1, as scores are.
    pub fn unit() -> Self {
        Self { low: 0.0, high: 1.0, log: false }
    }

    /// Around all values, with some air. On a logarithmic axis only positive ones count.
    pub fn of_values<'a>(series: impl Iterator<Item = &'a Series>, log: bool) -> Self {
        let values = series.flatten().map(|(_, value)| *value).filter(|value| !log || *value > 0.0);
        let (low, high) =
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        if !low.is_finite() || !high.is_finite() {
            return Self { low: if log { 0.1 } else { 0.0 }, high: 1.0, log };
        }
        if log {
            let air = (high / low).powf(0.05).max(1.05);
            return Self { low: low / air, high: high * air, log };
        }
        let air = if high > low { (high - low) * 0.05 } else { high.abs().max(1e-9) * 0.1 };
        // Scores and rates are not negative, and neither is their axis.
        let bottom = if low >= 0.0 { (low - air).max(0.0) } else { low - air };
        Self { low: bottom, high: high + air, log }
    }

    /// Where a value lies, in 0..1.
    pub fn place(self, value: f64) -> f64 {
        let (low, high) = (self.low, self.high);
        if self.log { (value / low).ln() / (high / low).ln() } else { (value - low) / (high - low) }
    }

    /// Round values, rising, few.
    pub fn ticks(self) -> Vec<f64> {
        let steps: &[&[f64]] = &[&[1.0], &[1.0, 3.0], &[1.0, 2.0, 5.0], &[1.0, 1.5, 2.0, 3.0, 5.0, 7.0]];
        if self.log && self.high / self.low > 2.0 {
            let enough = steps.iter().map(|step| self.powers(step)).find(|ticks| ticks.len() >= 3);
            return enough.unwrap_or_else(|| self.powers(steps[3]));
        }
        let raw = (self.high - self.low) / 4.0;
        let power = 10_f64.powf(raw.log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0].iter().map(|s| s * power).find(|s| *s >= raw).unwrap_or(raw);
        let (first, last) = ((self.low / step).ceil() as i64, (self.high / step).floor() as i64);
        (first..=last).map(|n| n as f64 * step).collect()
    }

    fn powers(self, steps: &[f64]) -> Vec<f64> {
        let (first, last) = (self.low.log10().floor() as i32, self.high.log10().ceil() as i32);
        let all = (first..=last).flat_map(|power| steps.iter().map(move |step| step * 10_f64.powi(power)));
        all.filter(|value| (self.low..=self.high).contains(value)).collect()
    }
}

/// The curve without the hundredth of its values that lie lowest and highest: single peaks would press all
/// else together.
pub fn trimmed(series: &Series) -> Series {
    let mut sorted: Series = series.clone();
    sorted.sort_by(|a, b| a.1.total_cmp(&b.1));
    let cut = sorted.len() / 100;
    sorted.split_off(cut).into_iter().rev().skip(cut).collect()
}

/// The curve without its noise: a running mean that forgets exponentially, and counts the first values fully.
pub fn smooth(series: &Series) -> Series {
    let reach = (series.len() / SMOOTH_OVER).max(1) as f64;
    let keep = 1.0 - 2.0 / (reach + 1.0);
    let (mut sum, mut weight) = (0.0, 0.0);
    let mean = |(update, value): &(u64, f64)| {
        sum = keep * sum + value;
        weight = keep * weight + 1.0;
        (*update, sum / weight)
    };
    series.iter().map(mean).collect()
}

/// A curve of few points that looks like the whole: of each stretch its smallest and its largest.
pub fn thin(series: &Series) -> Series {
    if series.len() <= POINTS {
        return series.clone();
    }
    let mut kept: Series = Vec::with_capacity(POINTS + 2);
    for stretch in series.chunks(series.len().div_ceil(POINTS / 2)) {
        let by_value = |a: &&(u64, f64), b: &&(u64, f64)| a.1.total_cmp(&b.1);
        let (low, high) = (stretch.iter().min_by(by_value), stretch.iter().max_by(by_value));
        let mut two: Vec<(u64, f64)> = low.into_iter().chain(high).copied().collect();
        two.sort_by_key(|(update, _)| *update);
        two.dedup();
        kept.extend(two);
    }
    if kept.last() != series.last() {
        kept.extend(series.last());
    }
    kept
}

/// As the `d` of an SVG path. Values that a logarithmic axis cannot show are left out.
pub fn path(series: &Series, x: Scale, y: Scale) -> String {
    let mut path = String::new();
    for (update, value) in series.iter().filter(|(_, value)| !y.log || *value > 0.0) {
        let command = if path.is_empty() { 'M' } else { 'L' };
        let (left, top) = (x.place(*update as f64) * SIDE, (1.0 - y.place(*value)) * SIDE);
        // Writing to a String cannot fail.
        let _ = write!(path, "{command}{left:.1} {top:.1}");
    }
    if series.len() == 1 && !path.is_empty() {
        // A line without length, whose round ends make it a dot.
        path.push_str("h0");
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_few() {
        let of = |low, high, log| Scale { low, high, log }.ticks();
        let same = |ticks: Vec<f64>, expected: &[f64]| {
            let near = ticks.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9);
            assert!(near && ticks.len() == expected.len(), "{ticks:?}");
        };
        same(of(0.0, 1547.0, false), &[0.0, 500.0, 1000.0, 1500.0]);
        same(of(0.004, 12.0, true), &[0.01, 0.1, 1.0, 10.0]);
        same(of(0.2, 4.0, true), &[0.3, 1.0, 3.0]);
        same(of(0.4, 2.5, true), &[0.5, 1.0, 2.0]);
        for (low, high) in [(0.81, 0.93), (1e-6, 1e-3), (5.0, 5.1), (0.3, 0.7)] {
            for log in [false, true] {
                let ticks = of(low, high, log);
                assert!((2..=7).contains(&ticks.len()), "{low}..{high}: {ticks:?}");
                assert!(ticks.iter().all(|tick| (low..=high).contains(tick)), "{low}..{high}: {ticks:?}");
            }
        }
    }

    #[test]
    fn scales_hold_their_values() {
        let series: Series = vec![(3, 0.01), (9, 10.0)];
        for log in [false, true] {
            let scale = Scale::of_values([&series].into_iter(), log);
            assert!(series.iter().all(|(_, value)| (0.0..=1.0).contains(&scale.place(*value))));
        }
        for odd in [vec![], vec![(1, 0.0)], vec![(1, -2.0), (2, -2.0)], vec![(1, 0.5)]] {
            for log in [false, true] {
                let scale = Scale::of_values([&odd].into_iter(), log);
                assert!(scale.place(0.5).is_finite() && scale.low < scale.high, "{odd:?}");
                assert!(scale.ticks().len() < 12, "{odd:?}");
            }
        }
        assert_eq!(Scale::of_updates([&series].into_iter()).place(9.0), 1.0);
    }

    #[test]
    fn smoothing_keeps_a_level_and_takes_noise_away() {
        let level: Series = (0..200).map(|update| (update, 2.0)).collect();
        assert!(smooth(&level).iter().all(|(_, value)| (value - 2.0).abs() < 1e-12));
        let noisy: Series = (0..200).map(|update| (update, (update % 2) as f64)).collect();
        let (_, last) = smooth(&noisy)[199];
        assert!((last - 0.5).abs() < 0.25, "{last}");
        let few: Series = vec![(1, 3.0), (2, 1.0)];
        assert_eq!(smooth(&few), few);
    }

    #[test]
    fn trimming_takes_single_peaks_away() {
        let mut series: Series = (0..150).map(|update| (update, 1.0 + update as f64 / 150.0)).collect();
        series[40].1 = 90.0;
        series[80].1 = 0.001;
        assert!(trimmed(&series).iter().all(|(_, value)| (1.0..2.0).contains(value)));
        let few: Series = vec![(1, 90.0), (2, 0.001)];
        assert_eq!(trimmed(&few).len(), 2);
    }

    #[test]
    fn thinning_out_keeps_peaks_and_the_end() {
        let mut long: Series = (0..10_000).map(|update| (update, 1.0)).collect();
        long[5_001].1 = 9.0;
        long[7_777].1 = 0.1;
        let thinned = thin(&long);
        assert!(thinned.len() <= POINTS + 2 && thinned.is_sorted_by(|a, b| a.0 < b.0), "{}", thinned.len());
        for point in [(5_001, 9.0), (7_777, 0.1), (9_999, 1.0)] {
            assert!(thinned.contains(&point), "{point:?}");
        }
    }

    #[test]
    fn a_path_goes_up_where_values_rise() {
        let series: Series = vec![(0, 1.0), (5, -1.0), (10, 100.0)];
        let (x, y) = (Scale { low: 0.0, high: 10.0, log: false }, Scale { low: 1.0, high: 100.0, log: true });
        assert_eq!(path(&series, x, y), "M0.0 1000.0L1000.0 0.0");
    }
}
