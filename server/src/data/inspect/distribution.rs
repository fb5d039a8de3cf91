//! How values are distributed: enough to draw a histogram of many images without keeping their pixels.

use medley_core::imaging::Pixels;

/// Pieces of equal mass between the quantiles that are kept.
const PIECES: usize = 128;

/// The values of one image, or of many together.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    /// Number of finite values.
    pub count: u64,
    /// Values that are not finite.
    pub not_finite: u64,
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub deviation: f64,
    /// The share of the most common value in an image of whole numbers; 0 for floating point and many images.
    pub most_common: f64,
    /// 129 quantiles in equal steps, from the smallest to the largest value.
    quantiles: Vec<f32>,
}

impl Distribution {
    /// Measures values.
    pub fn of(pixels: &Pixels) -> Self {
        match pixels {
            Pixels::U8(values) => Self::whole(values.iter().map(|v| usize::from(*v)), 1 << 8, 0.0),
            Pixels::U16(values) => Self::whole(values.iter().map(|v| usize::from(*v)), 1 << 16, 0.0),
            Pixels::I16(values) => {
                let shifted = values.iter().map(|v| (i32::from(*v) + 32_768) as usize);
                Self::whole(shifted, 1 << 16, -32_768.0)
            }
            Pixels::F32(values) => Self::floating(values),
        }
    }

    /// Whole numbers by counting; value `v` stands for `v + offset`.
    fn whole(values: impl Iterator<Item = usize>, range: usize, offset: f64) -> Self {
        let mut counts = vec![0_u64; range];
        values.for_each(|value| counts[value] += 1);
        let pairs = counts.iter().enumerate().filter(|(_, n)| **n > 0);
        Self::weighted(pairs.map(|(v, n)| ((v as f64 + offset) as f32, *n)))
    }

    fn floating(values: &[f32]) -> Self {
        let mut sorted: Vec<f32> = values.iter().copied().filter(|value| value.is_finite()).collect();
        sorted.sort_unstable_by(f32::total_cmp);
        let not_finite = (values.len() - sorted.len()) as u64;
        let weighted = sorted.iter().map(|value| (*value, 1));
        Self { not_finite, most_common: 0.0, ..Self::weighted(weighted) }
    }

    /// From values in ascending order and how often each comes.
    fn weighted(values: impl Iterator<Item = (f32, u64)> + Clone) -> Self {
        let count: u64 = values.clone().map(|(_, n)| n).sum();
        let total = count.max(1) as f64;
        let mean = values.clone().map(|(v, n)| f64::from(v) * n as f64).sum::<f64>() / total;
        let square = |v: f32| (f64::from(v) - mean).powi(2);
        let variance = values.clone().map(|(v, n)| square(v) * n as f64).sum::<f64>() / total;
        let most_common = values.clone().map(|(_, n)| n).max().unwrap_or(0) as f64 / total;

        let mut quantiles = Vec::with_capacity(PIECES + 1);
        let (mut values, mut here, mut reached) = (values, 0.0, 0);
        for step in 0..=PIECES {
            // The value at this rank, counted from 0.
            let rank = (step as u64 * count.saturating_sub(1)) / PIECES as u64;
            while reached <= rank
                && let Some((value, n)) = values.next()
            {
                (here, reached) = (value, reached + n);
            }
            quantiles.push(here);
        }
        Self { count, not_finite: 0, mean, deviation: variance.sqrt(), most_common, quantiles }
    }

