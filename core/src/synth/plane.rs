//! One channel of a picture being painted.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::dataset::Mask;
use crate::imaging::{Image, Pixels};

/// `height` rows of `width` values; 0 is black and 1 is white.
#[derive(Clone, Debug)]
pub(super) struct Plane {
    pub width: usize,
    pub height: usize,
    pub values: Vec<f32>,
}

impl Plane {
    /// `paint` gives the value at each pixel's column and row.
    pub fn from_fn(width: usize, height: usize, paint: impl Fn(f32, f32) -> f32) -> Self {
        let value = |i: usize| paint((i % width) as f32, (i / width) as f32);
        Self { width, height, values: (0..width * height).map(value).collect() }
    }

    /// Changes the pixels within `radius` of (`cx`, `cy`): `paint` is given column, row and the old value.
    pub fn paint_around(
        &mut self,
        [cx, cy]: [f32; 2],
        radius: f32,
        mut paint: impl FnMut(f32, f32, f32) -> f32,
    ) {
        let range = |centre: f32, end: usize| {
            let first = (centre - radius).floor().max(0.0) as usize;
            first.min(end)..((centre + radius).ceil().max(-1.0) as i64 + 1).clamp(0, end as i64) as usize
        };
        for row in range(cy, self.height) {
            for column in range(cx, self.width) {
                let value = &mut self.values[row * self.width + column];
                *value = paint(column as f32, row as f32, *value);
            }
        }
    }

    /// Gaussian blur with `sigma` in pixels; the border is repeated.
    pub fn blur(&mut self, sigma: f32) {
        let reach = (3.0 * sigma).ceil() as i64;
        let weight = |d: i64| (-0.5 * (d as f32 / sigma.max(1e-3)).powi(2)).exp();
        let sum: f32 = (-reach..=reach).map(weight).sum();
        let kernel: Vec<f32> = (-reach..=reach).map(|d| weight(d) / sum).collect();
        let (width, height) = (self.width as i64, self.height as i64);
        for (across, along) in [(1, 0), (0, 1)] {
            let old = self.values.clone();
            for (index, value) in self.values.iter_mut().enumerate() {
                let (column, row) = (index as i64 % width, index as i64 / width);
                let tap = |d: i64| {
                    let x = (column + across * d).clamp(0, width - 1);
                    let y = (row + along * d).clamp(0, height - 1);
                    old[(y * width + x) as usize]
                };
                *value = (-reach..=reach).zip(&kernel).map(|(d, k)| k * tap(d)).sum();
            }
        }
    }

    /// Adds what a sensor adds: noise of standard deviation `read + shot * sqrt(value)`.
    pub fn add_noise(&mut self, rng: &mut ChaCha8Rng, read: f32, shot: f32) {
        for value in &mut self.values {
            *value += (read + shot * value.max(0.0).sqrt()) * normal(rng);
        }
    }

    fn byte(&self, index: usize) -> u8 {
        (self.values[index].clamp(0.0, 1.0) * 255.0).round() as u8
    }

    /// A grey image of 8 bits.
    pub fn to_image(&self) -> Image {
        let bytes = (0..self.values.len()).map(|i| self.byte(i)).collect();
        wrap(self.width, self.height, 1, bytes)
    }

    /// An RGB image of 8 bits from three planes of one size.
    pub fn to_rgb_image(planes: &[Self; 3]) -> Image {
        let [first, ..] = planes;
        let bytes = (0..first.values.len()).flat_map(|i| planes.each_ref().map(|p| p.byte(i))).collect();
        wrap(first.width, first.height, 3, bytes)
    }
}

fn wrap(width: usize, height: usize, channels: usize, bytes: Vec<u8>) -> Image {
    Image::new(width, height, channels, Pixels::U8(bytes))
        .unwrap_or_else(|_| unreachable!("a plane has a value per pixel, and no side is 0"))
}

/// A mask with `label` at each pixel's column and row.
pub(super) fn mask_from_fn(width: usize, height: usize, label: impl Fn(f32, f32) -> u8) -> Mask {
    let labels = (0..width * height).map(|i| label((i % width) as f32, (i / width) as f32)).collect();
    Mask { width, height, labels }
}

/// A number from the standard normal distribution, near enough: the sum of twelve uniform ones.
pub(super) fn normal(rng: &mut ChaCha8Rng) -> f32 {
    (0..12).map(|_| rng.random_range(0.0..1.0_f32)).sum::<f32>() - 6.0
}

/// 0 below `from`, 1 above `to`, smooth between.
pub(super) fn smoothstep(from: f32, to: f32, x: f32) -> f32 {
    let t = ((x - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A bell of height 1 around 0.
pub(super) fn bell(x: f32) -> f32 {
    (-x * x).exp()
}
