//! Series made fit for drawing.

/// Points of a smooth line, and pairs of points of a rough one: as fine as a small chart can show.
const POINTS: usize = 150;

/// A centred moving mean over about an eighth of the series, thinned.
pub fn smooth(series: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let reach = series.len() / 16;
    let mut sums = vec![0.0];
    sums.extend(series.iter().scan(0.0, |sum, point| {
        *sum += point.1;
        Some(*sum)
    }));
    let mean = |at: usize| {
        // Shorter towards the ends, which would be drawn inwards; not so short that noise decides there.
        let reach = reach.min(at).min(series.len() - 1 - at).max(reach / 4);
        let (from, to) = (at.saturating_sub(reach), (at + reach + 1).min(series.len()));
        (sums[to] - sums[from]) / (to - from) as f64
    };
    let last = series.len().saturating_sub(1);
    let step = series.len().div_ceil(POINTS).max(1);
    let places = (0..series.len()).filter(|at| at % step == 0 || *at == last);
    places.map(|at| (series[at].0, mean(at))).collect()
}

/// The smallest and the largest value of each of many short stretches, in the order they come.
pub fn thin(series: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut thinned = Vec::new();
    for stretch in series.chunks(series.len().div_ceil(POINTS).max(1)) {
        let low = stretch.iter().min_by(|a, b| a.1.total_cmp(&b.1));
        let high = stretch.iter().max_by(|a, b| a.1.total_cmp(&b.1));
        let mut ends: Vec<(f64, f64)> = [low, high].into_iter().flatten().copied().collect();
        ends.sort_by(|a, b| a.0.total_cmp(&b.0));
        ends.dedup();
        thinned.extend(ends);
    }
    thinned
}

/// (smallest, largest) value, without the share `outside` of the values at either end; none of none.
pub fn bounds(values: impl Iterator<Item = f64>, outside: f64) -> Option<(f64, f64)> {
    let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    let skipped = (values.len() as f64 * outside) as usize;
    Some((*values.get(skipped)?, *values.get(values.len() - 1 - skipped)?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn series(values: impl IntoIterator<Item = f64>) -> Vec<(f64, f64)> {
        values.into_iter().enumerate().map(|(at, value)| (at as f64, value)).collect()
    }

    #[test]
    fn a_smooth_line_keeps_slopes_and_ends_and_loses_noise() {
        let line = series((0..1000).map(f64::from));
        let smoothed = smooth(&line);
        assert!(smoothed[5..smoothed.len() - 5].iter().all(|(x, y)| (x - y).abs() < 1e-6));
        assert!(smoothed.iter().all(|(x, y)| (x - y).abs() < 10.0));
        let noise = series((0..1001).map(|at| f64::from(at % 2)));
        let smoothed = smooth(&noise);
        assert!(smoothed.iter().all(|point| (point.1 - 0.5).abs() < 0.05), "{smoothed:?}");
        assert_eq!((smoothed[0].0, smoothed.last().unwrap().0), (0.0, 1000.0));
        assert!(smoothed.len() <= POINTS + 2);
        assert_eq!(smooth(&series([3.0])), [(0.0, 3.0)]);
        assert_eq!(smooth(&[]), []);
    }

    #[test]
    fn a_thinned_line_keeps_its_peaks() {
        let mut values = vec![0.0; 5000];
        (values[1234], values[4321]) = (7.0, -7.0);
        let thinned = thin(&series(values));
        assert!(thinned.contains(&(1234.0, 7.0)) && thinned.contains(&(4321.0, -7.0)));
        assert!(thinned.len() <= 2 * POINTS && thinned.is_sorted_by(|a, b| a.0 <= b.0));
        let short = series([1.0, 5.0, 2.0]);
        assert_eq!(thin(&short), short);
    }

    #[test]
    fn bounds_leave_out_what_is_rare_and_what_is_no_number() {
        let values = (0..1000).map(f64::from).chain([f64::NAN, 1e9]);
        assert_eq!(bounds(values, 0.005), Some((5.0, 995.0)));
        assert_eq!(bounds([f64::INFINITY].into_iter(), 0.0), None);
    }
}
