//! Operations that the CPU engine computes slowly, given here by [`medley_kernels`]. On other engines, and where
//! gradient checkpointing asks for operations that can be recomputed, they are those of Burn. `docs/upstream.md` has
//! the measurements.

mod adam;
mod attention;
mod conv;
mod gelu;
mod linear;
mod norm;
mod operation;
#[cfg(test)]
pub(in crate::model) mod testing;
mod weighted;

pub use adam::adam;
pub use attention::window_attention;
pub use conv::conv2d;
pub use gelu::gelu;
pub use linear::linear;
pub use norm::{add_layer_norm, layer_norm, one_group_norm};
pub use operation::is_on_cpu;
