//! The decoder for detection, shared by all its tasks.

use burn::module::Module;
use burn::nn::conv::Conv2d;
use burn::tensor::{Device, Tensor};

use super::config::ModelConfig;
use super::conv::{ConvNormRelu, conv1x1, conv3x3};
use super::kernels::conv2d;
use super::pixel_decoder::upsample;

/// A feature pyramid network (Lin et al., CVPR 2017) and the two towers of FCOS (Tian et al., ICCV 2019).
#[derive(Module, Debug)]
pub struct BoxDecoder {
    lateral: Vec<Conv2d>,
    smooth: Vec<Conv2d>,
    extra: Vec<Conv2d>,
    class_tower: Vec<ConvNormRelu>,
    box_tower: Vec<ConvNormRelu>,
    #[module(skip)]
    first_level: usize,
}

/// The towers' outputs at one pyramid level.
#[derive(Clone, Debug)]
pub struct BoxFeatures {
    /// For the classes, `[B, C, H / stride, W / stride]`.
    pub class: Tensor<4>,
    /// For boxes and centreness, the same shape.
    pub location: Tensor<4>,
    /// Pixels of the image per position of the map.
    pub stride: usize,
}

impl BoxDecoder {
    /// Random weights.
    pub fn new(config: &ModelConfig, device: &Device) -> Self {
        let channels = config.boxes.channels;
        let [c4, c8, c16, _] = config.encoder.channels();
        let first_level = usize::from(config.boxes.first_stride > 4);
        let inputs = [c4, c8, c16, config.squeeze];
        let tower =
            || (0..config.boxes.towers).map(|_| ConvNormRelu::new([channels, channels], device)).collect();
        Self {
            lateral: inputs[first_level..].iter().map(|&c| conv1x1([c, channels], device)).collect(),
            smooth: inputs[first_level..].iter().map(|_| conv3x3([channels, channels], 1, device)).collect(),
            extra: (0..config.boxes.extra_levels).map(|_| conv3x3([channels, channels], 2, device)).collect(),
            class_tower: tower(),
            box_tower: tower(),
            first_level,
        }
    }

    /// The pyramid (last level squeezed) to the towers' outputs, finest level first.
    pub fn forward(&self, pyramid: &[Tensor<4>; 4]) -> Vec<BoxFeatures> {
        // Top-down: each level adds the up-sampled coarser one.
        let mut levels: Vec<Tensor<4>> = Vec::new();
        for (level, lateral) in pyramid[self.first_level..].iter().zip(&self.lateral).rev() {
            let own = conv2d(lateral, level.clone());
            let [_, _, height, width] = own.dims();
            levels.push(match levels.last() {
                Some(coarser) => own + upsample(coarser.clone(), height, width),
                None => own,
            });
        }
        levels.reverse();
        let mut levels: Vec<_> =
            levels.into_iter().zip(&self.smooth).map(|(level, smooth)| conv2d(smooth, level)).collect();
        for extra in &self.extra {
            if let Some(coarsest) = levels.last() {
                levels.push(conv2d(extra, coarsest.clone()));
            }
        }
        let run = |tower: &[ConvNormRelu], x: Tensor<4>| tower.iter().fold(x, |x, layer| layer.forward(x));
        levels
            .into_iter()
            .enumerate()
            .map(|(index, level)| BoxFeatures {
                class: run(&self.class_tower, level.clone()),
                location: run(&self.box_tower, level),
                stride: 4 << (index + self.first_level),
            })
            .collect()
    }
}
