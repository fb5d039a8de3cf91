//! One class per pixel.

use burn::tensor::activation::{log_softmax, softmax};
use burn::tensor::{Device, Tensor};

use super::classification::uniform_loss;
use crate::dataset::{IGNORE, Mask};

/// Keeps the Dice of a class that is absent from both sides at 1.
const SMOOTH: f32 = 1.0;

/// Soft Dice loss (Milletari et al., 3DV 2016) plus focal loss (γ = 2; Lin et al., ICCV 2017) over `ln K`.
///
/// `logits` are `[B, K, H, W]`; every mask has `W` columns and `H` rows. Dice is `1 - mean over classes of
/// (2 Σ p t + 1) / (Σ p + Σ t + 1)` with sums over the batch and all pixels that are labelled; the focal
/// term is the mean over the labelled pixels. Returns `[1]`.
pub fn loss(logits: Tensor<4>, masks: &[Mask]) -> Tensor<1> {
    let [batch, classes, height, width] = logits.dims();
    let area = height * width;
    let device = logits.device();
    let Truth { one_hot, labelled, count } = truth(masks, classes, area, &device);

    let logits = logits.reshape([batch, classes, area]);
    let probabilities = softmax(logits.clone(), 1) * labelled;
    let sums = |x: Tensor<3>| x.sum_dims(&[0, 2]).reshape([classes]);
    let overlap = sums(probabilities.clone() * one_hot.clone());
    let total = sums(probabilities.clone()) + sums(one_hot.clone());
    let dice = (overlap * 2.0 + SMOOTH) / (total + SMOOTH);

    // One class is hot per pixel, so sums over the classes pick it; unlabelled pixels are all zero.
    let true_probability = (probabilities * one_hot.clone()).sum_dim(1);
    let true_log = (log_softmax(logits, 1) * one_hot).sum_dim(1);
    let focal = (true_probability.neg() + 1.0).square() * true_log.neg();
    let focal = focal.sum() / (count.max(1) as f32 * uniform_loss(classes));

    dice.mean().neg() + 1.0 + focal
}

struct Truth {
    /// `[B, K, H * W]`, 1 for the true class of a labelled pixel.
    one_hot: Tensor<3>,
    /// `[B, 1, H * W]`, 1 where the pixel is labelled.
    labelled: Tensor<3>,
    /// Number of labelled pixels.
    count: usize,
}

fn truth(masks: &[Mask], classes: usize, area: usize, device: &Device) -> Truth {
    let mut one_hot = vec![0.0_f32; masks.len() * classes * area];
    let mut labelled = vec![0.0_f32; masks.len() * area];
    for (image, mask) in masks.iter().enumerate() {
        for (pixel, &label) in mask.labels.iter().enumerate() {
            if label != IGNORE && usize::from(label) < classes {
                one_hot[(image * classes + usize::from(label)) * area + pixel] = 1.0;
                labelled[image * area + pixel] = 1.0;
            }
        }
    }
    let count = labelled.iter().filter(|v| **v > 0.0).count();
    let tensor = |values: &[f32], channels: usize| {
        Tensor::<1>::from_floats(values, device).reshape([masks.len(), channels, area])
    };
    Truth { one_hot: tensor(&one_hot, classes), labelled: tensor(&labelled, 1), count }
}
