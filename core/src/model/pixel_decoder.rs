//! The decoder for segmentation, shared by all its tasks.

use burn::module::Module;
use burn::tensor::module::interpolate;
use burn::tensor::ops::{InterpolateMode, InterpolateOptions};
use burn::tensor::{Device, Tensor};

use super::config::ModelConfig;
use super::conv::ConvNormRelu;

/// Two convolutions on the up-sampled map joined with its skip connection.
#[derive(Module, Debug)]
struct Block {
    first: ConvNormRelu,
    second: ConvNormRelu,
}

impl Block {
    fn new(input: usize, skip: usize, output: usize, device: &Device) -> Self {
        Self {
            first: ConvNormRelu::new([input + skip, output], 1, device),
            second: ConvNormRelu::new([output, output], 1, device),
        }
    }

    fn forward(&self, x: Tensor<4>, skip: Tensor<4>) -> Tensor<4> {
        let [_, _, height, width] = skip.dims();
        self.second.forward(self.first.forward(Tensor::cat(vec![upsample(x, height, width), skip], 1)))
    }
}

/// A U-Net decoder (Ronneberger et al., MICCAI 2015) to full resolution; strides 2 and 1, which the encoder
/// does not have, get a light skip connection from the image itself.
#[derive(Module, Debug)]
pub struct PixelDecoder {
    image_half: ConvNormRelu,
    image_full: ConvNormRelu,
    blocks: Vec<Block>,
}

impl PixelDecoder {
    /// Random weights.
    pub fn new(config: &ModelConfig, device: &Device) -> Self {
        let [c4, c8, c16, _] = config.encoder.channels();
        let [half, full] = config.pixel.skip;
        let widths = config.pixel.widths;
        let skips = [c16, c8, c4, half, full];
        let inputs = [config.squeeze, widths[0], widths[1], widths[2], widths[3]];
        Self {
            image_half: ConvNormRelu::new([3, half], 2, device),
            image_full: ConvNormRelu::new([3, full], 1, device),
            blocks: (0..5).map(|i| Block::new(inputs[i], skips[i], widths[i], device)).collect(),
        }
    }

    /// The image `[B, 3, H, W]` and its pyramid (last level squeezed) to pixel embeddings `[B, E, H, W]`.
    pub fn forward(&self, image: &Tensor<4>, pyramid: &[Tensor<4>; 4]) -> Tensor<4> {
        let [p4, p8, p16, p32] = pyramid;
        let skips = [
            p16.clone(),
            p8.clone(),
            p4.clone(),
            self.image_half.forward(image.clone()),
            self.image_full.forward(image.clone()),
        ];
        self.blocks.iter().zip(skips).fold(p32.clone(), |x, (block, skip)| block.forward(x, skip))
    }
}

/// Nearest-neighbour up-sampling to `height` x `width`.
pub fn upsample(x: Tensor<4>, height: usize, width: usize) -> Tensor<4> {
    let options = InterpolateOptions::new(InterpolateMode::Nearest).with_output_size([height, width]);
    interpolate(x, options)
}
