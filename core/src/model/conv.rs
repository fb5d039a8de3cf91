//! Convolutions.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Initializer, PaddingConfig2d};
use burn::tensor::{Device, Tensor};

use super::kernels::conv2d;
use super::norm::OneGroupNorm;

/// A convolution with He initialisation (He et al., ICCV 2015).
fn conv(channels: [usize; 2], kernel: usize, stride: usize, bias: bool, device: &Device) -> Conv2d {
    let padding = (kernel - 1) / 2;
    Conv2dConfig::new(channels, [kernel, kernel])
        .with_stride([stride, stride])
        .with_padding(PaddingConfig2d::Explicit(padding, padding, padding, padding))
        .with_bias(bias)
        .with_initializer(Initializer::KaimingNormal { gain: std::f64::consts::SQRT_2, fan_out_only: false })
        .init(device)
}

/// A 1x1 convolution with bias.
pub fn conv1x1(channels: [usize; 2], device: &Device) -> Conv2d {
    conv(channels, 1, 1, true, device)
}

/// A 3x3 convolution with bias that keeps (stride 1) or halves (stride 2) the size.
pub fn conv3x3(channels: [usize; 2], stride: usize, device: &Device) -> Conv2d {
    conv(channels, 3, stride, true, device)
}

/// 3x3 convolution, one-group norm, `ReLU`: half a U-Net block.
#[derive(Module, Debug)]
pub struct ConvNormRelu {
    conv: Conv2d,
    norm: OneGroupNorm,
}

impl ConvNormRelu {
    /// From `channels[0]` to `channels[1]` channels.
    pub fn new(channels: [usize; 2], device: &Device) -> Self {
        // The norm's shift makes a bias of the convolution redundant.
        Self { conv: conv(channels, 3, 1, false, device), norm: OneGroupNorm::new(channels[1], device) }
    }

    /// `[B, C0, H, W]` to `[B, C1, H, W]`.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.norm.rectified(conv2d(&self.conv, x))
    }
}
