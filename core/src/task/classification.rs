//! One class per image.

use burn::tensor::activation::log_softmax;
use burn::tensor::{Int, Tensor};

/// Cross-entropy divided by `ln K`, so that a uniform guess costs 1. `logits` are `[B, K]`, `classes` one
/// index per image; returns `[1]`.
pub fn loss(logits: Tensor<2>, classes: &[usize]) -> Tensor<1> {
    let [batch, count] = logits.dims();
    let device = logits.device();
    let index: Vec<i32> = classes.iter().map(|&class| class as i32).collect();
    let index = Tensor::<1, Int>::from_ints(index.as_slice(), &device).reshape([batch, 1]);
    let log_likelihood = log_softmax(logits, 1).gather(1, index);
    log_likelihood.mean().neg().div_scalar(uniform_loss(count))
}

/// `ln K`, the cross-entropy of a uniform guess over `classes` classes. A single class is treated as a
/// yes-or-no question (`ln 2`), because `ln 1` is zero.
pub fn uniform_loss(classes: usize) -> f32 {
    (classes.max(2) as f32).ln()
}
