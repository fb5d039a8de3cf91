//! Linear layers over many tokens.

use burn::backend::flex::FlexTensor;
use burn::module::Param;
use burn::nn::Linear;
use burn::tensor::Tensor;
use medley_kernels::{column_sums, linear_input_gradient, linear_weight_gradient};

use super::operation::{elements, like, shaped, sides};
use super::weighted::{Weighted, apply_weighted};

/// `layer` on the last axis of `x`, `[B, H, W, C0]` to `[B, H, W, C1]`.
pub fn linear(layer: &Linear, x: Tensor<4>) -> Tensor<4> {
    let bias = layer.bias.as_ref().map(Param::val);
    affine(&x, &layer.weight.val(), bias.as_ref()).unwrap_or_else(|| layer.forward(x))
}

/// `x W + b`, `[B, H, W, C0]` to `[B, H, W, C1]`; `None` where the engine is not the CPU's.
pub fn affine(x: &Tensor<4>, weight: &Tensor<2>, bias: Option<&Tensor<1>>) -> Option<Tensor<4>> {
    apply_weighted(Affine, x, weight, bias)
}

/// Of `x` with `weight`, `[C0, C1]`, and `bias`, `[C1]`.
#[derive(Clone, Debug)]
struct Affine;

impl Weighted for Affine {
    fn forward(x: &FlexTensor, weight: &FlexTensor, bias: Option<&[f32]>) -> FlexTensor {
        let shape @ [_, outputs] = sides(weight);
        let [batch, height, width, _] = sides(x);
        let values = medley_kernels::linear(elements(x), elements(weight), bias, shape);
        shaped(values, [batch, height, width, outputs])
    }

    fn backward(
        x: &FlexTensor,
        weight: &FlexTensor,
        gradient: &FlexTensor,
        [of_x, of_weight]: [bool; 2],
    ) -> [Option<FlexTensor>; 2] {
        let (shape, slopes) = (sides(weight), elements(gradient));
        [
            of_x.then(|| like(x, linear_input_gradient(slopes, elements(weight), shape))),
            of_weight.then(|| like(weight, linear_weight_gradient(elements(x), slopes, shape))),
        ]
    }

    fn bias_gradient(gradient: &FlexTensor) -> Vec<f32> {
        let [_, _, _, outputs] = sides(gradient);
        column_sums(elements(gradient), outputs)
    }
}

#[cfg(test)]
mod tests {
    use burn::nn::LinearConfig;
    use burn::tensor::{Device, Distribution};

    use super::*;
    use crate::model::kernels::testing::{assert_near, pull, slope, values};

    #[test]
    fn output_and_gradients_are_those_of_the_engine() {
        let device = Device::flex().autodiff();
        device.seed(1);
        for (bias, inputs, outputs) in [(true, 32, 96), (false, 20, 7), (true, 1, 33)] {
            let layer = LinearConfig::new(inputs, outputs).with_bias(bias).init(&device);
            let x = Tensor::<4>::random([2, 3, 5, inputs], Distribution::Normal(0.0, 1.0), &device);
            // Read as it looks, not as it lies.
            let x = x.swap_dims(1, 2).require_grad();
            let run = |apply: fn(&Linear, Tensor<4>) -> Tensor<4>| {
                let output = apply(&layer, x.clone());
                let gradients = pull(output.clone());
                let bias = layer.bias.as_ref().map(|bias| slope(&bias.val(), &gradients));
                let weight = slope(&layer.weight.val(), &gradients);
                [values(output), slope(&x, &gradients), weight].into_iter().chain(bias).collect::<Vec<_>>()
            };
            assert_near(&run(linear), &run(Linear::forward), 1e-4);
        }
    }
}
