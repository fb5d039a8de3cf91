//! One transformer block.

use burn::module::{Module, Param};
use burn::nn::{Initializer, LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::{Device, Distribution, FloatDType, Tensor};

use super::attention::WindowAttention;
use super::position::PositionTable;
use crate::model::kernels::{add_layer_norm, gelu, layer_norm, linear};

/// Attention and a two-layer perceptron, each normalised before it is added to its input (Swin V2,
/// section 3.1: "post-norm").
#[derive(Module, Debug)]
pub struct Block {
    attention: WindowAttention,
    norm1: LayerNorm,
    expand: Linear,
    contract: Linear,
    norm2: LayerNorm,
    /// Probability with which a branch is left out for an image in training.
    #[module(skip)]
    skip: f64,
}

impl Block {
    /// Random weights.
    pub fn new(channels: usize, heads: usize, window: usize, shift: usize, device: &Device) -> Self {
        // Scales of zero make every block start as the identity (the published model's initialisation), so
        // that a deep encoder learns from its first update on.
        let norm = || {
            let mut norm = LayerNormConfig::new(channels).with_epsilon(1e-5).init(device);
            norm.gamma = Param::from_tensor(Tensor::zeros([channels], device));
            norm
        };
        Self {
            attention: WindowAttention::new(channels, heads, window, shift, device),
            norm1: norm(),
            expand: new_linear(channels, 4 * channels, true, device),
            contract: new_linear(4 * channels, channels, true, device),
            norm2: norm(),
            skip: 0.0,
        }
    }

    /// The same block with stochastic depth: in training, each branch is left out for an image with this
    /// probability.
    pub fn with_skip(self, skip: f64) -> Self {
        Self { skip, ..self }
    }

    /// `[B, H, W, C]` to the same shape.
    pub fn forward(&self, tokens: Tensor<4>, table: &PositionTable) -> Tensor<4> {
        let x = self.joined(tokens.clone(), &self.norm1, self.attention.forward(tokens, table));
        let hidden = gelu(linear(&self.expand, x.clone()));
        self.joined(x, &self.norm2, linear(&self.contract, hidden))
    }

    /// `tokens` and a branch, normalised; in training without some images and with the others scaled up for them
    /// ("row" mode of torchvision's `StochasticDepth`).
    fn joined(&self, tokens: Tensor<4>, norm: &LayerNorm, branch: Tensor<4>) -> Tensor<4> {
        let device = branch.device();
        if self.skip == 0.0 || !device.is_autodiff() {
            return add_layer_norm(tokens, norm, branch);
        }
        let branch = layer_norm(norm, branch);
        let kept = 1.0 - self.skip;
        let [batch, ..] = branch.dims();
        let keeps = Tensor::<4>::random([batch, 1, 1, 1], Distribution::Bernoulli(kept), &device);
        tokens + branch.clone() * (keeps / kept).cast(FloatDType::from(branch.dtype()))
    }
}

/// A linear layer with `LeCun` initialisation (standard deviation `1 / sqrt(input)`).
///
/// The published model starts all its layers at 0.02. Its norms make the network indifferent to the size
/// of these weights but not to the size of a step relative to them: at the widths of `nano`, `AdamW` at the
/// rates that the decoders need would turn weights of 0.02 around within a few updates.
pub fn new_linear(input: usize, output: usize, bias: bool, device: &Device) -> Linear {
    normal_linear(input, output, bias, (input as f64).sqrt().recip(), device)
}

/// A linear layer whose weights start normal with the given standard deviation.
pub fn normal_linear(input: usize, output: usize, bias: bool, std: f64, device: &Device) -> Linear {
    LinearConfig::new(input, output)
        .with_bias(bias)
        .with_initializer(Initializer::Normal { mean: 0.0, std })
        .init(device)
}
