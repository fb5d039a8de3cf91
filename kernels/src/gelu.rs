//! The Gaussian error linear unit, `x Phi(x)`, and its gradient, without branches and calls per element.

use crate::exponential::exp_of_negative;
use crate::vector::{for_each, vectorised};

/// Elements that a thread takes at a time.
const PIECE: usize = 1 << 14;

/// `x Phi(x)` of every element, `Phi` exact to single precision.
pub fn gelu(x: &[f32]) -> Vec<f32> {
    let mut result = vec![0.0; x.len()];
    for_each(result.chunks_mut(PIECE).zip(x.chunks(PIECE)).collect(), |(result, x)| {
        vectorised(
            #[inline(always)]
            || result.iter_mut().zip(x).for_each(|(result, &x)| *result = x * phi(x)),
        );
    });
    result
}

/// The gradient of [`gelu`] at every `x` times the gradient of its output. The shorter slice determines the length.
pub fn gelu_backward(x: &[f32], gradient: &[f32]) -> Vec<f32> {
    let mut result = vec![0.0; x.len().min(gradient.len())];
    let pieces = result.chunks_mut(PIECE).zip(x.chunks(PIECE)).zip(gradient.chunks(PIECE));
    for_each(pieces.collect(), |((result, x), gradient)| {
        vectorised(
            #[inline(always)]
            || {
                for ((result, &x), &gradient) in result.iter_mut().zip(x).zip(gradient) {
                    *result = gradient * (phi(x) + x * density(x));
                }
            },
        );
    });
    result
}

/// Distribution function of the standard normal distribution.
#[inline(always)]
fn phi(x: f32) -> f32 {
    0.5 + 0.5 * erf(x * std::f32::consts::FRAC_1_SQRT_2)
}

/// The error function as a rational function, to a few units in the last place (the coefficients of the C++
/// library Eigen, `generic_fast_erf_float`).
#[inline(always)]
fn erf(x: f32) -> f32 {
    const ALPHA: [f32; 7] = [
        -2.726_142_3e-10,
        2.770_681_4e-8,
        -2.101_024e-6,
        -5.692_506_4e-5,
        -7.349_906_3e-4,
        -2.954_6e-3,
        -1.609_603_3e-2,
    ];
    const BETA: [f32; 5] =
        [-1.456_607_2e-5, -2.133_740_5e-4, -1.682_827e-3, -7.373_329_2e-3, -1.426_473_9e-2];
    let x = x.clamp(-4.0, 4.0);
    let square = x * x;
    let horner = |sum: f32, coefficient: &f32| sum * square + coefficient;
    (x * ALPHA.iter().fold(0.0, horner)) / BETA.iter().fold(0.0, horner)
}

/// Density of the standard normal distribution.
#[inline(always)]
fn density(x: f32) -> f32 {
    const SCALE: f32 = 0.398_942_3;
    SCALE * exp_of_negative(-0.5 * x * x)
}