    /// All values of many images as one distribution; quantiles to about a hundredth.
    pub fn together<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        let (mut points, mut count, mut sum, mut square, mut not_finite) = (Vec::new(), 0, 0.0, 0.0, 0);
        for part in parts {
            not_finite += part.not_finite;
            if part.count == 0 {
                continue;
            }
            let weight = part.count as f64;
            count += part.count;
            sum += part.mean * weight;
            square += (part.deviation.powi(2) + part.mean.powi(2)) * weight;
            // A piece of equal mass stands at its middle; the ends stay as they are.
            points.extend(part.quantiles.windows(2).map(|q| (f32::midpoint(q[0], q[1]), part.count)));
            points.extend([(part.smallest(), 0), (part.largest(), 0)]);
        }
        points.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let total = (count as f64).max(1.0);
        let mean = sum / total;
        let deviation = (square / total - mean * mean).max(0.0).sqrt();
        let mut all = Self::weighted(points.iter().copied());
        if let (Some(first), Some(last)) = (points.first(), points.last()) {
            all.quantiles[0] = first.0;
            all.quantiles[PIECES] = last.0;
        }
        Self { count, not_finite, mean, deviation, most_common: 0.0, ..all }
    }

    /// The smallest finite value.
    pub fn smallest(&self) -> f32 {
        self.quantiles[0]
    }

    /// The largest finite value.
    pub fn largest(&self) -> f32 {
        self.quantiles[PIECES]
    }

    /// The value below which `percent` of the values lie, to the nearest of 129 steps.
    pub fn percentile(&self, percent: f64) -> f32 {
        let position = percent.clamp(0.0, 100.0) / 100.0 * PIECES as f64;
        let (low, high) = (self.quantiles[position as usize], self.quantiles[(position.ceil()) as usize]);
        low + (high - low) * position.fract() as f32
    }

    /// The share of values in each of `bins` equal parts of `from..=to`; what lies outside is in the first
    /// and the last.
    pub fn histogram(&self, from: f32, to: f32, bins: usize) -> Vec<f64> {
        let mut shares = vec![0.0; bins];
        let scale = bins as f32 / (to - from).max(f32::MIN_POSITIVE);
        let place = |value: f32| ((value - from) * scale).clamp(0.0, bins as f32);
        for piece in self.quantiles.windows(2) {
            let (start, end) = (place(piece[0]), place(piece[1]));
            let (first, last) = ((start as usize).min(bins - 1), (end as usize).min(bins - 1));
            if first == last {
                shares[first] += 1.0;
                continue;
            }
            // The mass of a piece is spread evenly between its ends.
            for (bin, share) in shares.iter_mut().enumerate().take(last + 1).skip(first) {
                let inside = end.min((bin + 1) as f32) - start.max(bin as f32);
                *share += f64::from(inside.max(0.0) / (end - start));
            }
        }
        shares.iter_mut().for_each(|share| *share /= PIECES as f64);
        shares
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_depth_measures_the_same_values_alike() {
        let values: Vec<u8> = (0..1000_u32).map(|i| (i * 7 % 256) as u8).collect();
        let of = |pixels: Pixels| Distribution::of(&pixels);
        let bytes = of(Pixels::U8(values.clone()));
        let words = of(Pixels::U16(values.iter().map(|v| u16::from(*v)).collect()));
        let signed = of(Pixels::I16(values.iter().map(|v| i16::from(*v)).collect()));
        let floats = of(Pixels::F32(values.iter().map(|v| f32::from(*v)).collect()));
        assert_eq!(bytes, words);
        assert_eq!(bytes, signed);
        assert_eq!(bytes.quantiles, floats.quantiles);
        assert!((bytes.mean - floats.mean).abs() < 1e-9 && (bytes.deviation - floats.deviation).abs() < 1e-9);
        assert_eq!((bytes.smallest(), bytes.largest()), (0.0, 255.0));
        assert!((bytes.percentile(50.0) - 127.0).abs() <= 2.0);
    }

    #[test]
    fn negative_values_and_what_is_no_number() {
        let ct = Distribution::of(&Pixels::I16(vec![-1024, -1024, 0, 3071]));
        assert_eq!((ct.smallest(), ct.largest(), ct.mean), (-1024.0, 3071.0, 255.75));
        assert_eq!(ct.most_common, 0.5);
        let holes = Distribution::of(&Pixels::F32(vec![f32::NAN, 1.0, 3.0, f32::INFINITY]));
        assert_eq!((holes.count, holes.not_finite, holes.mean), (2, 2, 2.0));
        let none = Distribution::of(&Pixels::F32(vec![f32::NAN]));
        assert_eq!((none.count, none.mean, none.largest()), (0, 0.0, 0.0));
    }

    #[test]
    fn many_together_are_one() {
        let low = Distribution::of(&Pixels::U8((0..100).collect()));
        let high = Distribution::of(&Pixels::U8((100..200).collect()));
        let all = Distribution::together([&low, &high]);
        assert_eq!(all.count, 200);
        assert!((all.mean - 99.5).abs() < 1e-6 && (all.deviation - 57.734).abs() < 1e-2);
        assert_eq!((all.smallest(), all.largest()), (0.0, 199.0));
        assert!((all.percentile(25.0) - 50.0).abs() < 3.0);
        let histogram = all.histogram(0.0, 200.0, 4);
        assert!(histogram.iter().all(|share| (share - 0.25).abs() < 0.03), "{histogram:?}");
        assert!((histogram.iter().sum::<f64>() - 1.0).abs() < 1e-6);
    }

    #[test]
    fn one_value_is_one_bar() {
        let black = Distribution::of(&Pixels::U8(vec![0; 50]));
        assert_eq!(black.histogram(0.0, 255.0, 3), [1.0, 0.0, 0.0]);
        assert_eq!(black.histogram(0.0, 0.0, 3).iter().sum::<f64>(), 1.0);
        assert_eq!((black.most_common, black.deviation), (1.0, 0.0));
    }
}
