//! A step of the optimiser in one pass.

use burn::backend::Flex;
use burn::backend::flex::FlexTensor;
use burn::tensor::Tensor;
use medley_kernels::AdamStep;

use super::operation::elements;

/// Weights and the two running means after a step. All are plain vectors of the CPU engine, of one length.
pub fn adam(
    weights: Tensor<1>,
    moments: [Tensor<1>; 2],
    gradients: Tensor<1>,
    step: AdamStep,
) -> (Tensor<1>, [Tensor<1>; 2]) {
    let (mut weights, gradients) = (primitive(weights), primitive(gradients));
    let [mut first, mut second] = moments.map(primitive);
    medley_kernels::adam(
        elements_mut(&mut weights),
        [elements_mut(&mut first), elements_mut(&mut second)],
        elements(&gradients),
        step,
    );
    let [weights, first, second] = [weights, first, second].map(Tensor::from_primitive::<Flex>);
    (weights, [first, second])
}

fn primitive(tensor: Tensor<1>) -> FlexTensor {
    match tensor.try_into_primitive::<Flex>() {
        Ok(primitive) if primitive.is_contiguous() => primitive,
        Ok(primitive) => primitive.to_contiguous(),
        Err(error) => unreachable!("asked for with tensors of this engine: {error:?}"),
    }
}

/// The elements, copied before if another tensor has them too.
fn elements_mut(tensor: &mut FlexTensor) -> &mut [f32] {
    let start = tensor.layout().start_offset();
    let end = start + tensor.layout().num_elements();
    &mut tensor.storage_mut::<f32>()[start..end]
}
