//! Normalisation of each row.

use crate::vector::{add, for_each, sum, vectorised};

/// Numbers that a thread takes at a time.
const PIECE: usize = 1 << 14;
const EPSILON: f32 = 1e-5;

/// Each row of `x`, `[N, C]`, moved to mean 0 and scaled to variance 1, then scaled by `gamma` and shifted by `beta`,
/// `[C]` each; added to `residual`, `[N, C]`, where there is one (Ba et al., "Layer normalization", arXiv:1607.06450).
pub fn layer_norm(x: &[f32], residual: Option<&[f32]>, gamma: &[f32], beta: &[f32]) -> Vec<f32> {
    let columns = gamma.len();
    // What is added to is copied at first.
    let mut result = residual.map_or_else(|| vec![0.0; x.len()], <[f32]>::to_vec);
    if columns == 0 {
        return result;
    }
    let piece = piece(columns);
    for_each(result.chunks_mut(piece).zip(x.chunks(piece)).collect(), |(result, x)| {
        vectorised(
            #[inline(always)]
            || {
                for (result, x) in result.chunks_exact_mut(columns).zip(x.chunks_exact(columns)) {
                    let (mean, inverse) = moments(x);
                    for (((result, x), gamma), beta) in result.iter_mut().zip(x).zip(gamma).zip(beta) {
                        *result += (x - mean) * inverse * gamma + beta;
                    }
                }
            },
        );
    });
    result
}

/// Gradients of [`layer_norm`] (that of the residual is the one of the result).
pub struct LayerNormGradients {
    /// `[N, C]`.
    pub x: Vec<f32>,
    /// `[C]`.
    pub gamma: Vec<f32>,
    /// `[C]`.
    pub beta: Vec<f32>,
}

/// The gradients of [`layer_norm`] from that of its result.
pub fn layer_norm_backward(x: &[f32], gamma: &[f32], gradient: &[f32]) -> LayerNormGradients {
    let columns = gamma.len();
    let mut of_x = vec![0.0; x.len()];
    let mut sums = vec![0.0; 2 * columns];
    if columns > 0 {
        let piece = piece(columns);
        let mut parts = vec![0.0; x.len().div_ceil(piece) * 2 * columns];
        let pieces = of_x.chunks_mut(piece).zip(x.chunks(piece)).zip(gradient.chunks(piece));
        let pieces = pieces.zip(parts.chunks_exact_mut(2 * columns));
        for_each(pieces.collect(), |(((of_x, x), gradient), part)| {
            let (of_gamma, of_beta) = part.split_at_mut(columns);
            vectorised(
                #[inline(always)]
                || {
                    let rows = of_x.chunks_exact_mut(columns).zip(x.chunks_exact(columns));
                    for ((of_x, x), gradient) in rows.zip(gradient.chunks_exact(columns)) {
                        row_backward(of_x, x, gamma, gradient);
                        let (mean, inverse) = moments(x);
                        for ((of_gamma, x), gradient) in of_gamma.iter_mut().zip(x).zip(gradient) {
                            *of_gamma += gradient * (x - mean) * inverse;
                        }
                        add(of_beta, gradient);
                    }
                },
            );
        });
        parts.chunks_exact(2 * columns).for_each(|part| add(&mut sums, part));
    }
    let beta = sums.split_off(columns);
    LayerNormGradients { x: of_x, gamma: sums, beta }
}

/// A whole number of rows.
fn piece(columns: usize) -> usize {
    (PIECE / columns).max(1) * columns
}

/// The mean and the inverse of the deviation of a row.
#[inline(always)]
fn moments(x: &[f32]) -> (f32, f32) {
    let count = x.len() as f32;
    let mean = sum(x, x, |x, _| x) / count;
    let variance = sum(x, x, |x, _| (x - mean) * (x - mean)) / count;
    (mean, (variance + EPSILON).sqrt().recip())
}

/// The gradient of a row: what changes its mean and its deviation is taken away.
#[inline(always)]
fn row_backward(of_x: &mut [f32], x: &[f32], gamma: &[f32], gradient: &[f32]) {
    let (mean, inverse) = moments(x);
    let count = x.len() as f32;
    for ((of_x, gradient), gamma) in of_x.iter_mut().zip(gradient).zip(gamma) {
        *of_x = gradient * gamma;
    }
    let shift = sum(of_x, x, |scaled, _| scaled) / count;
    let slope = sum(of_x, x, |scaled, x| scaled * (x - mean)) * inverse * inverse / count;
    for (of_x, x) in of_x.iter_mut().zip(x) {
        *of_x = inverse * (*of_x - shift - (x - mean) * slope);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Numbers;

    #[test]
    fn rows_are_normalised_scaled_shifted_and_added() {
        let mut numbers = Numbers(1);
        for columns in [1, 5, 32, 71] {
            let (x, residual) = (numbers.take(7 * columns), numbers.take(7 * columns));
            let (gamma, beta) = (numbers.take(columns), numbers.take(columns));
            let found = layer_norm(&x, Some(&residual), &gamma, &beta);
            for (row, found) in found.chunks_exact(columns).enumerate() {
                let x = &x[row * columns..][..columns];
                let mean = x.iter().sum::<f32>() / columns as f32;
                let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / columns as f32;
                for (column, found) in found.iter().enumerate() {
                    let normal = (x[column] - mean) / (variance + EPSILON).sqrt();
                    let expected = residual[row * columns + column] + normal * gamma[column] + beta[column];
                    assert!((found - expected).abs() < 1e-5, "{found} and {expected}");
                }
            }
        }
    }
}
