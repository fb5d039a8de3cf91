//! What a picture looks like, in 64 bits: to find the same picture again after it was scaled, compressed or
//! brightened.
//!
//! The hash is the sign pattern of the 8 x 8 lowest frequencies of a discrete cosine transform of the picture
//! at 32 x 32 pixels (Zauner, *Implementation and Benchmarking of Perceptual Image Hash Functions*, 2010).
//! It does not change with brightness and contrast. Pictures of one kind (chest radiographs, cells in the
//! middle of a field) can have close hashes and still differ, so that a [`Fingerprint`] also keeps the small
//! picture, by which a suspicion is confirmed.

use std::collections::HashMap;

use super::{Image, Pixels, Region, resize_planes};

/// Side of the small picture.
const SIDE: usize = 32;
/// Frequencies per direction.
const FREQUENCIES: usize = 8;
/// Bits of a part of a hash, in the search for near ones.
const PART: u32 = 16;

/// A picture's looks. Distances of fingerprints are meaningful between pictures, not across versions of Medley.
#[derive(Clone, Debug, PartialEq)]
pub struct Fingerprint {
    /// Sign pattern of the low frequencies.
    pub hash: u64,
    /// 32 x 32 values with mean 0 and length 1.
    small: Vec<f32>,
}

impl Fingerprint {
    /// The looks of a picture, or of the middle slice of a volume; `None` where there is nothing to see,
    /// because all of the small picture is one value.
    pub fn new(image: &Image) -> Option<Self> {
        let grey = grey(image);
        let from = (image.width(), image.height());
        let mut small = resize_planes(&grey, from, Region::whole(from.0, from.1), (SIDE, SIDE));
        let mean = small.iter().sum::<f32>() / small.len() as f32;
        for value in &mut small {
            *value -= mean;
        }
        let length = small.iter().map(|value| value * value).sum::<f32>().sqrt();
        // Rounding alone leaves about 1e-7 of the values.
        if length <= 1e-5 * mean.abs().max(1e-3) * SIDE as f32 {
            return None;
        }
        for value in &mut small {
            *value /= length;
        }
        Some(Self { hash: signs(&low_frequencies(&small)), small })
    }

    /// Bits in which the hashes differ: 0 to 64; unrelated pictures differ in about 32.
    pub fn distance(&self, other: &Self) -> u32 {
        (self.hash ^ other.hash).count_ones()
    }

    /// Correlation of the small pictures: 1 for the same, 0 for unrelated ones, down to -1.
    pub fn correlation(&self, other: &Self) -> f32 {
        self.small.iter().zip(&other.small).map(|(a, b)| a * b).sum()
    }
}

/// One plane, `[height, width]`: the mean of the channels; what is not a number counts as 0.
fn grey(image: &Image) -> Vec<f32> {
    let area = image.width() * image.height() * image.channels();
    let start = image.slices() / 2 * area;
    let channels = image.channels();
    match image.pixels() {
        Pixels::U8(values) => mean_of_channels(&values[start..start + area], channels),
        Pixels::U16(values) => mean_of_channels(&values[start..start + area], channels),
        Pixels::I16(values) => mean_of_channels(&values[start..start + area], channels),
        Pixels::F32(values) => mean_of_channels(&values[start..start + area], channels),
    }
}

fn mean_of_channels<T: Copy + Into<f32>>(values: &[T], channels: usize) -> Vec<f32> {
    let mean = |pixel: &[T]| {
        let sum: f32 = pixel.iter().map(|value| (*value).into()).sum();
        let mean = sum / channels as f32;
        if mean.is_finite() { mean } else { 0.0 }
    };
    values.chunks_exact(channels).map(mean).collect()
}

/// The coefficients with frequencies 1 to 8 in both directions, of the cosine transform (type II, not scaled).
fn low_frequencies(small: &[f32]) -> Vec<f32> {
    let cosine = |frequency: usize, place: usize| {
        (std::f32::consts::PI * (frequency + 1) as f32 * (place as f32 + 0.5) / SIDE as f32).cos()
    };
    let basis: Vec<[f32; SIDE]> =
        (0..FREQUENCIES).map(|f| std::array::from_fn(|place| cosine(f, place))).collect();
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    // [frequency, row], then [frequency, frequency].
    let rows: Vec<Vec<f32>> =
        basis.iter().map(|wave| small.chunks_exact(SIDE).map(|row| dot(wave, row)).collect()).collect();
    basis.iter().flat_map(|wave| rows.iter().map(|row| dot(wave, row))).collect()
}

/// A bit per coefficient: whether it lies above the median.
fn signs(coefficients: &[f32]) -> u64 {
    let mut sorted = coefficients.to_vec();
    sorted.sort_by(f32::total_cmp);
    let median = f32::midpoint(sorted[sorted.len() / 2 - 1], sorted[sorted.len() / 2]);
    coefficients.iter().fold(0, |bits, value| (bits << 1) | u64::from(*value > median))
}

/// The largest radius of [`near_pairs`].
pub const MAX_RADIUS: u32 = 7;

