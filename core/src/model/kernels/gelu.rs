//! GELU without a scalar error function per element.

use burn::backend::flex::FlexTensor;
use burn::tensor::{Tensor, activation};

use super::operation::{Input, Operation, apply, elements, like};

/// The Gaussian error linear unit, `x Phi(x)` (Hendrycks and Gimpel, arXiv:1606.08415), with the exact `Phi`, to single
/// precision.
pub fn gelu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    apply(Gelu, [Input::new(&x)]).unwrap_or_else(|| activation::gelu(x))
}

#[derive(Clone, Debug)]
struct Gelu;

impl Operation<1> for Gelu {
    fn forward(&self, [x]: &[FlexTensor; 1]) -> FlexTensor {
        like(x, medley_kernels::gelu(elements(x)))
    }

    fn backward(
        &self,
        [x]: &[FlexTensor; 1],
        gradient: &FlexTensor,
        _wanted: [bool; 1],
    ) -> [Option<FlexTensor>; 1] {
        [Some(like(x, medley_kernels::gelu_backward(elements(x), elements(gradient))))]
    }
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
