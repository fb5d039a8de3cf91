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
            first: ConvNormRelu::new([input + skip, output], device),
            second: ConvNormRelu::new([output, output], device),
        }
    }

    fn forward(&self, x: Tensor<4>, skip: Tensor<4>) -> Tensor<4> {
        let [_, _, height, width] = skip.dims();
        self.second.forward(self.first.forward(Tensor::cat(vec![upsample(x, height, width), skip], 1)))
    }
}

/// A U-Net decoder (Ronneberger et al., MICCAI 2015) to full resolution.
///
/// Stride 2, which the encoder does not have, gets the image itself as its skip connection, 2x2 pixels
/// folded into channels. The last step to full resolution is a sub-pixel convolution (Shi et al., CVPR
/// 2016): it computes four pixels at a time at half resolution, which costs a fraction of convolutions with
/// few channels over every pixel.
#[derive(Module, Debug)]
pub struct PixelDecoder {
    blocks: Vec<Block>,
    finest: ConvNormRelu,
}

/// Channels of an image whose 2x2 pixels are folded.
const FOLDED: usize = 3 * 4;

impl PixelDecoder {
    /// Random weights.
    pub fn new(config: &ModelConfig, device: &Device) -> Self {
        let [c4, c8, c16, _] = config.encoder.channels();
        let widths = config.pixel.widths;
        let skips = [c16, c8, c4, FOLDED];
        let inputs = [config.squeeze, widths[0], widths[1], widths[2]];
        Self {
            blocks: (0..4).map(|i| Block::new(inputs[i], skips[i], widths[i], device)).collect(),
            finest: ConvNormRelu::new([widths[3] + FOLDED, 4 * config.pixel.embedding], device),
        }
    }

    /// The image `[B, 3, H, W]` and its pyramid (last level squeezed) to pixel embeddings `[B, E, H, W]`.
    pub fn forward(&self, image: &Tensor<4>, pyramid: &[Tensor<4>; 4]) -> Tensor<4> {
        let [p4, p8, p16, p32] = pyramid;
        let image = fold(image.clone());
        let skips = [p16.clone(), p8.clone(), p4.clone(), image.clone()];
        let half = self.blocks.iter().zip(skips).fold(p32.clone(), |x, (block, skip)| block.forward(x, skip));
        unfold(self.finest.forward(Tensor::cat(vec![half, image], 1)))
    }
}

/// Nearest-neighbour up-sampling to `height` x `width`.
pub fn upsample(x: Tensor<4>, height: usize, width: usize) -> Tensor<4> {
    let options = InterpolateOptions::new(InterpolateMode::Nearest).with_output_size([height, width]);
    interpolate(x, options)
}

/// `[B, C, H, W]` to `[B, 4 C, H / 2, W / 2]`: 2x2 pixels become channels.
fn fold(x: Tensor<4>) -> Tensor<4> {
    let [batch, channels, height, width] = x.dims();
    x.reshape([batch, channels, height / 2, 2, width / 2, 2]).permute([0, 1, 3, 5, 2, 4]).reshape([
        batch,
        4 * channels,
        height / 2,
        width / 2,
    ])
}

/// The inverse of [`fold`].
fn unfold(x: Tensor<4>) -> Tensor<4> {
    let [batch, channels, height, width] = x.dims();
    x.reshape([batch, channels / 4, 2, 2, height, width]).permute([0, 1, 4, 2, 5, 3]).reshape([
        batch,
        channels / 4,
        2 * height,
        2 * width,
    ])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn folding_keeps_neighbours_and_unfolds() {
        let device = Device::flex();
        let values: Vec<f32> = (0..2 * 2 * 4 * 6).map(|i| i as f32).collect();
        let x = Tensor::<1>::from_floats(values.as_slice(), &device).reshape([2, 2, 4, 6]);
        let folded = fold(x.clone());
        let first: Vec<f32> =
            folded.clone().slice([0..1, 0..4, 0..1, 0..1]).into_data().try_to_vec().unwrap();
        assert_eq!(first, [0.0, 1.0, 6.0, 7.0]);
        assert_eq!(unfold(folded).into_data(), x.into_data());
    }
}
