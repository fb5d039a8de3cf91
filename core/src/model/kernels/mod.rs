//! Operations that the CPU engine computes slowly, given here by [`medley_kernels`]. On other engines, and where
//! gradient checkpointing asks for operations that can be recomputed, they are those of Burn. `docs/upstream.md` has
//! the measurements.

mod conv;
mod gelu;

use burn::backend::flex::FlexTensor;

pub use conv::conv2d;
pub use gelu::gelu;

/// The elements of a contiguous tensor.
fn elements(tensor: &FlexTensor) -> &[f32] {
    let start = tensor.layout().start_offset();
    &tensor.storage::<f32>()[start..start + tensor.layout().num_elements()]
}
