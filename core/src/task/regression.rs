//! Numbers per image.

use burn::tensor::Tensor;

use crate::dataset::Scaling;

/// Smooth L1 loss (Girshick, "Fast R-CNN", ICCV 2015) between scaled numbers, its bend at one standard deviation,
/// averaged and divided by what the mean as the answer costs where numbers are normally distributed, so that an
/// untrained head costs about 1. Not the squared error: the gradient of a mistyped number, thirty deviations away, would
/// drown those of all other tasks in the sum.
///
/// `scaled` is `[B, K]`, `values` are K numbers per image in the unit of the data, `scaling` has one entry per number;
/// returns `[1]`.
pub fn loss(scaled: Tensor<2>, values: &[Vec<f32>], scaling: &[Scaling]) -> Tensor<1> {
    let device = scaled.device();
    let truth = values.iter().flat_map(|row| row.iter().zip(scaling).map(|(value, s)| s.apply(*value)));
    let truth: Vec<f32> = truth.collect();
    let truth = Tensor::<1>::from_floats(truth.as_slice(), &device).reshape(scaled.dims());
    let distance = (scaled - truth).abs();
    // With the part of the distance below the bend, both sides are one formula: b²/2 + (d - b).
    let below = distance.clone().clamp_max(1.0);
    let cost = below.clone().square().mul_scalar(0.5) + distance - below;
    cost.mean().div_scalar(UNTRAINED)
}

/// The mean smooth L1 distance of a standard normal variable from 0: `1/2 E[z², |z| < 1] + E[|z| - 1/2, |z| > 1]`.
const UNTRAINED: f32 = 0.424_66;
