//! Normalisation without batch statistics.

use burn::module::{Module, Param};
use burn::nn::Initializer;
use burn::tensor::activation::relu;
use burn::tensor::{Device, FloatDType, Tensor};

use super::kernels::one_group_norm;

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
        one_group_norm(&x, &self.weight.val(), &self.bias.val(), false).unwrap_or_else(|| self.normalised(x))
    }

    /// As [`Self::forward`], then `ReLU`.
    pub fn rectified(&self, x: Tensor<4>) -> Tensor<4> {
        one_group_norm(&x, &self.weight.val(), &self.bias.val(), true)
            .unwrap_or_else(|| relu(self.normalised(x)))
    }

    fn normalised(&self, x: Tensor<4>) -> Tensor<4> {
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

#[cfg(test)]
mod tests {
    use burn::tensor::Distribution;

    use super::*;
    use crate::model::kernels::testing::{assert_near, pull, slope, values};

    #[test]
    fn the_kernel_gives_what_the_tensors_give() {
        let device = Device::flex().autodiff();
        device.seed(4);
        let mut norm = OneGroupNorm::new(5, &device);
        let random = |mean| Tensor::<1>::random([5], Distribution::Normal(mean, 0.5), &device);
        norm.weight = Param::from_tensor(random(1.0));
        norm.bias = Param::from_tensor(random(0.0));
        let x = Tensor::<4>::random([3, 5, 6, 7], Distribution::Normal(0.5, 2.0), &device).require_grad();
        let run = |output: Tensor<4>| {
            let gradients = pull(output.clone());
            let [weight, bias] = [&norm.weight, &norm.bias].map(|param| slope(&param.val(), &gradients));
            vec![values(output), slope(&x, &gradients), weight, bias]
        };
        assert_near(&run(norm.forward(x.clone())), &run(norm.normalised(x.clone())), 1e-5);
        assert_near(&run(norm.rectified(x.clone())), &run(relu(norm.normalised(x.clone()))), 1e-5);
    }
}
