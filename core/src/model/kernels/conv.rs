//! 3x3 convolution whose gradients are a matrix product and a convolution.
//!
//! The engine takes the gradient of the weight to be a convolution whose kernel is as large as the image, and that of
//! the input a transposed convolution; both run far below the speed of its matrix product, as does its convolution
//! with few channels.

use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::NoCheckpointing;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::ops::{ConvOptions, ModuleOps};
use burn::backend::{Autodiff, Flex};
use burn::nn::conv::Conv2d;
use burn::tensor::{DType, Tensor, TensorData};
use medley_kernels::convolve;

use super::elements;

/// `layer` on `x`, `[B, C0, H, W]` to `[B, C1, H', W']`.
pub fn conv2d(layer: &Conv2d, x: Tensor<4>) -> Tensor<4> {
    let weight = layer.weight.val();
    let [_, _, height, width] = weight.dims();
    let keeps_size = [height, width] == [SIDE, SIDE] && layer.stride == [1, 1];
    let is_full = x.dtype() == DType::F32;
    let tracked = |tensor: &Tensor<4>| tensor.clone().try_into_primitive::<Autodiff<Flex>>().ok();
    let (true, Some(input), Some(kernel)) = (keeps_size && is_full, tracked(&x), tracked(&weight)) else {
        return layer.forward(x);
    };
    let output =
        match SameConv.prepare::<NoCheckpointing>([input.node(), kernel.node()]).compute_bound().stateful() {
            OpsKind::Tracked(mut prepared) => {
                let state = (prepared.checkpoint(&input), prepared.checkpoint(&kernel));
                prepared.finish(state, forward(input.into_primitive(), kernel.into_primitive()))
            }
            OpsKind::UnTracked(prepared) => {
                prepared.finish(forward(input.into_primitive(), kernel.into_primitive()))
            }
        };
    let output = Tensor::from_primitive::<Autodiff<Flex>>(output);
    match &layer.bias {
        Some(bias) => {
            let bias = bias.val();
            let [channels] = bias.dims();
            output + bias.reshape([1, channels, 1, 1])
        }
        None => output,
    }
}

/// Side of the kernel.
const SIDE: usize = 3;

fn plain(primitive: FlexTensor) -> Tensor<4> {
    Tensor::from_primitive::<Flex>(primitive)
}

fn primitive(tensor: Tensor<4>) -> FlexTensor {
    match tensor.try_into_primitive::<Flex>() {
        Ok(primitive) => primitive,
        Err(error) => unreachable!("made from tensors of this engine: {error:?}"),
    }
}

/// A 3x3 convolution with stride 1 and zeros around the image.
fn forward(x: FlexTensor, weight: FlexTensor) -> FlexTensor {
    if x.dtype() != DType::F32 {
        return Flex::conv2d(x, weight, None, ConvOptions::new([1, 1], [1, 1], [1, 1], 1));
    }
    let (x, weight) = (x.to_contiguous(), weight.to_contiguous());
    let [batch, channels, height, width] = x.layout().shape().dims();
    let [outputs, ..] = weight.layout().shape().dims::<4>();
    let values = convolve(elements(&x), [batch, channels, height, width], elements(&weight), outputs);
    FlexTensor::from_data(TensorData::new::<f32, _>(values, [batch, outputs, height, width]))
}

#[derive(Debug)]
struct SameConv;

impl Backward<Flex, 2> for SameConv {
    type State = (NodeId, NodeId);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, checkpointer: &mut Checkpointer) {
        let gradient = plain(grads.consume::<Flex>(&ops.node));
        let x = plain(checkpointer.retrieve_node_output(ops.state.0));
        let weight = plain(checkpointer.retrieve_node_output(ops.state.1));
        let [of_x, of_weight] = ops.parents;
        if let Some(node) = of_x {
            // The kernel turned by 180 degrees, from outputs to inputs.
            let turned = weight.flip([2, 3]).swap_dims(0, 1);
            grads.register::<Flex>(node.id, forward(primitive(gradient.clone()), primitive(turned)));
        }
        if let Some(node) = of_weight {
            grads.register::<Flex>(node.id, primitive(weight_gradient(x, gradient)));
        }
    }
}

