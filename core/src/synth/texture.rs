//! Smooth random textures.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::plane::smoothstep;

/// Value noise: random numbers on a grid of unit cells, joined smoothly.
#[derive(Clone, Copy, Debug)]
pub(super) struct Texture {
    seed: u32,
}

impl Texture {
    /// A texture unlike all others.
    pub fn new(rng: &mut ChaCha8Rng) -> Self {
        Self { seed: rng.random() }
    }

    /// The value at a point, in [-1, 1].
    pub fn at(self, x: f32, y: f32) -> f32 {
        let (column, row) = (x.floor(), y.floor());
        let (across, along) = (smoothstep(0.0, 1.0, x - column), smoothstep(0.0, 1.0, y - row));
        let (column, row) = (column as i32, row as i32);
        let mix = |a: f32, b: f32, t: f32| a + (b - a) * t;
        let top = mix(self.knot(column, row), self.knot(column + 1, row), across);
        let bottom = mix(self.knot(column, row + 1), self.knot(column + 1, row + 1), across);
        mix(top, bottom, along)
    }

    /// Four octaves, each twice as fine and half as strong; in [-1, 1].
    pub fn fractal(self, x: f32, y: f32) -> f32 {
        let octave = |i: i32| {
            let fine = 2.0_f32.powi(i);
            // The shift keeps the grids of the octaves from lining up.
            self.at(x * fine + 17.3 * i as f32, y * fine - 9.1 * i as f32) / fine
        };
        (0..4).map(octave).sum::<f32>() / 1.875
    }

    /// The random number of a grid point, in [-1, 1], by integer hashing.
    fn knot(self, column: i32, row: i32) -> f32 {
        let mut hash = self.seed
            ^ (column as u32).wrapping_mul(0x9E37_79B1)
            ^ (row as u32).wrapping_mul(0x85EB_CA77).rotate_left(13);
        for _ in 0..2 {
            hash = (hash ^ (hash >> 15)).wrapping_mul(0x2C1B_3C6D);
            hash = (hash ^ (hash >> 12)).wrapping_mul(0x297A_2D39);
        }
        (hash >> 8) as f32 / 8_388_607.5 - 1.0
    }
}
