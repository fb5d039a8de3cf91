//! Noise of a sensor.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A drawn noise: Gaussian to the eye, of variance `even^2 + shot^2 * value`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Noise {
    /// Standard deviation at the value 0.
    pub even: f32,
    /// What counted photons add at the value 1.
    pub shot: f32,
    /// Which noise.
    pub seed: u64,
}

impl Noise {
    /// An endless row of random numbers of this noise.
    pub fn stream(&self) -> NoiseStream {
        NoiseStream { noise: *self, rng: ChaCha8Rng::seed_from_u64(self.seed), bytes: Vec::new() }
    }
}

/// The random numbers of a noise, one after the other.
pub(super) struct NoiseStream {
    noise: Noise,
    rng: ChaCha8Rng,
    bytes: Vec<u8>,
}

impl NoiseStream {
    /// Adds noise to values.
    pub fn add(&mut self, values: &mut [f32]) {
        self.bytes.resize(4 * values.len(), 0);
        self.rng.fill_bytes(&mut self.bytes);
        let (even, shot) = (self.noise.even * self.noise.even, self.noise.shot * self.noise.shot);
        for (value, bytes) in values.iter_mut().zip(self.bytes.chunks_exact(4)) {
            *value += normal(bytes) * (even + shot * value.max(0.0)).sqrt();
        }
    }
}

/// The root of four times the variance of 0..=255, which is (256^2 - 1) / 12.
const DEVIATION: f32 = 147.800_54;

/// A number of mean 0 and variance 1 from four random bytes. The sum of four even numbers is close to a
/// Gaussian out to two standard deviations, ends at 3.5, and costs a tenth of one.
fn normal(bytes: &[u8]) -> f32 {
    let sum: u16 = bytes.iter().map(|byte| u16::from(*byte)).sum();
    (f32::from(sum) - 510.0) / DEVIATION
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(noise: Noise, at: f32) -> (f64, f64, f64) {
        let mut values = vec![at; 40_000];
        noise.stream().add(&mut values);
        let count = values.len() as f64;
        let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / count;
        let moment = |power| values.iter().map(|v| (f64::from(*v) - mean).powi(power)).sum::<f64>() / count;
        (mean, moment(2).sqrt(), moment(4) / moment(2).powi(2))
    }

    #[test]
    fn noise_has_the_mean_the_deviation_and_about_the_shape_of_a_gaussian() {
        let (mean, deviation, kurtosis) = moments(Noise { even: 0.05, shot: 0.0, seed: 1 }, 0.4);
        assert!((mean - 0.4).abs() < 1e-3 && (deviation - 0.05).abs() < 1e-3, "{mean} {deviation}");
        // 3 for a Gaussian, 1.8 for even numbers, 2.7 for the sum of four of them.
        assert!((kurtosis - 2.7).abs() < 0.1, "{kurtosis}");
    }

    #[test]
    fn shot_noise_grows_with_the_root_of_the_value() {
        let noise = Noise { even: 0.0, shot: 0.1, seed: 2 };
        for (at, expected) in [(0.0, 0.0), (0.25, 0.05), (1.0, 0.1)] {
            assert!((moments(noise, at).1 - expected).abs() < 2e-3, "{at}");
        }
    }

    #[test]
    fn a_seed_means_one_noise_however_it_is_taken() {
        let noise = Noise { even: 0.1, shot: 0.0, seed: 3 };
        let mut whole = vec![0.5; 64];
        noise.stream().add(&mut whole);
        let mut parts = vec![0.5; 64];
        let mut stream = noise.stream();
        parts.chunks_mut(16).for_each(|part| stream.add(part));
        assert_eq!(whole, parts);
    }
}
