//! Inner loops of the network on a processor, where the CPU engine has no fast ones: plain slices in, plain slices
//! out. A crate of its own because they are compiled for speed, also in the page, whose other code is compiled for
//! size.

// A function compiled for the instructions of its caller must be part of it.
#![allow(clippy::inline_always)]

mod adam;
mod attention;
mod convolution;
mod exponential;
mod gelu;
mod linear;
mod norm;
#[cfg(test)]
mod random;
mod tile;
mod vector;

pub use adam::{AdamStep, adam};
pub use attention::{Attention, AttentionGradients, Windows};
pub use convolution::{convolve, convolve_bias_gradient, convolve_weight_gradient};
pub use gelu::{gelu, gelu_backward};
pub use linear::{column_sums, linear, linear_input_gradient, linear_weight_gradient};
pub use norm::{
    GroupNormGradients, LayerNormGradients, Maps, layer_norm, layer_norm_backward, one_group_norm,
    one_group_norm_backward,
};
