//! Comparisons of an operation with what it must be.

use burn::tensor::{Device, Gradients, Tensor};

/// All values, row by row.
pub fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}

/// The gradients of a sum over `output` in which every element has a weight of its own.
pub fn pull<const D: usize>(output: Tensor<D>) -> Gradients {
    weighted(output).backward()
}

fn weighted<const D: usize>(output: Tensor<D>) -> Tensor<1> {
    let count = output.dims().iter().product();
    let weights = wave(count, 0.7, &output.device());
    (output.reshape([count]) * weights).sum()
}

/// The gradient of a leaf; nothing where it has none.
pub fn slope<const D: usize>(leaf: &Tensor<D>, gradients: &Gradients) -> Vec<f32> {
    leaf.grad(gradients).map(values).unwrap_or_default()
}

pub fn assert_near(found: &[Vec<f32>], expected: &[Vec<f32>], tolerance: f32) {
    assert_eq!(found.len(), expected.len());
    for (which, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!(!expected.is_empty() && found.len() == expected.len(), "array {which}");
        let scale = expected.iter().fold(1.0_f32, |largest, value| largest.max(value.abs()));
        for (a, b) in found.iter().zip(expected) {
            assert!((a - b).abs() <= tolerance * scale, "array {which}: {a} and {b}");
        }
    }
}

/// Compares the gradients of `run` with differences of its values: for every input along one direction.
pub fn assert_slopes<const N: usize, const D: usize>(
    inputs: &[Tensor<1>; N],
    run: impl Fn([Tensor<1>; N]) -> Tensor<D>,
) {
    const STEP: f32 = 1e-2;
    let leaves = inputs.clone().map(Tensor::require_grad);
    let gradients = pull(run(leaves.clone()));
    for (which, leaf) in leaves.iter().enumerate() {
        let direction = wave(leaf.dims()[0], 1.3, &leaf.device());
        let along = |step: f32| {
            let mut moved = inputs.clone();
            moved[which] = moved[which].clone() + direction.clone() * step;
            weighted(run(moved)).into_scalar::<f32>()
        };
        let expected = (along(STEP) - along(-STEP)) / (2.0 * STEP);
        let slopes = slope(leaf, &gradients);
        let found: f32 = slopes.iter().zip(values(direction.clone())).map(|(a, b)| a * b).sum();
        let size = slopes.iter().map(|slope| slope * slope).sum::<f32>().sqrt();
        assert!((found - expected).abs() <= 2e-2 * size.max(0.1), "input {which}: {found} and {expected}");
    }
}

/// Numbers between -1 and 1 that look like none of the inputs.
pub fn wave(count: usize, frequency: f32, device: &Device) -> Tensor<1> {
    let values: Vec<f32> = (0..count).map(|i| (frequency * i as f32 + 0.3).sin()).collect();
    Tensor::from_floats(values.as_slice(), device)
}
