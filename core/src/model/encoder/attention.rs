//! Scaled cosine attention within windows (Swin V2, section 3.2).

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::activation::softmax;
use burn::tensor::{DType, Device, Tensor};
use medley_kernels::Attention;

use super::block::new_linear;
use super::position::{PositionBias, PositionTable};
use super::windows::Windows;
use crate::model::kernels::{is_on_cpu, linear, window_attention};

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
            qkv: new_linear(channels, 3 * channels, true, device),
            proj: new_linear(channels, channels, true, device),
            logit_scale: Param::from_tensor(Tensor::full([heads], 10.0_f32.ln(), device)),
            position: PositionBias::new(heads, device),
            heads,
            window,
            shift,
        }
    }

    /// `[B, H, W, C]` to the same shape.
    pub fn forward(&self, tokens: Tensor<4>, table: &PositionTable) -> Tensor<4> {
        let [_, height, width, _] = tokens.dims();
        let windows = Windows::new(height, width, self.window, self.shift);
        match self.fused(&tokens, &windows, table) {
            Some(mixed) => linear(&self.proj, mixed),
            None => self.composed(tokens, &windows, table),
        }
    }

    /// The attention of the whole map, before the last layer; `None` where there is no kernel for it.
    fn fused(&self, tokens: &Tensor<4>, windows: &Windows, table: &PositionTable) -> Option<Tensor<4>> {
        let [.., channels] = tokens.dims();
        let attention =
            Attention { windows: windows.cut(), heads: self.heads, channels: channels / self.heads };
        if !attention.is_supported() || !is_on_cpu(tokens) {
            return None;
        }
        // What is linear in each token needs no windows, and so no padding.
        let (layer, bias) = self.qkv_layer(channels);
        let qkv = linear(&layer, tokens.clone());
        window_attention(attention, &qkv, &bias?, &self.scale(), &self.position.forward(table))
    }

    /// The same from tensors, window by window.
    fn composed(&self, tokens: Tensor<4>, windows: &Windows, table: &PositionTable) -> Tensor<4> {
        let [.., channels] = tokens.dims();
        let x = windows.partition(tokens);
        let [total, area, _] = x.dims();
        let (device, numbers) = (x.device(), x.dtype().into());

        let [query, key, value] = self.qkv(x, area, total, channels);
        let scale = self.scale().reshape([1, self.heads, 1, 1]);
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

    /// The inverse temperature of each head.
    fn scale(&self) -> Tensor<1> {
        self.logit_scale.val().clamp_max(MAX_LOGIT_SCALE).exp()
    }

    /// Queries, keys and values, `[windows, heads, tokens, channels / heads]` each.
    fn qkv(&self, x: Tensor<3>, area: usize, total: usize, channels: usize) -> [Tensor<4>; 3] {
        let (layer, bias) = self.qkv_layer(channels);
        let mut joint = layer.forward(x);
        if let Some(bias) = bias {
            joint = joint + bias.unsqueeze::<3>();
        }
        let joint = joint.reshape([total, area, 3 * self.heads, channels / self.heads]).swap_dims(1, 2);
        [0, 1, 2].map(|part| joint.clone().narrow(1, part * self.heads, self.heads))
    }

    /// The layer of queries, keys and values without its bias, and the bias, `[3 C]`.
    fn qkv_layer(&self, channels: usize) -> (Linear, Option<Tensor<1>>) {
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
        (qkv, bias)
    }
}

/// Vectors of the last axis scaled to length one. The small constant keeps the gradient finite where a
/// padded token is all zeros; in 16 bits it must be larger for that.
pub fn unit(x: Tensor<4>) -> Tensor<4> {
    let smallest = if x.dtype() == DType::F16 { 1e-4 } else { 1e-12 };
    let length = (x.clone().square().sum_dim(3) + smallest).sqrt();
    x / length
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn::tensor::Distribution;

    use super::*;
    use crate::model::kernels::testing::{assert_near, pull, slope, values};
    use crate::model::take_gradients;

    #[test]
    fn the_kernel_gives_what_the_tensors_give() {
        let device = Device::flex().autodiff();
        device.seed(2);
        // Whole windows; shifted ones; padding and a shift along one axis alone; padding and several heads.
        for (heads, [height, width], shift) in
            [(1, [8, 8], 0), (2, [16, 24], 4), (1, [7, 9], 4), (3, [12, 20], 4)]
        {
            let channels = 32 * heads;
            let mut attention = WindowAttention::new(channels, heads, 8, shift, &device);
            let random =
                |sides: [usize; 4]| Tensor::<4>::random(sides, Distribution::Normal(0.0, 1.0), &device);
            attention.qkv.bias = Some(Param::from_tensor(random([1, 1, 1, 3 * channels]).flatten(0, 3)));
            // One head at the highest temperature that is allowed, and beyond.
            attention.logit_scale = Param::from_tensor(Tensor::full([heads], 4.7, &device));
            let tokens = random([2, height, width, channels]).require_grad();
            let table = PositionBias::table(8, &device, tokens.dtype().into());
            let windows = Windows::new(height, width, 8, shift);
            let run = |output: Tensor<4>| {
                let mut gradients = pull(output.clone());
                let mut found = vec![values(output), slope(&tokens, &gradients)];
                found.extend(take_gradients(&attention, &mut gradients).into_values().map(values));
                found
            };
            let fused = linear(&attention.proj, attention.fused(&tokens, &windows, &table).unwrap());
            let composed = attention.composed(tokens.clone(), &windows, &table);
            assert_near(&run(fused), &run(composed), 1e-4);
        }
    }
}
