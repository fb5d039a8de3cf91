//! Normalisation without batch statistics.

use burn::module::{Module, Param};
use burn::nn::Initializer;
use burn::tensor::{Device, FloatDType, Tensor};

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
        let numbers: FloatDType = x.dtype().into();
        // Sums over an image leave the range of 16 bits.
        let flat = x.clone().reshape([batch, channels * height * width]).cast(FloatDType::F32);
        let mean = flat.clone().mean_dim(1);
        let variance = (flat.square().mean_dim(1) - mean.clone().square()).clamp_min(0.0);
        let inverse = (variance + EPSILON).sqrt().recip();
        let [weight, bias] =
            [&self.weight, &self.bias].map(|p| p.val().cast(FloatDType::F32).unsqueeze::<2>());
        let scale = weight * inverse;
        let shift = bias - scale.clone() * mean;
        let [scale, shift] = [scale, shift].map(|v| v.cast(numbers).reshape([batch, channels, 1, 1]));
        x * scale + shift
    }
}
