//! Any number of classes per image.

use burn::tensor::Tensor;
use burn::tensor::activation::log_sigmoid;

/// Binary cross-entropy of every class, averaged and divided by `ln 2`, so that an undecided guess costs 1.
/// `logits` are `[B, K]`, `labels` say for each image which classes are present; returns `[1]`.
pub fn loss(logits: Tensor<2>, labels: &[Vec<bool>]) -> Tensor<1> {
    let device = logits.device();
    let signs: Vec<f32> = labels.iter().flatten().map(|&is| if is { 1.0 } else { -1.0 }).collect();
    let signs = Tensor::<1>::from_floats(signs.as_slice(), &device).reshape(logits.dims());
    // -ln p for a present class and -ln(1 - p) for an absent one.
    log_sigmoid(logits * signs).mean().neg().div_scalar(std::f32::consts::LN_2)
}
