//! Linear layers over many tokens.

use burn::backend::flex::FlexTensor;
use burn::module::Param;
use burn::nn::Linear;
use burn::tensor::Tensor;
use medley_kernels::{column_sums, linear_input_gradient, linear_weight_gradient};

use super::operation::{Input, Operation, apply, elements, like, shaped, sides};

/// `layer` on the last axis of `x`, `[B, H, W, C0]` to `[B, H, W, C1]`.
pub fn linear(layer: &Linear, x: Tensor<4>) -> Tensor<4> {
    let bias = layer.bias.as_ref().map(Param::val);
    affine(&x, &layer.weight.val(), bias.as_ref()).unwrap_or_else(|| layer.forward(x))
}

/// `x W + b`, `[B, H, W, C0]` to `[B, H, W, C1]`; `None` where the engine is not the CPU's.
pub fn affine(x: &Tensor<4>, weight: &Tensor<2>, bias: Option<&Tensor<1>>) -> Option<Tensor<4>> {
    match bias {
        Some(bias) => apply(Affine, [Input::new(x), Input::new(weight), Input::new(bias)]),
        None => apply(Product, [Input::new(x), Input::new(weight)]),
    }
}

/// Of `x` with `weight`, `[C0, C1]`.
#[derive(Clone, Debug)]
struct Product;

/// The same with a bias, `[C1]`, added.
#[derive(Clone, Debug)]
struct Affine;

impl Operation<2> for Product {
    fn forward(&self, [x, weight]: &[FlexTensor; 2]) -> FlexTensor {
        forward(x, weight, None)
    }

    fn backward(
        &self,
        [x, weight]: &[FlexTensor; 2],
        gradient: &FlexTensor,
        wanted: [bool; 2],
    ) -> [Option<FlexTensor>; 2] {
        backward(x, weight, gradient, wanted)
    }
}

impl Operation<3> for Affine {
    fn forward(&self, [x, weight, bias]: &[FlexTensor; 3]) -> FlexTensor {
        forward(x, weight, Some(elements(bias)))
    }

    fn backward(
        &self,
        [x, weight, bias]: &[FlexTensor; 3],
        gradient: &FlexTensor,
        [of_x, of_weight, of_bias]: [bool; 3],
    ) -> [Option<FlexTensor>; 3] {
        let [of_x, of_weight] = backward(x, weight, gradient, [of_x, of_weight]);
        let [outputs] = sides(bias);
        [of_x, of_weight, of_bias.then(|| like(bias, column_sums(elements(gradient), outputs)))]
    }
}

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
