//! Random fields that vary slowly over a picture: a coarse grid of numbers, joined by cubic B-splines.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// A smooth function on a picture, given by `N` x `N` numbers that it stays between. The outermost ones lie
/// one cell beyond the picture, so `N - 3` cells span each side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct SmoothField<const N: usize> {
    control: [[f32; N]; N],
}

/// Which four neighbouring numbers count at a place along one side, and how much (together 1).
#[derive(Clone, Copy, Debug)]
pub(super) struct Basis {
    first: usize,
    weights: [f32; 4],
}

impl Basis {
    fn sum(&self, values: &[f32]) -> f32 {
        self.weights.iter().zip(&values[self.first..]).map(|(weight, value)| weight * value).sum()
    }
}

impl<const N: usize> SmoothField<N> {
    /// Numbers between `-greatest` and `greatest`. Always draws as many.
    pub fn draw(rng: &mut ChaCha8Rng, greatest: f32) -> Self {
        let mut value = || greatest * (2.0 * rng.random::<f32>() - 1.0);
        Self { control: std::array::from_fn(|_| std::array::from_fn(|_| value())) }
    }

    /// The weights at `place`, from 0 (start of the side) to 1 (its end); constant beyond.
    pub fn basis(place: f32) -> Basis {
        let cells = N - 3;
        let place = place.clamp(0.0, 1.0) * cells as f32;
        let first = (place as usize).min(cells - 1);
        let t = place - first as f32;
        let (t2, t3) = (t * t, t * t * t);
        let weights = [
            (1.0 - t) * (1.0 - t) * (1.0 - t) / 6.0,
            (3.0 * t3 - 6.0 * t2 + 4.0) / 6.0,
            (-3.0 * t3 + 3.0 * t2 + 3.0 * t + 1.0) / 6.0,
            t3 / 6.0,
        ];
        Basis { first, weights }
    }

    /// The weights at the centres of `length` pixels along a side.
    pub fn bases(length: usize) -> Vec<Basis> {
        (0..length).map(|pixel| Self::basis((pixel as f32 + 0.5) / length as f32)).collect()
    }

    /// The field along a row, as numbers for [`SmoothRow::at`].
    pub fn row(&self, row: &Basis) -> SmoothRow<N> {
        let mut values = [0.0; N];
        for (weight, line) in row.weights.iter().zip(&self.control[row.first..]) {
            for (value, control) in values.iter_mut().zip(line) {
                *value += weight * control;
            }
        }
        SmoothRow(values)
    }
}

/// A field along one row of a picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct SmoothRow<const N: usize>([f32; N]);

impl<const N: usize> SmoothRow<N> {
    /// The value at a column.
    pub fn at(&self, column: &Basis) -> f32 {
        column.sum(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;

    use super::*;

    type Field = SmoothField<7>;

    fn at(field: &Field, x: f32, y: f32) -> f32 {
        field.row(&Field::basis(y)).at(&Field::basis(x))
    }

    #[test]
    fn equal_numbers_make_a_constant_field() {
        let field = Field { control: [[0.75; 7]; 7] };
        for place in [-3.0, 0.0, 0.1, 0.25, 0.5, 0.99, 1.0, 8.0] {
            assert!((at(&field, place, 1.0 - place) - 0.75).abs() < 1e-6);
        }
    }

    #[test]
    fn numbers_that_rise_evenly_make_an_even_slope() {
        // B-splines reproduce straight lines: column c lies at (c - 1) / 4 of the width.
        let field = Field { control: [std::array::from_fn(|column| (column as f32 - 1.0) / 4.0); 7] };
        for step in 0_u8..=20 {
            let x = f32::from(step) / 20.0;
            assert!((at(&field, x, 0.3) - x).abs() < 1e-5, "{x}");
        }
    }

    proptest! {
        #[test]
        fn a_field_is_bounded_and_changes_by_at_most_its_slope(seed: u64, x in 0_f32..1.0, y in 0_f32..1.0) {
            let field = Field::draw(&mut ChaCha8Rng::seed_from_u64(seed), 2.0);
            let value = at(&field, x, y);
            prop_assert!(value.abs() <= 2.0 + 1e-5);
            // Neighbouring numbers differ by at most 4 and lie a quarter of the side apart.
            let step = 1e-2;
            for (dx, dy) in [(step, 0.0), (0.0, step)] {
                prop_assert!((at(&field, x + dx, y + dy) - value).abs() <= 16.0 * step + 1e-4);
            }
        }
    }
}
