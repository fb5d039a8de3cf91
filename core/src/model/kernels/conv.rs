//! 3x3 convolution with gradients of the same kind.
//!
//! The engine takes the gradient of the weight to be a convolution whose kernel is as large as the image, and that of
//! the input a transposed convolution; both run far below the speed of its matrix product, as does its convolution
//! with few channels.

use burn::backend::flex::FlexTensor;
use burn::module::Param;
use burn::nn::conv::Conv2d;
use burn::tensor::Tensor;
use medley_kernels::{convolve, convolve_bias_gradient, convolve_weight_gradient};

use super::linear::affine;
use super::operation::{elements, is_on_cpu, like, shaped, sides};
use super::weighted::{Weighted, apply_weighted};

/// `layer`, neither grouped nor dilated, on `x`, `[B, C0, H, W]` to `[B, C1, H', W']`.
pub fn conv2d(layer: &Conv2d, x: Tensor<4>) -> Tensor<4> {
    let [_, _, height, width] = layer.weight.dims();
    let output = match ([height, width], layer.stride) {
        ([SIDE, SIDE], [1, 1]) => same(layer, &x),
        (kernel, stride) if kernel == stride => patches(layer, &x),
        _ => None,
    };
    output.unwrap_or_else(|| layer.forward(x))
}

fn same(layer: &Conv2d, x: &Tensor<4>) -> Option<Tensor<4>> {
    apply_weighted(Same, x, &layer.weight.val(), layer.bias.as_ref().map(Param::val).as_ref())
}

/// A convolution whose kernels lie side by side, as a linear layer on patches.
fn patches(layer: &Conv2d, x: &Tensor<4>) -> Option<Tensor<4>> {
    let weight = layer.weight.val();
    let [outputs, channels, height, width] = weight.dims();
    let [batch, _, rows, columns] = x.dims();
    if !is_on_cpu(x) || !rows.is_multiple_of(height) || !columns.is_multiple_of(width) {
        return None;
    }
    let (rows, columns, inputs) = (rows / height, columns / width, channels * height * width);
    let tokens = match [height, width] {
        [1, 1] => x.clone().permute([0, 2, 3, 1]),
        _ => x
            .clone()
            .reshape([batch, channels, rows, height, columns, width])
            .permute([0, 2, 4, 1, 3, 5])
            .reshape([batch, rows, columns, inputs]),
    };
    let weight = weight.reshape([outputs, inputs]).transpose();
    let output = affine(&tokens, &weight, layer.bias.as_ref().map(Param::val).as_ref())?;
    Some(output.permute([0, 3, 1, 2]))
}

/// Side of the kernel.
const SIDE: usize = 3;

/// A 3x3 convolution with stride 1 and zeros around the image: of `[B, C0, H, W]` with `[C1, C0, 3, 3]` and a bias, `[C1]`.
#[derive(Clone, Debug)]
struct Same;

impl Weighted for Same {
    fn forward(x: &FlexTensor, weight: &FlexTensor, bias: Option<&[f32]>) -> FlexTensor {
        let [batch, channels, height, width] = sides(x);
        let [outputs, ..] = sides::<4>(weight);
        let values = convolve(elements(x), [batch, channels, height, width], elements(weight), bias, outputs);
        shaped(values, [batch, outputs, height, width])
    }

    fn backward(
        x: &FlexTensor,
        weight: &FlexTensor,
        gradient: &FlexTensor,
        [of_x, of_weight]: [bool; 2],
    ) -> [Option<FlexTensor>; 2] {
        let slopes = elements(gradient);
        let [outputs, inputs, ..] = sides::<4>(weight);
        let turned = || turned(elements(weight), outputs, inputs);
        [
            of_x.then(|| like(x, convolve(slopes, sides(gradient), &turned(), None, inputs))),
            of_weight.then(|| like(weight, convolve_weight_gradient(elements(x), sides(x), slopes, outputs))),
        ]
    }

    fn bias_gradient(gradient: &FlexTensor) -> Vec<f32> {
        let [_, outputs, height, width] = sides(gradient);
        convolve_bias_gradient(elements(gradient), outputs, height * width)
    }
}

/// The kernels turned by 180 degrees, from outputs to inputs.
fn turned(weight: &[f32], outputs: usize, inputs: usize) -> Vec<f32> {
    const AREA: usize = SIDE * SIDE;
    let kernel = |place: usize| &weight[place * AREA..(place + 1) * AREA];
    let places = (0..inputs).flat_map(|input| (0..outputs).map(move |output| output * inputs + input));
    places.flat_map(|place| kernel(place).iter().rev().copied()).collect()
}

#[cfg(test)]
mod tests {
    use burn::nn::PaddingConfig2d;
    use burn::nn::conv::Conv2dConfig;
    use burn::tensor::{Device, Distribution};

    use super::*;
    use crate::model::kernels::testing::{assert_near, pull, slope, values};

    #[test]
    fn output_and_gradients_are_those_of_the_engine() {
        let device = Device::flex().autodiff();
        device.seed(1);
        for (batch, inputs, outputs, [height, width], side) in [
            (2, 3, 7, [9, 5], 3),
            (3, 8, 2, [4, 11], 3),
            (1, 5, 5, [1, 1], 3),
            (2, 4, 6, [2, 3], 3),
            (2, 5, 3, [4, 6], 1),
            (2, 3, 9, [8, 4], 4),
        ] {
            let padding = usize::from(side == 3);
            let layer = Conv2dConfig::new([inputs, outputs], [side, side])
                .with_stride(if side == 4 { [4, 4] } else { [1, 1] })
                .with_padding(PaddingConfig2d::Explicit(padding, padding, padding, padding))
                .init(&device);
            let x =
                Tensor::<4>::random([batch, inputs, height, width], Distribution::Normal(0.0, 1.0), &device)
                    .require_grad();
            let run = |apply: fn(&Conv2d, Tensor<4>) -> Tensor<4>| {
                let output = apply(&layer, x.clone());
                let gradients = pull(output.clone());
                let bias = layer.bias.as_ref().map(|bias| slope(&bias.val(), &gradients));
                vec![
                    values(output),
                    slope(&x, &gradients),
                    slope(&layer.weight.val(), &gradients),
                    bias.unwrap_or_default(),
                ]
            };
            assert_near(&run(conv2d), &run(Conv2d::forward), 1e-4);
        }
    }
}
