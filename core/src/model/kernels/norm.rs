//! Normalisation in one pass, and its gradient in one.

use burn::backend::flex::FlexTensor;
use burn::nn::LayerNorm;
use burn::tensor::Tensor;
use medley_kernels::{Maps, layer_norm_backward, one_group_norm_backward};

use super::operation::{Input, Operation, apply, elements, like, sides};

/// `layer` on the last axis of `x`, `[B, H, W, C]`.
pub fn layer_norm(layer: &LayerNorm, x: Tensor<4>) -> Tensor<4> {
    let fused = layer.beta.as_ref().and_then(|beta| {
        let [gamma, beta] = [&layer.gamma, beta].map(|param| Input::new(&param.val()));
        apply(OfLayer, [Input::new(&x), gamma, beta])
    });
    fused.unwrap_or_else(|| layer.forward(x))
}

/// `residual` plus `layer` on the last axis of `x`, both `[B, H, W, C]`.
pub fn add_layer_norm(residual: Tensor<4>, layer: &LayerNorm, x: Tensor<4>) -> Tensor<4> {
    let fused = layer.beta.as_ref().and_then(|beta| {
        let [gamma, beta] = [&layer.gamma, beta].map(|param| Input::new(&param.val()));
        apply(AddLayerNorm, [Input::new(&residual), Input::new(&x), gamma, beta])
    });
    fused.unwrap_or_else(|| residual + layer.forward(x))
}

/// One-group norm of `x`, `[B, C, H, W]`, with a scale and a shift per channel, `[C]`; negative results become zero where
/// `rectify` says so. `None` where the engine is not the CPU's.
pub fn one_group_norm(
    x: &Tensor<4>,
    gamma: &Tensor<1>,
    beta: &Tensor<1>,
    rectify: bool,
) -> Option<Tensor<4>> {
    apply(OneGroupNorm { rectify }, [Input::new(x), Input::new(gamma), Input::new(beta)])
}

#[derive(Clone, Debug)]
struct OfLayer;

impl Operation<3> for OfLayer {
    fn forward(&self, [x, gamma, beta]: &[FlexTensor; 3]) -> FlexTensor {
        like(x, medley_kernels::layer_norm(elements(x), None, elements(gamma), elements(beta)))
    }

    fn backward(
        &self,
        [x, gamma, beta]: &[FlexTensor; 3],
        gradient: &FlexTensor,
        _wanted: [bool; 3],
    ) -> [Option<FlexTensor>; 3] {
        let found = layer_norm_backward(elements(x), elements(gamma), elements(gradient));
        [Some(like(x, found.x)), Some(like(gamma, found.gamma)), Some(like(beta, found.beta))]
    }
}

#[derive(Clone, Debug)]
struct AddLayerNorm;

impl Operation<4> for AddLayerNorm {
    fn forward(&self, [residual, x, gamma, beta]: &[FlexTensor; 4]) -> FlexTensor {
        let residual = elements(residual);
        like(x, medley_kernels::layer_norm(elements(x), Some(residual), elements(gamma), elements(beta)))
    }

    fn backward(
        &self,
        [_, x, gamma, beta]: &[FlexTensor; 4],
        gradient: &FlexTensor,
        _wanted: [bool; 4],
    ) -> [Option<FlexTensor>; 4] {
        let found = layer_norm_backward(elements(x), elements(gamma), elements(gradient));
        [
            Some(gradient.clone()),
            Some(like(x, found.x)),
            Some(like(gamma, found.gamma)),
            Some(like(beta, found.beta)),
        ]
    }
}

#[derive(Clone, Debug)]
struct OneGroupNorm {
    rectify: bool,
}

fn maps(x: &FlexTensor) -> Maps {
    let [_, channels, height, width] = sides(x);
    Maps { channels, area: height * width }
}

impl Operation<3> for OneGroupNorm {
    fn forward(&self, [x, gamma, beta]: &[FlexTensor; 3]) -> FlexTensor {
        let [gamma, beta] = [gamma, beta].map(elements);
        like(x, medley_kernels::one_group_norm(elements(x), maps(x), gamma, beta, self.rectify))
    }

    fn backward(
        &self,
        [x, gamma, beta]: &[FlexTensor; 3],
        gradient: &FlexTensor,
        _wanted: [bool; 3],
    ) -> [Option<FlexTensor>; 3] {
        let slopes = elements(gradient);
        let found = one_group_norm_backward(
            elements(x),
            maps(x),
            elements(gamma),
            elements(beta),
            self.rectify,
            slopes,
        );
        [Some(like(x, found.x)), Some(like(gamma, found.gamma)), Some(like(beta, found.beta))]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn::module::Param;
    use burn::nn::LayerNormConfig;
    use burn::tensor::{Device, Distribution};

    use super::*;
    use crate::model::kernels::testing::{assert_near, assert_slopes, pull, slope, values, wave};

    #[test]
    fn layer_norm_is_that_of_the_engine() {
        let device = Device::flex().autodiff();
        device.seed(3);
        for channels in [5, 32, 100] {
            let random = |sides: [usize; 4]| Tensor::random(sides, Distribution::Normal(1.0, 2.0), &device);
            let [residual, x] = [(); 2].map(|()| random([2, 3, 4, channels]).require_grad());
            let mut layer = LayerNormConfig::new(channels).with_epsilon(1e-5).init(&device);
            layer.gamma = Param::from_tensor(wave(channels, 0.9, &device));
            layer.beta = Some(Param::from_tensor(wave(channels, 2.1, &device)));
            let run = |output: Tensor<4>| {
                let gradients = pull(output.clone());
                vec![
                    values(output),
                    slope(&residual, &gradients),
                    slope(&x, &gradients),
                    slope(&layer.gamma.val(), &gradients),
                    slope(&layer.beta.as_ref().unwrap().val(), &gradients),
                ]
            };
            let expected = run(residual.clone() + layer.forward(x.clone()));
            assert_near(&run(add_layer_norm(residual.clone(), &layer, x.clone())), &expected, 1e-5);
            assert_near(&run(residual.clone() + layer_norm(&layer, x.clone())), &expected, 1e-5);
        }
    }

    #[test]
    fn the_gradients_of_the_layer_norm_are_its_slopes() {
        let device = Device::flex().autodiff();
        let inputs =
            [wave(12, 0.4, &device), wave(12, 2.3, &device), wave(6, 0.8, &device), wave(6, 1.9, &device)];
        assert_slopes(&inputs, |[residual, x, gamma, beta]| {
            let [residual, x] = [residual, x].map(|values| values.reshape([1, 1, 2, 6]));
            let inputs = [Input::new::<4>(&residual), Input::new(&x), Input::new(&gamma), Input::new(&beta)];
            let output: Option<Tensor<4>> = apply(AddLayerNorm, inputs);
            output.unwrap()
        });
    }

    #[test]
    fn the_gradients_of_the_group_norm_are_its_slopes() {
        let device = Device::flex().autodiff();
        for rectify in [false, true] {
            let inputs = [wave(36, 2.3, &device), wave(3, 0.8, &device), wave(3, 1.9, &device)];
            assert_slopes(&inputs, |[x, gamma, beta]| {
                one_group_norm(&x.reshape([2, 3, 2, 3]), &gamma, &beta, rectify).unwrap()
            });
        }
    }
}
