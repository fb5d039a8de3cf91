//! Normalisation without batch statistics.

mod group;
mod layer;

pub use group::{GroupNormGradients, Maps, one_group_norm, one_group_norm_backward};
pub use layer::{LayerNormGradients, layer_norm, layer_norm_backward};
