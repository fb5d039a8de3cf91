//! Down-sampling between stages.

use burn::module::Module;
use burn::nn::{LayerNorm, LayerNormConfig, Linear};
use burn::tensor::{Device, Tensor};

use super::block::new_linear;
use crate::model::kernels::{layer_norm, linear};

/// Joins 2x2 neighbouring tokens into one of twice the channels (Swin V2: projection, then norm).
#[derive(Module, Debug)]
pub struct PatchMerging {
    reduction: Linear,
    norm: LayerNorm,
}

impl PatchMerging {
    /// Random weights for `channels` input channels.
    pub fn new(channels: usize, device: &Device) -> Self {
        Self {
            reduction: new_linear(4 * channels, 2 * channels, false, device),
            norm: LayerNormConfig::new(2 * channels).with_epsilon(1e-5).init(device),
        }
    }

    /// `[B, H, W, C]` to `[B, ceil(H / 2), ceil(W / 2), 2 C]`.
    pub fn forward(&self, tokens: Tensor<4>) -> Tensor<4> {
        let tokens = to_even(to_even(tokens, 1), 2);
        let [batch, height, width, channels] = tokens.dims();
        let (rows, columns) = (height / 2, width / 2);
        // The published order of the four neighbours: (0, 0), (1, 0), (0, 1), (1, 1) as (row, column).
        let joined = tokens
            .reshape([batch, rows, 2, columns, 2, channels])
            .permute([0, 1, 3, 4, 2, 5])
            .reshape([batch, rows, columns, 4 * channels]);
        layer_norm(&self.norm, linear(&self.reduction, joined))
    }
}

/// Appends a row or column of zeros where the side along `axis` is odd.
fn to_even(tokens: Tensor<4>, axis: usize) -> Tensor<4> {
    let mut shape = tokens.dims();
    if shape[axis].is_multiple_of(2) {
        return tokens;
    }
    shape[axis] = 1;
    let zeros = Tensor::zeros(shape, (&tokens.device(), tokens.dtype()));
    Tensor::cat(vec![tokens, zeros], axis)
}
