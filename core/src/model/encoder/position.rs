//! Log-spaced continuous position bias (Swin V2, section 3.3).

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::activation::{relu, sigmoid};
use burn::tensor::{Device, FloatDType, Int, Tensor};

use super::block::normal_linear;

/// What is the same for every block of one window size: relative coordinates, and which of them belongs to
/// which pair of tokens.
#[derive(Clone, Debug)]
pub struct PositionTable {
    coordinates: Tensor<2>,
    index: Tensor<1, Int>,
    tokens: usize,
}

/// A small network from log-spaced relative coordinates to a bias per head.
#[derive(Module, Debug)]
pub struct PositionBias {
    hidden: Linear,
    heads: Linear,
}

/// Width of the hidden layer, and how its weights start: the bias begins nearly constant (published model).
const HIDDEN: usize = 512;
const STD: f64 = 0.02;

impl PositionBias {
    /// Random weights for `heads` heads.
    pub fn new(heads: usize, device: &Device) -> Self {
        Self {
            hidden: normal_linear(2, HIDDEN, true, STD, device),
            heads: normal_linear(HIDDEN, heads, false, STD, device),
        }
    }

    /// The table for a window of `size` x `size` tokens.
    pub fn table(size: usize, device: &Device, numbers: FloatDType) -> PositionTable {
        let span = 2 * size - 1;
        // Equation 4: sign(d) log2(1 + |d|) / log2(8), with d normalised to [-8, 8].
        let log_spaced = |offset: usize| {
            let d = 8.0 * (offset as f32 - (size as f32 - 1.0)) / (size as f32 - 1.0).max(1.0);
            d.signum() * (d.abs() + 1.0).log2() / 3.0
        };
        let coordinates: Vec<f32> =
            (0..span * span).flat_map(|i| [log_spaced(i / span), log_spaced(i % span)]).collect();
        let tokens = size * size;
        let index: Vec<i32> = (0..tokens * tokens)
            .map(|pair| {
                let (query, key) = (pair / tokens, pair % tokens);
                let dy = query / size + size - 1 - key / size;
                let dx = query % size + size - 1 - key % size;
                (dy * span + dx) as i32
            })
            .collect();
        PositionTable {
            coordinates: Tensor::<1>::from_floats(coordinates.as_slice(), device)
                .cast(numbers)
                .reshape([span * span, 2]),
            index: Tensor::from_ints(index.as_slice(), device),
            tokens,
        }
    }

    /// `[heads, tokens, tokens]`, in (0, 16).
    pub fn forward(&self, table: &PositionTable) -> Tensor<3> {
        let bias = self.heads.forward(relu(self.hidden.forward(table.coordinates.clone())));
        let [_, heads] = bias.dims();
        let bias = sigmoid(bias).mul_scalar(16.0).transpose();
        bias.select(1, table.index.clone()).reshape([heads, table.tokens, table.tokens])
    }
}
