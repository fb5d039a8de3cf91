//! The exponential function without branches and calls.

/// `exp(x)` for `x <= 0`: the nearest power of two by its bits, the rest by the Taylor polynomial of degree 6.
#[inline(always)]
pub fn exp_of_negative(x: f32) -> f32 {
    // Added to a number, 1.5 x 2^23 leaves its nearest whole number in the last bits.
    const WHOLE: f32 = 12_582_912.0;
    // Below, the result is no normal number. Unlike `max`, this keeps what is no number.
    const LOWEST: f32 = -87.0;
    let x = if x < LOWEST { LOWEST } else { x };
    let shifted = x * std::f32::consts::LOG2_E + WHOLE;
    let power = shifted - WHOLE;
    // ln 2 in two parts, so that the difference keeps its digits.
    let rest = (x - power * 0.693_359_4) + power * 2.121_944_4e-4;
    let polynomial = [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0]
        .iter()
        .fold(0.0, |sum: f32, coefficient| sum * rest + coefficient);
    // The exponent's bits, 127 standing for zero.
    polynomial * f32::from_bits((shifted.to_bits() << 23).wrapping_add(127 << 23))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_exponential_to_single_precision_and_keeps_what_is_no_number() {
        for step in 0..8700 {
            let x = -0.01 * step as f32;
            assert!((exp_of_negative(x) / x.exp() - 1.0).abs() < 1e-6, "at {x}");
        }
        assert!(exp_of_negative(-1e4) < 1e-37);
        assert!(exp_of_negative(f32::NAN).is_nan());
    }
}
