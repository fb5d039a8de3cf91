//! Attention within windows, without the tensors between its parts.

use burn::backend::flex::FlexTensor;
use burn::tensor::Tensor;
use medley_kernels::Attention;

use super::operation::{Input, Operation, apply, elements, like, shaped, sides};

/// Queries, keys and values of a map of tokens, `[B, H, W, 3 C]`, to mixed values, `[B, H, W, C]`: see
/// [`Attention::forward`], also for `bias` `[3 C]`, `scale` `[heads]` and `position` `[heads, tokens, tokens]`. `None`
/// where the engine is not the CPU's. The attention must be [supported](Attention::is_supported).
pub fn window_attention(
    attention: Attention,
    qkv: &Tensor<4>,
    bias: &Tensor<1>,
    scale: &Tensor<1>,
    position: &Tensor<3>,
) -> Option<Tensor<4>> {
    let inputs = [Input::new(qkv), Input::new(bias), Input::new(scale), Input::new(position)];
    apply(WindowAttention(attention), inputs)
}

#[derive(Clone, Debug)]
struct WindowAttention(Attention);

impl Operation<4> for WindowAttention {
    fn forward(&self, inputs: &[FlexTensor; 4]) -> FlexTensor {
        let [qkv, bias, scale, position] = inputs.each_ref().map(elements);
        let [batch, height, width, channels] = sides(&inputs[0]);
        shaped(self.0.forward(qkv, bias, scale, position), [batch, height, width, channels / 3])
    }

    fn backward(
        &self,
        inputs: &[FlexTensor; 4],
        gradient: &FlexTensor,
        _wanted: [bool; 4],
    ) -> [Option<FlexTensor>; 4] {
        let [qkv, bias, scale, position] = inputs.each_ref().map(elements);
        let found = self.0.backward(qkv, bias, scale, position, elements(gradient));
        let [of_qkv, of_bias, of_scale, of_position] = inputs;
        [
            Some(like(of_qkv, found.qkv)),
            Some(like(of_bias, found.bias)),
            Some(like(of_scale, found.scale)),
            Some(like(of_position, found.position)),
        ]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn::tensor::Device;
    use medley_kernels::Windows;

    use super::*;
    use crate::model::kernels::testing::{assert_slopes, wave};

    #[test]
    fn the_gradients_are_the_slopes() {
        let device = Device::flex().autodiff();
        let windows = Windows { size: [6, 11], side: 8, shift: [0, 4] };
        let attention = Attention { windows, heads: 1, channels: 32 };
        let inputs = [
            wave(6 * 11 * 96, 0.37, &device),
            wave(96, 0.9, &device),
            Tensor::from_floats([3.0], &device),
            wave(64 * 64, 0.11, &device),
        ];
        assert_slopes(&inputs, |[qkv, bias, scale, position]| {
            let (qkv, position) = (qkv.reshape([1, 6, 11, 96]), position.reshape([1, 64, 64]));
            window_attention(attention, &qkv, &bias, &scale, &position).unwrap()
        });
    }
}
