//! Operations of layers: an input, a weight and, where the layer has one, a bias.

use std::fmt::Debug;

use burn::backend::flex::FlexTensor;
use burn::tensor::Tensor;

use super::operation::{Input, Operation, apply, elements, like};

/// What a layer does to its input.
pub trait Weighted: Clone + Debug + Send + 'static {
    /// The result.
    fn forward(x: &FlexTensor, weight: &FlexTensor, bias: Option<&[f32]>) -> FlexTensor;

    /// The gradients of input and weight, `None` where none is wanted, from that of the result.
    fn backward(
        x: &FlexTensor,
        weight: &FlexTensor,
        gradient: &FlexTensor,
        wanted: [bool; 2],
    ) -> [Option<FlexTensor>; 2];

    /// The gradient of the bias from that of the result.
    fn bias_gradient(gradient: &FlexTensor) -> Vec<f32>;
}

/// `layer` on `x`; `None` where the engine is not the CPU's.
pub fn apply_weighted<W: Weighted, const D: usize, const E: usize>(
    layer: W,
    x: &Tensor<D>,
    weight: &Tensor<E>,
    bias: Option<&Tensor<1>>,
) -> Option<Tensor<D>> {
    let (x, weight) = (Input::new(x), Input::new(weight));
    match bias {
        Some(bias) => apply(WithBias(layer), [x, weight, Input::new(bias)]),
        None => apply(WithoutBias(layer), [x, weight]),
    }
}

#[derive(Clone, Debug)]
struct WithoutBias<W>(W);

#[derive(Clone, Debug)]
struct WithBias<W>(W);

impl<W: Weighted> Operation<2> for WithoutBias<W> {
    fn forward(&self, [x, weight]: &[FlexTensor; 2]) -> FlexTensor {
        W::forward(x, weight, None)
    }

    fn backward(
        &self,
        [x, weight]: &[FlexTensor; 2],
        gradient: &FlexTensor,
        wanted: [bool; 2],
    ) -> [Option<FlexTensor>; 2] {
        W::backward(x, weight, gradient, wanted)
    }
}

impl<W: Weighted> Operation<3> for WithBias<W> {
    fn forward(&self, [x, weight, bias]: &[FlexTensor; 3]) -> FlexTensor {
        W::forward(x, weight, Some(elements(bias)))
    }

    fn backward(
        &self,
        [x, weight, bias]: &[FlexTensor; 3],
        gradient: &FlexTensor,
        [of_x, of_weight, of_bias]: [bool; 3],
    ) -> [Option<FlexTensor>; 3] {
        let [of_x, of_weight] = W::backward(x, weight, gradient, [of_x, of_weight]);
        [of_x, of_weight, of_bias.then(|| like(bias, W::bias_gradient(gradient)))]
    }
}
