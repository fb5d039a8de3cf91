//! Normalisation without batch statistics.

use burn::module::{Module, Param};
use burn::nn::Initializer;
use burn::tensor::{Device, Tensor};

/// Group normalisation with one group (Wu & He, ECCV 2018): each image is normalised over its channels and
/// pixels, then scaled and shifted per channel. It does not see the batch, so that a step with one small
/// batch of one task is as good as any.
///
/// Written as one scale and one shift per image and channel: the large tensor is read three times instead
/// of the seven of the textbook form, which dominates at full resolution.
#[derive(Module, Debug)]
pub struct OneGroupNorm {
    /// Scale per channel, `[C]`.
    weight: Param<Tensor<1>>,
    /// Shift per channel, `[C]`.
    bias: Param<Tensor<1>>,
}

const EPSILON: f32 = 1e-5;

impl OneGroupNorm {
    /// Identity scale and shift for `channels` channels.
    pub fn new(channels: usize, device: &Device) -> Self {
        Self {
            weight: Initializer::Ones.init([channels], device),
            bias: Initializer::Zeros.init([channels], device),
        }
    }

    /// `[B, C, H, W]` to the same shape.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [batch, channels, height, width] = x.dims();
        let flat = x.clone().reshape([batch, channels * height * width]);
        let mean = flat.clone().mean_dim(1);
        let variance = (flat.square().mean_dim(1) - mean.clone().square()).clamp_min(0.0);
        let inverse = (variance + EPSILON).sqrt().recip();
        let scale = self.weight.val().unsqueeze::<2>() * inverse;
        let shift = self.bias.val().unsqueeze::<2>() - scale.clone() * mean;
        x * scale.reshape([batch, channels, 1, 1]) + shift.reshape([batch, channels, 1, 1])
    }
}