/// `[B, C0, H, W]` and the gradient of the output, `[B, C1, H, W]`, to the gradient of the weight, `[C1, C0, 3, 3]`:
/// at each offset of the kernel the product of one with the other, moved by that offset.
fn weight_gradient(x: Tensor<4>, gradient: Tensor<4>) -> Tensor<4> {
    // The one with fewer channels moves: less is copied.
    let is_input_moved = x.dims()[1] <= gradient.dims()[1];
    let (moved, still) = if is_input_moved { (x, gradient) } else { (gradient, x) };
    let [batch, few, height, width] = moved.dims();
    let [_, many, ..] = still.dims();
    let moved = moved.pad((1, 1, 1, 1), 0.0);
    // Image by image, so that the copies stay small.
    let products = (0..batch).map(|image| {
        let offsets = (0..SIDE * SIDE).map(|offset| {
            let (y, x) = (offset / SIDE, offset % SIDE);
            let window = moved.clone().slice([image..image + 1, 0..few, y..y + height, x..x + width]);
            window.reshape([few, height * width])
        });
        let still = still.clone().narrow(0, image, 1).reshape([many, height * width]);
        Tensor::cat(offsets.collect(), 0).matmul(still.transpose())
    });
    let zeros = Tensor::zeros([SIDE * SIDE * few, many], &still.device());
    let sum = products.fold(zeros, |sum, product| sum + product).reshape([SIDE, SIDE, few, many]);
    // A moved gradient meets the input from the other side.
    if is_input_moved { sum.permute([3, 2, 0, 1]) } else { sum.flip([0, 1]).permute([2, 3, 0, 1]) }
}

#[cfg(test)]
mod tests {
    use burn::nn::PaddingConfig2d;
    use burn::nn::conv::Conv2dConfig;
    use burn::tensor::{Device, Distribution};

    use super::*;

    /// Output and gradients of input, weight and bias.
    fn run(layer: &Conv2d, x: &Tensor<4>, apply: impl Fn(&Conv2d, Tensor<4>) -> Tensor<4>) -> Vec<Vec<f32>> {
        let x = x.clone().require_grad();
        let output = apply(layer, x.clone());
        let weights = Tensor::<4>::ones(output.dims(), &output.device()).cumsum(3) * output.clone().tanh();
        let gradients = (output.clone() * weights.detach()).sum().backward();
        let values = |tensor: Option<Tensor<1>>| {
            tensor.map(|tensor| tensor.into_data().iter::<f32>().collect()).unwrap_or_default()
        };
        vec![
            values(Some(output.inner().flatten(0, 3))),
            values(x.grad(&gradients).map(|g| g.flatten(0, 3))),
            values(layer.weight.grad(&gradients).map(|g| g.flatten(0, 3))),
            values(layer.bias.as_ref().and_then(|bias| bias.grad(&gradients))),
        ]
    }

    #[test]
    fn output_and_gradients_are_those_of_the_engine() {
        let device = Device::flex().autodiff();
        device.seed(1);
        for (batch, inputs, outputs, [height, width]) in
            [(2, 3, 7, [9, 5]), (3, 8, 2, [4, 11]), (1, 5, 5, [1, 1]), (2, 4, 6, [2, 3])]
        {
            let layer = Conv2dConfig::new([inputs, outputs], [3, 3])
                .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                .init(&device);
            let x = Tensor::random([batch, inputs, height, width], Distribution::Normal(0.0, 1.0), &device);
            let expected = run(&layer, &x, Conv2d::forward);
            let found = run(&layer, &x, conv2d);
            assert!(expected.iter().all(|values| !values.is_empty()));
            for (a, b) in expected.into_iter().flatten().zip(found.into_iter().flatten()) {
                assert!((a - b).abs() <= 1e-4 * a.abs().max(1.0), "{a} and {b}");
            }
        }
    }
}
