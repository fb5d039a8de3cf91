//! Changes of values: what light, stain, optics and sensor do to the same thing.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::blur::blur;
use super::noise::Noise;
use super::smooth::SmoothField;
use super::tone::{ColourMatrix, Curve};
use super::{AugmentConfig, signed};

/// A drawn change of values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Intensity {
    /// Standard deviation of a blur in pixels.
    pub blur: f32,
    /// Added to all values.
    pub brightness: f32,
    /// Factor on the distance to the mean value.
    pub contrast: f32,
    /// Factor on all values.
    pub gain: f32,
    /// Exponent of all values.
    pub gamma: f32,
    /// Exponent of the values of each channel: the factor on its optical density.
    pub stain: [f32; 3],
    /// Hue in radians and saturation.
    pub colour: (f32, f32),
    /// One plus this is a factor on the values.
    pub bias: Option<SmoothField<5>>,
    /// Added last.
    pub noise: Option<Noise>,
}

impl Intensity {
    /// No change.
    pub const NONE: Self = Self {
        blur: 0.0,
        brightness: 0.0,
        contrast: 1.0,
        gain: 1.0,
        gamma: 1.0,
        stain: [1.0; 3],
        colour: (0.0, 1.0),
        bias: None,
        noise: None,
    };

    /// Draws a change; always takes as many numbers from `rng`.
    pub fn draw(config: &AugmentConfig, rng: &mut ChaCha8Rng) -> Self {
        let [blurred, biased, noisy] = [(); 3].map(|()| rng.random::<bool>());
        let [blur, brightness, contrast, gain, gamma] = [(); 5].map(|()| rng.random::<f32>());
        let [hue, saturation, even, shot] = [(); 4].map(|()| rng.random::<f32>());
        let stain = [(); 3].map(|()| rng.random::<f32>());
        let bias = SmoothField::draw(rng, config.bias_field);
        let seed = rng.random();

        let noisy = noisy && (config.noise > 0.0 || config.shot_noise > 0.0);
        Self {
            blur: if blurred { config.blur * blur } else { 0.0 },
            brightness: config.brightness * signed(brightness),
            contrast: 1.0 + config.contrast * signed(contrast),
            gain: 1.0 + config.gain * signed(gain),
            gamma: (1.0 + config.gamma).powf(signed(gamma)),
            stain: stain.map(|part| (1.0 + config.stain).powf(signed(part))),
            colour: (config.hue.to_radians() * signed(hue), 1.0 + config.saturation * signed(saturation)),
            bias: (biased && config.bias_field > 0.0).then_some(bias),
            noise: noisy.then_some(Noise { even: config.noise * even, shot: config.shot_noise * shot, seed }),
        }
    }

    /// What happens before the picture is sampled: one plane (grey) or three (RGB) of `width` x `height`.
    pub fn apply_optics(&self, planes: &mut [f32], width: usize, height: usize) {
        blur(planes, width, height, self.blur);
    }

    /// What happens to sampled values. They are read and written once, row by row, and end in [0, 1].
    pub fn apply(&self, planes: &mut [f32], width: usize, height: usize) {
        let area = width * height;
        if area == 0 || (Self { blur: 0.0, ..*self }) == Self::NONE {
            return;
        }
        let curves = self.curves(planes);
        let colour = (planes.len() == 3 * area && self.colour != Self::NONE.colour)
            .then(|| ColourMatrix::new(self.colour.0, self.colour.1));
        let columns = SmoothField::<5>::bases(if self.bias.is_some() { width } else { 0 });
        let mut noise = self.noise.map(|noise| noise.stream());
        let mut planes: Vec<&mut [f32]> = planes.chunks_exact_mut(area).collect();
        for y in 0..height {
            let row = y * width..(y + 1) * width;
            if let (Some(colour), [red, green, blue]) = (&colour, &mut planes[..]) {
                colour.apply(&mut red[row.clone()], &mut green[row.clone()], &mut blue[row.clone()]);
            }
            let bias =
                self.bias.map(|field| field.row(&SmoothField::<5>::basis((y as f32 + 0.5) / height as f32)));
            for (channel, plane) in planes.iter_mut().enumerate() {
                let values = &mut plane[row.clone()];
                if let Some(bias) = &bias {
                    values.iter_mut().zip(&columns).for_each(|(value, at)| *value *= 1.0 + bias.at(at));
                }
                if let Some(curve) = curves.get(channel) {
                    curve.apply(values);
                }
                if let Some(noise) = &mut noise {
                    noise.add(values);
                }
                for value in values {
                    *value = value.clamp(0.0, 1.0);
                }
            }
        }
    }