/// All pairs of positions, the first below the second, whose hashes differ in at most `radius` bits (no more
/// than [`MAX_RADIUS`]), in order.
///
/// Multi-index hashing (Norouzi et al., *Fast Search in Hamming Space with Multi-Index Hashing*, CVPR 2012):
/// of the four 16-bit parts of two such hashes at least one differs in at most one bit, so that 17 look-ups
/// per part find every candidate.
pub fn near_pairs(hashes: &[u64], radius: u32) -> Vec<(usize, usize)> {
    let radius = radius.min(MAX_RADIUS);
    let mut pairs = Vec::new();
    for part in 0..u64::BITS / PART {
        let key = |hash: u64| (hash >> (part * PART)) as u16;
        let mut places: HashMap<u16, Vec<usize>> = HashMap::new();
        for (second, hash) in hashes.iter().enumerate() {
            let own = key(*hash);
            let near = std::iter::once(own).chain((0..PART).map(|bit| own ^ (1 << bit)));
            for first in near.filter_map(|key| places.get(&key)).flatten() {
                if (hashes[*first] ^ hash).count_ones() <= radius {
                    pairs.push((*first, second));
                }
            }
            places.entry(own).or_default().push(second);
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::dataset::epoch_order;

    /// Blobs whose places come from a seed.
    fn scene(seed: u64, width: usize, height: usize) -> Vec<f32> {
        let places = epoch_order(64, seed, 0);
        let value = |x: usize, y: usize| -> f32 {
            let (x, y) = (x as f32 / width as f32, y as f32 / height as f32);
            let blob = |place: &usize| {
                let (dx, dy) = (x - (place % 8) as f32 / 8.0, y - (place / 8) as f32 / 8.0);
                120.0 * (-(dx * dx + dy * dy) * 60.0).exp()
            };
            20.0 + places[..5].iter().map(blob).sum::<f32>()
        };
        (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| value(x, y)).collect()
    }

    fn print(values: Vec<f32>, width: usize, height: usize) -> Fingerprint {
        Fingerprint::new(&Image::new(width, height, 1, Pixels::F32(values)).unwrap()).unwrap()
    }

    #[test]
    fn scale_brightness_noise_and_depth_hardly_matter() {
        let original = print(scene(1, 120, 90), 120, 90);
        let smaller = print(scene(1, 75, 60), 75, 60);
        let brighter = print(scene(1, 120, 90).iter().map(|v| 3.0 * v - 500.0).collect(), 120, 90);
        let noisy = scene(1, 120, 90).iter().enumerate().map(|(i, v)| v + (i * 7919 % 13) as f32).collect();
        let noisy = print(noisy, 120, 90);
        let coarse = scene(1, 120, 90).iter().flat_map(|v| [v.min(255.0) as u8; 3]).collect();
        let coarse = Fingerprint::new(&Image::new(120, 90, 3, Pixels::U8(coarse)).unwrap()).unwrap();
        for other in [smaller, brighter, noisy, coarse] {
            assert!(original.distance(&other) <= 4, "{}", original.distance(&other));
            assert!(original.correlation(&other) > 0.99);
        }
    }

    #[test]
    fn other_scenes_are_far() {
        let prints: Vec<_> = (0..40).map(|seed| print(scene(seed, 64, 64), 64, 64)).collect();
        for (index, one) in prints.iter().enumerate() {
            assert!(prints[..index].iter().all(|other| one.distance(other) > 8));
        }
    }

    #[test]
    fn nothing_to_see_has_no_fingerprint() {
        let constant = Image::new(50, 40, 1, Pixels::U16(vec![40_000; 2000])).unwrap();
        assert_eq!(Fingerprint::new(&constant), None);
        let unknown = Image::new(50, 40, 1, Pixels::F32(vec![f32::NAN; 2000])).unwrap();
        assert_eq!(Fingerprint::new(&unknown), None);
        let black = Image::new(1, 1, 1, Pixels::U8(vec![0])).unwrap();
        assert_eq!(Fingerprint::new(&black), None);
    }

    #[test]
    fn a_volume_is_known_by_its_middle_slice() {
        let scenes: Vec<f32> = (0..3).flat_map(|seed| scene(seed, 40, 40)).collect();
        let volume = Image::volume([40, 40, 3], 1, Pixels::F32(scenes)).unwrap();
        assert_eq!(Fingerprint::new(&volume).unwrap(), print(scene(1, 40, 40), 40, 40));
    }

    proptest! {
        #[test]
        fn the_search_finds_what_comparing_all_finds(
            centres in prop::collection::vec(any::<u64>(), 1..6),
            changes in prop::collection::vec((0_usize..6, prop::collection::vec(0_u32..64, 0..10)), 0..60),
            radius in 0_u32..=MAX_RADIUS
        ) {
            let hashes: Vec<u64> = changes
                .iter()
                .map(|(centre, bits)| bits.iter().fold(centres[centre % centres.len()], |h, b| h ^ (1 << b)))
                .collect();
            let mut expected = Vec::new();
            for second in 0..hashes.len() {
                for first in 0..second {
                    if (hashes[first] ^ hashes[second]).count_ones() <= radius {
                        expected.push((first, second));
                    }
                }
            }
            expected.sort_unstable();
            prop_assert_eq!(near_pairs(&hashes, radius), expected);
        }
    }
}
