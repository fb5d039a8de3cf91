//! The bottleneck between encoder and decoders.

use burn::module::Module;
use burn::nn::conv::Conv2d;
use burn::tensor::{Device, Tensor};

use super::conv::conv1x1;
use super::kernels::{conv2d, gelu};
use super::norm::OneGroupNorm;

/// 1x1 convolution, one-group norm, GELU on the last pyramid level; its average is the image vector.
#[derive(Module, Debug)]
pub struct Squeezer {
    conv: Conv2d,
    norm: OneGroupNorm,
}

impl Squeezer {
    /// From `input` to `output` channels.
    pub fn new(input: usize, output: usize, device: &Device) -> Self {
        Self { conv: conv1x1([input, output], device), norm: OneGroupNorm::new(output, device) }
    }

    /// `[B, C, H, W]` to `[B, squeeze, H, W]`.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        gelu(self.norm.forward(conv2d(&self.conv, x)))
    }
}

/// The image vector: the mean over all positions, `[B, C, H, W]` to `[B, C]`.
pub fn global_average(x: Tensor<4>) -> Tensor<2> {
    let [batch, channels, height, width] = x.dims();
    x.reshape([batch, channels, height * width]).mean_dim(2).reshape([batch, channels])
}