    /// The curve of each channel; none when no value changes by one. A grey picture has the one of red.
    fn curves(&self, planes: &[f32]) -> Vec<Curve> {
        let Self { brightness, contrast, gain, gamma, stain, .. } = *self;
        if (brightness, contrast, gain, gamma, stain) == (0.0, 1.0, 1.0, 1.0, [1.0; 3]) {
            return Vec::new();
        }
        let middle = gain * mean(planes).max(0.0).powf(gamma);
        let curve = |stain: f32| {
            let exponent = gamma * stain;
            Curve::new(|value| (gain * value.powf(exponent) - middle) * contrast + middle + brightness)
        };
        stain.map(curve).into()
    }
}

/// The mean of all values; 0 for none.
pub(super) fn mean(values: &[f32]) -> f32 {
    // In short parts, because a long sum of single precision loses digits, and side by side, for speed.
    let sum_of = |part: &[f32]| {
        let mut lanes = [0.0_f32; 8];
        for values in part.chunks(lanes.len()) {
            lanes.iter_mut().zip(values).for_each(|(lane, value)| *lane += value);
        }
        f64::from(lanes.iter().sum::<f32>())
    };
    let sum: f64 = values.chunks(1024).map(sum_of).sum();
    (sum / values.len().max(1) as f64) as f32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;

    use super::*;

    fn changed(change: Intensity, mut planes: Vec<f32>, width: usize) -> Vec<f32> {
        change.apply(&mut planes, width, 1);
        planes
    }

    fn near(found: &[f32], expected: &[f32]) {
        assert_eq!(found.len(), expected.len());
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-4), "{found:?} {expected:?}");
    }

    #[test]
    fn brightness_and_contrast_move_values_about_the_mean() {
        let change = Intensity { brightness: 0.1, contrast: 0.5, ..Intensity::NONE };
        near(&changed(change, vec![0.2, 0.6], 2), &[0.4, 0.6]);
    }

    #[test]
    fn gain_and_gamma_keep_black() {
        let change = Intensity { gain: 0.8, gamma: 2.0, ..Intensity::NONE };
        near(&changed(change, vec![0.0, 0.5, 1.0], 3), &[0.0, 0.2, 0.8]);
    }

    #[test]
    fn stain_changes_the_density_of_each_channel_and_keeps_white() {
        let change = Intensity { stain: [2.0, 1.0, 0.5], ..Intensity::NONE };
        near(&changed(change, vec![0.5, 1.0, 0.5, 1.0, 0.25, 1.0], 2), &[0.25, 1.0, 0.5, 1.0, 0.5, 1.0]);
    }

    #[test]
    fn a_bias_field_is_a_factor() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let change = Intensity { bias: Some(SmoothField::draw(&mut rng, 0.4)), ..Intensity::NONE };
        let dark = changed(change, vec![0.2; 30], 30);
        let bright = changed(change, vec![0.6; 30], 30);
        assert!(dark.iter().any(|value| (value - 0.2).abs() > 0.01));
        assert!(dark.iter().zip(&bright).all(|(a, b)| (3.0 * a - b).abs() < 1e-5));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn values_stay_in_range_whatever_is_drawn(
            seed: u64, width in 1_usize..20, height in 1_usize..20, grey: bool
        ) {
            let config = AugmentConfig {
                brightness: 1.0, contrast: 1.0, gain: 1.0, gamma: 2.0, hue: 180.0, saturation: 1.0, stain: 1.0,
                bias_field: 1.0, blur: 5.0, noise: 1.0, shot_noise: 1.0, ..AugmentConfig::default()
            };
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let change = Intensity::draw(&config, &mut rng);
            let count = width * height * if grey { 1 } else { 3 };
            let mut planes: Vec<f32> = (0..count).map(|_| rng.random()).collect();
            change.apply_optics(&mut planes, width, height);
            change.apply(&mut planes, width, height);
            prop_assert!(planes.iter().all(|value| (0.0..=1.0).contains(value)));
        }
    }
}
