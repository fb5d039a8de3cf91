//! One transformer block.

use burn::module::Module;
use burn::nn::{Initializer, LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::activation::gelu;
use burn::tensor::{Device, Tensor};

use super::attention::WindowAttention;
use super::position::PositionTable;

/// Attention and a two-layer perceptron, each normalised before it is added to its input (Swin V2,
/// section 3.1: "post-norm").
#[derive(Module, Debug)]
pub struct Block {
    attention: WindowAttention,
    norm1: LayerNorm,
    expand: Linear,
    contract: Linear,
    norm2: LayerNorm,
}

impl Block {
    /// Random weights.
    pub fn new(channels: usize, heads: usize, window: usize, shift: usize, device: &Device) -> Self {
        let norm = || LayerNormConfig::new(channels).with_epsilon(1e-5).init(device);
        Self {
            attention: WindowAttention::new(channels, heads, window, shift, device),
            norm1: norm(),
            expand: linear(channels, 4 * channels, true, device),
            contract: linear(4 * channels, channels, true, device),
            norm2: norm(),
        }
    }

    /// `[B, H, W, C]` to the same shape.
    pub fn forward(&self, tokens: Tensor<4>, table: &PositionTable) -> Tensor<4> {
        let x = tokens.clone() + self.norm1.forward(self.attention.forward(tokens, table));
        let hidden = gelu(self.expand.forward(x.clone()));
        x + self.norm2.forward(self.contract.forward(hidden))
    }
}

/// A linear layer that starts as in the published model: normal with a standard deviation of 0.02.
pub fn linear(input: usize, output: usize, bias: bool, device: &Device) -> Linear {
    LinearConfig::new(input, output)
        .with_bias(bias)
        .with_initializer(Initializer::Normal { mean: 0.0, std: 0.02 })
        .init(device)
}
