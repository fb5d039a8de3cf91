//! The orthogonal step of Muon (Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024).

use burn::tensor::Tensor;

/// Share of the running mean that a step keeps.
pub const MOMENTUM: f64 = 0.95;
/// Coefficients of the quintic that moves all singular values towards 1.
const QUINTIC: [f64; 3] = [3.4445, -4.775, 2.0315];
const ITERATIONS: usize = 5;
const EPSILON: f64 = 1e-7;
/// Root mean square of an `AdamW` step; with it, both rules share rates and weight decay (Liu et al., "Muon is
/// Scalable for LLM Training", 2025, section 2.2).
const ADAM_RMS: f64 = 0.2;

/// The nearest orthogonal matrix to a momentum, by five Newton-Schulz iterations, at the size of an `AdamW`
/// step. The first axis of `shape` is that of a linear layer's inputs or of a kernel's outputs; the others are
/// taken together.
pub fn orthogonalised(momentum: Tensor<1>, shape: &[usize]) -> Tensor<1> {
    let elements: usize = shape.iter().product();
    let rows = shape.first().copied().unwrap_or(1);
    let columns = elements / rows.max(1);
    let matrix = momentum.reshape([rows, columns]);
    // The products are those of the smaller side.
    let is_tall = rows > columns;
    let mut x = if is_tall { matrix.transpose() } else { matrix };
    let length = x.clone().square().sum().sqrt().clamp_min(EPSILON);
    x = x / length.reshape([1, 1]);
    let [a, b, c] = QUINTIC;
    for _ in 0..ITERATIONS {
        let gram = x.clone().matmul(x.clone().transpose());
        let polynomial = gram.clone() * b + gram.clone().matmul(gram) * c;
        x = x.clone() * a + polynomial.matmul(x);
    }
    let x = if is_tall { x.transpose() } else { x };
    (x * (ADAM_RMS * (rows.max(columns) as f64).sqrt())).reshape([elements])
}
