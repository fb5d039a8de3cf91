//! Scaled cosine attention within windows (Swin V2, section 3.2).

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::activation::softmax;
use burn::tensor::{DType, Device, Tensor};

use super::block::linear;
use super::position::{PositionBias, PositionTable};
use super::windows::Windows;

/// Multi-head attention between the tokens of a window.
#[derive(Module, Debug)]
pub struct WindowAttention {
    qkv: Linear,
    proj: Linear,
    /// Logarithm of the inverse temperature, `[heads]`.
    logit_scale: Param<Tensor<1>>,
    position: PositionBias,
    #[module(skip)]
    heads: usize,
    #[module(skip)]
    window: usize,
    #[module(skip)]
    shift: usize,
}

/// The inverse temperature is at most 100.
const MAX_LOGIT_SCALE: f32 = 4.605_170_2;

impl WindowAttention {
    /// Random weights.
    pub fn new(channels: usize, heads: usize, window: usize, shift: usize, device: &Device) -> Self {
        Self {
            qkv: linear(channels, 3 * channels, true, device),
            proj: linear(channels, channels, true, device),
            logit_scale: Param::from_tensor(Tensor::full([heads], 10.0_f32.ln(), device)),
            position: PositionBias::new(heads, device),
            heads,
            window,
            shift,
        }
    }

    /// `[B, H, W, C]` to the same shape.
    pub fn forward(&self, tokens: Tensor<4>, table: &PositionTable) -> Tensor<4> {
        let [_, height, width, channels] = tokens.dims();
        let windows = Windows::new(height, width, self.window, self.shift);
        let x = windows.partition(tokens);
        let [total, area, _] = x.dims();
        let (device, numbers) = (x.device(), x.dtype().into());

        let [query, key, value] = self.qkv(x, area, total, channels);
        let scale = self.logit_scale.val().clamp_max(MAX_LOGIT_SCALE).exp().reshape([1, self.heads, 1, 1]);
        let mut logits = (unit(query) * scale).matmul(unit(key).transpose())
            + self.position.forward(table).unsqueeze::<4>();
        if let Some(mask) = windows.mask(&device, numbers) {
            let count = windows.count();
            logits = (logits.reshape([total / count, count, self.heads, area * area])
                + mask.reshape([1, count, 1, area * area]))
            .reshape([total, self.heads, area, area]);
        }
        let mixed = softmax(logits, 3).matmul(value).swap_dims(1, 2).reshape([total, area, channels]);
        windows.merge(self.proj.forward(mixed))
    }

    /// Queries, keys and values, `[windows, heads, tokens, channels / heads]` each.
    fn qkv(&self, x: Tensor<3>, area: usize, total: usize, channels: usize) -> [Tensor<4>; 3] {
        let mut qkv = self.qkv.clone();
        // Keys have no bias: under the softmax over keys it would cancel for the plain dot product, and
        // the published model leaves it out for the cosine too.
        let bias = qkv.bias.take().map(|bias| {
            let bias = bias.val();
            let keys = Tensor::zeros([channels], (&bias.device(), bias.dtype()));
            Tensor::cat(
                vec![bias.clone().narrow(0, 0, channels), keys, bias.narrow(0, 2 * channels, channels)],
                0,
            )
        });
        let mut joint = qkv.forward(x);
        if let Some(bias) = bias {
            joint = joint + bias.unsqueeze::<3>();
        }
        let joint = joint.reshape([total, area, 3 * self.heads, channels / self.heads]).swap_dims(1, 2);
        [0, 1, 2].map(|part| joint.clone().narrow(1, part * self.heads, self.heads))
    }
}

/// Vectors of the last axis scaled to length one. The small constant keeps the gradient finite where a
/// padded token is all zeros; in 16 bits it must be larger for that.
pub fn unit(x: Tensor<4>) -> Tensor<4> {
    let smallest = if x.dtype() == DType::F16 { 1e-4 } else { 1e-12 };
    let length = (x.clone().square().sum_dim(3) + smallest).sqrt();
    x / length
}
