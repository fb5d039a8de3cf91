//! Changes of a value by a curve, and of a colour by a matrix.

/// Steps of a curve; between them it is straight.
const STEPS: usize = 1024;

/// A function on [0, 1], tabulated because powers are slow.
pub(super) struct Curve([f32; STEPS + 1]);

impl Curve {
    /// The values of `function`, held to [0, 1].
    pub fn new(function: impl Fn(f32) -> f32) -> Self {
        Self(std::array::from_fn(|step| function(step as f32 / STEPS as f32).clamp(0.0, 1.0)))
    }

    /// Applies the curve to values, which are held to [0, 1] first.
    pub fn apply(&self, values: &mut [f32]) {
        for value in values {
            let place = value.clamp(0.0, 1.0) * STEPS as f32;
            let step = (place as usize).min(STEPS - 1);
            let [from, to] = [self.0[step], self.0[step + 1]];
            *value = from + (to - from) * (place - step as f32);
        }
    }
}

/// How red, green and blue become new ones. Grey stays as it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ColourMatrix([[f32; 3]; 3]);

impl ColourMatrix {
    /// Turns colours by `hue` radians about the grey axis (red towards green) and multiplies their distance
    /// to the grey of the same luma (ITU-R BT.601) by `saturation`.
    pub fn new(hue: f32, saturation: f32) -> Self {
        // Rodrigues' formula about (1, 1, 1) / sqrt(3).
        let (sine, cosine) = hue.sin_cos();
        let (even, odd) = ((1.0 - cosine) / 3.0, sine / 3_f32.sqrt());
        let turn = [
            [cosine + even, even - odd, even + odd],
            [even + odd, cosine + even, even - odd],
            [even - odd, even + odd, cosine + even],
        ];
        let luma = [0.299, 0.587, 0.114];
        let row = |row: [f32; 3]| {
            std::array::from_fn(|column| saturation * row[column] + (1.0 - saturation) * luma[column])
        };
        Self(turn.map(row))
    }

    /// Changes the colours of pixels, given channel by channel.
    pub fn apply(&self, red: &mut [f32], green: &mut [f32], blue: &mut [f32]) {
        for ((red, green), blue) in red.iter_mut().zip(green).zip(blue) {
            let (r, g, b) = (*red, *green, *blue);
            let [new_red, new_green, new_blue] = self.0.map(|row| row[0] * r + row[1] * g + row[2] * b);
            (*red, *green, *blue) = (new_red, new_green, new_blue);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(matrix: ColourMatrix, [mut r, mut g, mut b]: [f32; 3]) -> [f32; 3] {
        matrix.apply(
            std::slice::from_mut(&mut r),
            std::slice::from_mut(&mut g),
            std::slice::from_mut(&mut b),
        );
        [r, g, b]
    }

    fn near(found: [f32; 3], expected: [f32; 3]) {
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?} {expected:?}");
    }

    #[test]
    fn a_curve_follows_its_function() {
        let mut values = [0.0, 1e-3, 0.123, 0.5, 0.999, 1.0, -0.5, 1.5];
        Curve::new(|v| v.powf(1.4)).apply(&mut values);
        for (value, input) in values.iter().zip([0.0, 1e-3, 0.123, 0.5, 0.999, 1.0, 0.0, 1.0_f32]) {
            assert!((value - input.powf(1.4)).abs() < 1e-4, "{value} at {input}");
        }
    }

    #[test]
    fn a_third_of_a_turn_makes_red_green() {
        near(colour(ColourMatrix::new(120_f32.to_radians(), 1.0), [0.9, 0.2, 0.1]), [0.1, 0.9, 0.2]);
        near(colour(ColourMatrix::new(0.0, 1.0), [0.9, 0.2, 0.1]), [0.9, 0.2, 0.1]);
    }

    #[test]
    fn no_saturation_is_luma_and_grey_stays() {
        near(colour(ColourMatrix::new(0.0, 0.0), [1.0, 0.0, 0.0]), [0.299; 3]);
        near(colour(ColourMatrix::new(0.7, 1.3), [0.4; 3]), [0.4; 3]);
    }
}
