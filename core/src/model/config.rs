//! The numbers of the network, and the presets that name them.

use serde::{Deserialize, Serialize};

/// Swin Transformer V2 (Liu et al., CVPR 2022). Four stages with strides 4, 8, 16, 32.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SwinConfig {
    /// Channels of the first stage; each stage doubles them.
    pub width: usize,
    /// Blocks per stage.
    pub depths: [usize; 4],
    /// Attention heads per stage.
    pub heads: [usize; 4],
    /// Side of the attention window, in tokens.
    pub window: usize,
}

impl SwinConfig {
    /// Channels of each pyramid level.
    pub fn channels(&self) -> [usize; 4] {
        [0, 1, 2, 3].map(|stage| self.width << stage)
    }
}

/// The U-Net for segmentation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PixelDecoderConfig {
    /// Output channels of the blocks at strides 16, 8, 4 and 2.
    pub widths: [usize; 4],
    /// Length of the pixel embedding at full resolution.
    pub embedding: usize,
}

/// The FPN and FCOS towers for detection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoxDecoderConfig {
    /// Channels of every pyramid level and of the towers.
    pub channels: usize,
    /// 3x3 convolutions in each of the two towers (classes; boxes and centreness).
    pub towers: usize,
    /// Stride of the finest level: 4 or 8. Small cells need 4.
    pub first_stride: usize,
    /// Levels coarser than stride 32, each at half the resolution of the one before.
    pub extra_levels: usize,
}

/// Everything that determines the shapes of the shared blocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelConfig {
    /// The encoder.
    pub encoder: SwinConfig,
    /// Channels of the squeezed last level, and length of the image vector.
    pub squeeze: usize,
    /// The decoder for segmentation.
    pub pixel: PixelDecoderConfig,
    /// The decoder for detection.
    pub boxes: BoxDecoderConfig,
}

impl ModelConfig {
    /// Strides of the levels that the box decoder sees, finest first.
    pub fn box_strides(&self) -> Vec<usize> {
        let last = 32 << self.boxes.extra_levels;
        std::iter::successors(Some(self.boxes.first_stride), |s| Some(s * 2))
            .take_while(|s| *s <= last)
            .collect()
    }
}

/// A named configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// 3 to 4 M parameters, for the browser.
    #[default]
    Nano,
    /// The encoder of torchvision's `swin_v2_t`.
    Tiny,
    /// The encoder of torchvision's `swin_v2_b`, the scale of the released UMedPT.
    Base,
}

impl Preset {
    /// The preset's numbers.
    pub fn config(self) -> ModelConfig {
        match self {
            Self::Nano => ModelConfig {
                encoder: SwinConfig { width: 32, depths: [2, 2, 6, 2], heads: [1, 2, 4, 8], window: 8 },
                squeeze: 128,
                pixel: PixelDecoderConfig { widths: [64, 48, 32, 16], embedding: 16 },
                boxes: BoxDecoderConfig { channels: 64, towers: 2, first_stride: 4, extra_levels: 1 },
            },
            Self::Tiny => ModelConfig {
                encoder: SwinConfig { width: 96, depths: [2, 2, 6, 2], heads: [3, 6, 12, 24], window: 8 },
                squeeze: 512,
                pixel: PixelDecoderConfig { widths: [96, 64, 32, 16], embedding: 16 },
                boxes: BoxDecoderConfig { channels: 128, towers: 4, first_stride: 8, extra_levels: 2 },
            },
            Self::Base => ModelConfig {
                encoder: SwinConfig { width: 128, depths: [2, 2, 18, 2], heads: [4, 8, 16, 32], window: 8 },
                ..Self::Tiny.config()
            },
        }
    }
}
