//! GELU without a scalar error function per element.

use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::NoCheckpointing;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::ops::ActivationOps;
use burn::backend::{Autodiff, Flex};
use burn::tensor::{DType, Tensor, TensorData, activation};

use super::elements;

/// The Gaussian error linear unit, `x Phi(x)` (Hendrycks and Gimpel, arXiv:1606.08415), with the exact `Phi`, to single
/// precision.
pub fn gelu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    if let Ok(input) = x.clone().try_into_primitive::<Autodiff<Flex>>() {
        drop(x);
        let output = match Gelu.prepare::<NoCheckpointing>([input.node()]).compute_bound().stateful() {
            OpsKind::Tracked(mut prepared) => {
                let state = prepared.checkpoint(&input);
                prepared.finish(state, forward(input.into_primitive()))
            }
            OpsKind::UnTracked(prepared) => prepared.finish(forward(input.into_primitive())),
        };
        return Tensor::from_primitive::<Autodiff<Flex>>(output);
    }
    match x.clone().try_into_primitive::<Flex>() {
        Ok(input) => Tensor::from_primitive::<Flex>(forward(input)),
        Err(_) => activation::gelu(x),
    }
}

#[derive(Debug)]
struct Gelu;

impl Backward<Flex, 1> for Gelu {
    type State = NodeId;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, checkpointer: &mut Checkpointer) {
        let gradient = grads.consume::<Flex>(&ops.node);
        let x: FlexTensor = checkpointer.retrieve_node_output(ops.state);
        if let [Some(node)] = ops.parents {
            grads.register::<Flex>(node.id, backward(&x, gradient));
        }
    }
}

fn forward(x: FlexTensor) -> FlexTensor {
    if x.dtype() != DType::F32 {
        return Flex::gelu(x);
    }
    let shape = x.layout().shape().clone();
    let x = x.to_contiguous();
    FlexTensor::from_data(TensorData::new::<f32, _>(medley_kernels::gelu(elements(&x)), shape))
}

fn backward(x: &FlexTensor, gradient: FlexTensor) -> FlexTensor {
    if x.dtype() != DType::F32 {
        return Flex::gelu_backward(x.clone(), gradient);
    }
    let shape = x.layout().shape().clone();
    let (x, gradient) = (x.to_contiguous(), gradient.to_contiguous());
    let slopes = medley_kernels::gelu_backward(elements(&x), elements(&gradient));
    FlexTensor::from_data(TensorData::new::<f32, _>(slopes, shape))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn::tensor::Device;

    use super::*;

    fn values(tensor: Tensor<1>) -> Vec<f32> {
        tensor.into_data().iter::<f32>().collect()
    }

    fn run(device: &Device, x: &[f32], apply: impl Fn(Tensor<1>) -> Tensor<1>) -> (Vec<f32>, Vec<f32>) {
        let x = Tensor::<1>::from_floats(x, device).require_grad();
        let output = apply(x.clone());
        let gradients = output.clone().sum().backward();
        (values(output.inner()), values(x.grad(&gradients).unwrap()))
    }

    #[test]
    fn values_and_gradients_are_those_of_the_engine() {
        let x: Vec<f32> =
            (-1200..=1200).map(|i| i as f32 / 100.0).chain([-300.0, 300.0, 1e-20, -0.0]).collect();
        for device in [Device::flex().autodiff(), Device::flex().autodiff().gradient_checkpointing()] {
            let (expected, slopes) = run(&device, &x, activation::gelu);
            let (found, found_slopes) = run(&device, &x, gelu);
            for (index, x) in x.iter().enumerate() {
                assert!((expected[index] - found[index]).abs() <= 1e-6 * x.abs().max(1.0), "at {x}");
                assert!((slopes[index] - found_slopes[index]).abs() <= 1e-5, "slope at {x}");
            }
        }
    }

    #[test]
    fn views_are_read_as_they_look() {
        let device = Device::flex();
        let x = Tensor::<1>::from_floats([-1.0, 0.5, 2.0, -3.0, 0.1, 4.0], &device).reshape([2, 3]);
        let turned = x.clone().swap_dims(0, 1).narrow(0, 1, 2);
        let expected = values(activation::gelu(turned.clone()).flatten(0, 1));
        for (a, b) in expected.into_iter().zip(values(gelu(turned).flatten(0, 1))) {
            assert!((a - b).abs() < 1e-6);
        }
    }
}
