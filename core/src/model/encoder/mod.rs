//! Swin Transformer V2 (Liu et al., "Swin Transformer V2: Scaling Up Capacity and Resolution", CVPR 2022):
//! scaled cosine attention in shifted windows, log-spaced continuous position bias, normalisation after
//! each residual branch. The parameters correspond one to one to torchvision's `SwinTransformer` with
//! `SwinTransformerBlockV2`, so that its state dict loads and gives the same features.

mod attention;
mod block;
mod merging;
mod position;
mod windows;

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{LayerNorm, LayerNormConfig};
use burn::tensor::{Device, FloatDType, Tensor};

use super::config::SwinConfig;
use super::kernels::{conv2d, layer_norm};
pub use attention::unit;
use block::Block;
pub(super) use block::normal_linear;
use merging::PatchMerging;
use position::PositionBias;
pub use windows::roll;

/// One stage: blocks at one resolution, and before all but the first a merging of 2x2 patches.
#[derive(Module, Debug)]
struct Stage {
    merging: Option<PatchMerging>,
    blocks: Vec<Block>,
}

/// The encoder: an image to a pyramid of four feature maps.
#[derive(Module, Debug)]
pub struct SwinV2 {
    patch: Conv2d,
    norm: LayerNorm,
    stages: Vec<Stage>,
    #[module(skip)]
    window: usize,
}

impl SwinV2 {
    /// Random weights.
    pub fn new(config: &SwinConfig, device: &Device) -> Self {
        let channels = config.channels();
        let stage = |index: usize| Stage {
            merging: (index > 0).then(|| PatchMerging::new(channels[index - 1], device)),
            blocks: (0..config.depths[index])
                .map(|block| {
                    // Every second block looks through windows shifted by half their side.
                    let shift = if block % 2 == 0 { 0 } else { config.window / 2 };
                    Block::new(channels[index], config.heads[index], config.window, shift, device)
                })
                .collect(),
        };
        Self {
            patch: Conv2dConfig::new([3, config.width], [4, 4]).with_stride([4, 4]).init(device),
            norm: LayerNormConfig::new(config.width).with_epsilon(1e-5).init(device),
            stages: (0..4).map(stage).collect(),
            window: config.window,
        }
    }

    /// The same encoder with stochastic depth: the probability with which a block's branches are left out in
    /// training rises linearly from 0 at the first block to `last` at the last.
    pub fn with_stochastic_depth(mut self, last: f64) -> Self {
        let blocks: usize = self.stages.iter().map(|stage| stage.blocks.len()).sum();
        let mut index = 0.0;
        for stage in &mut self.stages {
            let skip = |block: Block| {
                let skip = last * index / (blocks.max(2) - 1) as f64;
                index += 1.0;
                block.with_skip(skip)
            };
            stage.blocks = std::mem::take(&mut stage.blocks).into_iter().map(skip).collect();
        }
        self
    }

    /// The type of the numbers that it computes with.
    pub fn number_type(&self) -> FloatDType {
        self.patch.weight.val().dtype().into()
    }

    /// `[B, 3, H, W]` with `H` and `W` multiples of 4 to `[B, C_i, H / s_i, W / s_i]` for strides
    /// `s` = 4, 8, 16, 32 (rounded up where a side is odd).
    pub fn forward(&self, images: Tensor<4>) -> [Tensor<4>; 4] {
        let position = PositionBias::table(self.window, &images.device(), self.number_type());
        // Tokens keep their channels last until the pyramid leaves.
        let mut tokens = layer_norm(&self.norm, conv2d(&self.patch, images).permute([0, 2, 3, 1]));
        let mut stages = self.stages.iter();
        [(); 4].map(|()| {
            if let Some(stage) = stages.next() {
                if let Some(merging) = &stage.merging {
                    tokens = merging.forward(tokens.clone());
                }
                for block in &stage.blocks {
                    tokens = block.forward(tokens.clone(), &position);
                }
            }
            tokens.clone().permute([0, 3, 1, 2])
        })
    }
}
