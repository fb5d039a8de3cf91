//! Operations of our own on the CPU engine, with their gradients.

use std::fmt::Debug;
use std::marker::PhantomData;

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::NoCheckpointing;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::{Autodiff, BackendTypes, Flex};
use burn::tensor::{DType, Tensor, TensorData};

/// An operation on single-precision tensors whose elements lie one after the other.
pub trait Operation<const N: usize>: Clone + Debug + Send + 'static {
    /// The result.
    fn forward(&self, inputs: &[FlexTensor; N]) -> FlexTensor;

    /// The gradients of the inputs, `None` where none is wanted, from that of the result.
    fn backward(
        &self,
        inputs: &[FlexTensor; N],
        gradient: &FlexTensor,
        wanted: [bool; N],
    ) -> [Option<FlexTensor>; N];
}

/// A tensor of the CPU engine.
pub enum Input {
    /// With gradients.
    Tracked(<Autodiff<Flex> as BackendTypes>::FloatTensorPrimitive),
    /// Without.
    Plain(FlexTensor),
}

impl Input {
    /// `None` for tensors of other engines and numbers, and where gradient checkpointing asks for operations that can be
    /// computed again.
    pub fn new<const D: usize>(tensor: &Tensor<D>) -> Option<Self> {
        if tensor.dtype() != DType::F32 {
            return None;
        }
        let tracked = tensor.clone().try_into_primitive::<Autodiff<Flex>>().map(Self::Tracked);
        tracked.or_else(|_| tensor.clone().try_into_primitive::<Flex>().map(Self::Plain)).ok()
    }
}

/// `operation` on tensors of the CPU engine; `None` where an input is none, or only some of them have gradients.
pub fn apply<O: Operation<N>, const N: usize, const D: usize>(
    operation: O,
    inputs: [Option<Input>; N],
) -> Option<Tensor<D>> {
    let (mut tracked, mut plain) = (Vec::with_capacity(N), Vec::with_capacity(N));
    for input in inputs {
        match input? {
            Input::Tracked(tensor) => {
                plain.push(tensor.primitive().to_contiguous());
                tracked.push(tensor.node());
            }
            Input::Plain(tensor) => plain.push(tensor.to_contiguous()),
        }
    }
    let plain: [FlexTensor; N] = plain.try_into().ok()?;
    if tracked.is_empty() {
        return Some(Tensor::from_primitive::<Flex>(operation.forward(&plain)));
    }
    let nodes: [_; N] = tracked.try_into().ok()?;
    let output = operation.forward(&plain);
    let step = Step::<O>(PhantomData);
    let output = match step.prepare::<NoCheckpointing>(nodes).compute_bound().stateful() {
        OpsKind::Tracked(prepared) => prepared.finish((operation, plain), output),
        OpsKind::UnTracked(prepared) => prepared.finish(output),
    };
    Some(Tensor::from_primitive::<Autodiff<Flex>>(output))
}

/// The way back through an operation.
#[derive(Debug)]
struct Step<O>(PhantomData<O>);

impl<const N: usize, O: Operation<N>> Backward<Flex, N> for Step<O> {
    type State = (O, [FlexTensor; N]);

    fn backward(self, ops: Ops<Self::State, N>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let gradient = grads.consume::<Flex>(&ops.node).to_contiguous();
        let (operation, inputs) = ops.state;
        let wanted = ops.parents.each_ref().map(Option::is_some);
        let found = operation.backward(&inputs, &gradient, wanted);
        for (parent, found) in ops.parents.iter().zip(found) {
            if let (Some(node), Some(gradient)) = (parent, found) {
                grads.register::<Flex>(node.id, gradient);
            }
        }
    }
}

/// The elements of a contiguous tensor.
pub fn elements(tensor: &FlexTensor) -> &[f32] {
    let start = tensor.layout().start_offset();
    &tensor.storage::<f32>()[start..start + tensor.layout().num_elements()]
}

/// The sides of a tensor.
pub fn sides<const D: usize>(tensor: &FlexTensor) -> [usize; D] {
    tensor.layout().shape().dims()
}

/// A tensor of these elements, shaped like another.
pub fn like(tensor: &FlexTensor, values: Vec<f32>) -> FlexTensor {
    FlexTensor::from_data(TensorData::new::<f32, _>(values, tensor.layout().shape().clone()))
}

/// A tensor of these elements.
pub fn shaped<const D: usize>(values: Vec<f32>, sides: [usize; D]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new::<f32, _>(values, sides))
}

/// Whether the operations of this module are made for a tensor: it is one of the CPU engine.
pub fn is_on_cpu<const D: usize>(tensor: &Tensor<D>) -> bool {
    Input::new(tensor).is_some()
}
