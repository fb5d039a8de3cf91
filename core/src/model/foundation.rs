//! The shared blocks.

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, FloatDType, Tensor};

use super::box_decoder::{BoxDecoder, BoxFeatures};
use super::config::ModelConfig;
use super::encoder::SwinV2;
use super::parameters::lifted;
use super::pixel_decoder::PixelDecoder;
use super::squeezer::{Squeezer, global_average};

/// Image sides are padded to a multiple of this, the coarsest stride of the encoder.
pub const STRIDE: usize = 32;

/// Encoder, squeezer and the decoders of both dense label types: everything that tasks share.
#[derive(Module, Debug)]
pub struct Foundation {
    encoder: SwinV2,
    squeezer: Squeezer,
    pixel_decoder: PixelDecoder,
    box_decoder: BoxDecoder,
}

/// What the encoder makes of a batch: enough for every head, computed once.
#[derive(Clone, Debug)]
pub struct Features {
    /// The padded, normalised images, `[B, 3, H, W]`.
    image: Tensor<4>,
    /// Strides 4, 8, 16, 32; the last one squeezed.
    pyramid: [Tensor<4>; 4],
    /// Rows and columns before padding.
    size: [usize; 2],
}

impl Features {
    /// Rows and columns of the images.
    pub fn size(&self) -> [usize; 2] {
        self.size
    }

    /// Bytes of all numbers.
    pub fn bytes(&self) -> usize {
        let count = |tensor: &Tensor<4>| tensor.dims().iter().product::<usize>();
        (count(&self.image) + self.pyramid.iter().map(count).sum::<usize>()) * size_of::<f32>()
    }

    /// Features of several images of one size side by side, in their order; `None` of nothing.
    pub fn join(parts: &[&Self]) -> Option<Self> {
        let size = parts.first()?.size;
        let level = |pick: fn(&Self) -> &Tensor<4>| {
            Tensor::cat(parts.iter().map(|part| pick(part).clone()).collect(), 0)
        };
        Some(Self {
            image: level(|f| &f.image),
            pyramid: [
                level(|f| &f.pyramid[0]),
                level(|f| &f.pyramid[1]),
                level(|f| &f.pyramid[2]),
                level(|f| &f.pyramid[3]),
            ],
            size,
        })
    }

    /// Plain features as constants of computations on `device`, which tracks gradients: what made them does not
    /// learn from them.
    pub fn lifted(&self, device: &Device) -> Self {
        Self {
            image: lifted(self.image.clone(), device),
            pyramid: self.pyramid.clone().map(|level| lifted(level, device)),
            size: self.size,
        }
    }
}

impl Foundation {
    /// Random weights.
    pub fn new(config: &ModelConfig, device: &Device) -> Self {
        Self {
            encoder: SwinV2::new(&config.encoder, device),
            squeezer: Squeezer::new(config.encoder.channels()[3], config.squeeze, device),
            pixel_decoder: PixelDecoder::new(config, device),
            box_decoder: BoxDecoder::new(config, device),
        }
    }

    /// The same blocks with what `change` makes of the encoder.
    ///
    /// # Errors
    /// That of `change`.
    pub fn map_encoder<E>(self, change: impl FnOnce(SwinV2) -> Result<SwinV2, E>) -> Result<Self, E> {
        Ok(Self { encoder: change(self.encoder)?, ..self })
    }

    /// The same blocks with stochastic depth in the encoder, see [`SwinV2::with_stochastic_depth`].
    #[must_use]
    pub fn with_stochastic_depth(self, last: f64) -> Self {
        Self { encoder: self.encoder.with_stochastic_depth(last), ..self }
    }

    /// The same blocks with numbers of 16 bits, in which they compute. What they answer to heads has 32 bits again,
    /// and so have the gradients of `self`.
    #[must_use]
    pub fn halved(&self) -> Self {
        self.clone().map(&mut Cast(FloatDType::F16))
    }

    /// Images `[B, 3, H, W]` in [0, 1], any size, to features.
    pub fn encode(&self, images: Tensor<4>) -> Features {
        let [_, _, height, width] = images.dims();
        let image = pad_to_multiple(normalise(images), STRIDE).cast(self.encoder.number_type());
        let [p4, p8, p16, p32] = self.encoder.forward(image.clone());
        Features { image, pyramid: [p4, p8, p16, self.squeezer.forward(p32)], size: [height, width] }
    }

    /// The image vector, `[B, squeeze]`.
    pub fn vector(&self, features: &Features) -> Tensor<2> {
        full(global_average(features.pyramid[3].clone()))
    }

    /// The averages of the finer levels and the image vector side by side, `[B, C4 + C8 + C16 + squeeze]`.
    pub fn averages(&self, features: &Features) -> Tensor<2> {
        full(Tensor::cat(features.pyramid.iter().cloned().map(global_average).collect(), 1))
    }

    /// Pixel embeddings at the images' own size, `[B, E, H, W]`.
    pub fn pixels(&self, features: &Features) -> Tensor<4> {
        let embedding = full(self.pixel_decoder.forward(&features.image, &features.pyramid));
        let [batch, channels, height, width] = embedding.dims();
        if [height, width] == features.size {
            return embedding;
        }
        embedding.slice([0..batch, 0..channels, 0..features.size[0], 0..features.size[1]])
    }

    /// Tower outputs of every level, over the padded images.
    pub fn boxes(&self, features: &Features) -> Vec<BoxFeatures> {
        let levels = self.box_decoder.forward(&features.pyramid).into_iter();
        levels
            .map(|level| BoxFeatures { class: full(level.class), location: full(level.location), ..level })
            .collect()
    }
}

/// In 32 bits; nothing where it is so already.
fn full<const D: usize>(tensor: Tensor<D>) -> Tensor<D> {
    tensor.cast(FloatDType::F32)
}

/// Casts parameters. Gradients flow back through the cast to the original ones.
struct Cast(FloatDType);

impl ModuleMapper for Cast {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|value| value.cast(self.0))
    }
}

/// Keeps an image of one grey value from being divided by zero.
const MIN_VARIANCE: f32 = 1e-4;

/// Centres each image at its mean and scales it to unit variance, all channels together so that colours keep
/// their relation. Fluorescence images use a few percent of the range, radiographs most of it; without
/// this, the dim ones are a constant to the network.
fn normalise(images: Tensor<4>) -> Tensor<4> {
    let [batch, channels, height, width] = images.dims();
    let flat = images.reshape([batch, channels * height * width]);
    let centred = flat.clone() - flat.mean_dim(1);
    let variance = centred.clone().square().mean_dim(1);
    (centred / (variance + MIN_VARIANCE).sqrt()).reshape([batch, channels, height, width])
}

/// Appends rows and columns of zeros, the mean, until both sides are multiples of `multiple`.
fn pad_to_multiple(images: Tensor<4>, multiple: usize) -> Tensor<4> {
    let [batch, channels, height, width] = images.dims();
    let [bottom, right] = [height, width].map(|side| side.next_multiple_of(multiple) - side);
    let device = images.device();
    let mut images = images;
    if bottom > 0 {
        images = Tensor::cat(vec![images, Tensor::zeros([batch, channels, bottom, width], &device)], 2);
    }
    if right > 0 {
        let zeros = Tensor::zeros([batch, channels, height + bottom, right], &device);
        images = Tensor::cat(vec![images, zeros], 3);
    }
    images
}
