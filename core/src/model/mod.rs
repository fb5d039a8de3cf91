//! The network: one encoder, one decoder per label type, shared by all tasks, and a small head per task.
//!
//! Source of the split: Schäfer et al., Nature Computational Science 4 (2024), "Overcoming data scarcity
//! in biomedical imaging with a foundational multi-task model", Methods. Nothing in this folder knows
//! losses or training.

mod attention_pool;
mod box_decoder;
mod config;
mod conv;
mod encoder;
mod foundation;
mod head;
mod kernels;
mod network;
mod norm;
mod parameters;
mod pixel_decoder;
mod squeezer;

pub use attention_pool::AttentionPool;
pub use box_decoder::{BoxDecoder, BoxFeatures};
pub use config::{BoxDecoderConfig, ModelConfig, PixelDecoderConfig, Preset, SwinConfig};
pub use encoder::SwinV2;
pub use foundation::{Features, Foundation, STRIDE};
pub use head::{BoxHead, BoxLogits, ClassHead, Head, PixelHead};
pub mod operations {
    //! What the network computes with that the engine has no layer for.
    pub use super::encoder::{roll, unit};
    pub use super::norm::OneGroupNorm;
    pub use super::pixel_decoder::upsample;
}
pub(crate) use kernels::{adam, is_on_cpu};
pub use network::{Network, Outputs};
pub(crate) use parameters::lifted;
pub use parameters::{Named, Parameter, map_parameters, parameters, take_gradients, train_only};
pub use pixel_decoder::PixelDecoder;
pub use squeezer::Squeezer;
