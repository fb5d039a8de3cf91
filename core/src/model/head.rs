//! The small per-task ends of the network.

use burn::module::{Module, Param};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Dropout, DropoutConfig, Initializer, Linear, PaddingConfig2d};
use burn::tensor::{Device, Tensor};

use super::attention_pool::AttentionPool;
use super::box_decoder::BoxFeatures;
use super::config::ModelConfig;
use super::kernels::conv2d;
use crate::dataset::{Task, TaskKind};

/// Classification and regression: dropout and one linear layer on the image vector, or on that of a case.
#[derive(Module, Debug)]
pub struct ClassHead {
    attention: Option<AttentionPool>,
    dropout: Dropout,
    linear: Linear,
}

/// Segmentation: one 3x3 convolution on the pixel embedding.
#[derive(Module, Debug)]
pub struct PixelHead {
    conv: Conv2d,
}

/// Detection: three 3x3 convolutions on the towers, and a scale per level (FCOS, section 3).
#[derive(Module, Debug)]
pub struct BoxHead {
    class: Conv2d,
    location: Conv2d,
    centreness: Conv2d,
    scales: Param<Tensor<1>>,
}

/// The head of one task.
#[derive(Module, Debug)]
#[allow(clippy::large_enum_variant)]
pub enum Head {
    /// Classes or numbers of the whole image.
    Class(ClassHead),
    /// One class per pixel.
    Pixel(PixelHead),
    /// Boxes.
    Box(BoxHead),
}

/// Raw outputs of a [`BoxHead`], all levels joined, positions row by row from the finest level on.
#[derive(Clone, Debug)]
pub struct BoxLogits {
    /// `[B, N, K]`, before the sigmoid.
    pub class: Tensor<3>,
    /// `[B, N, 4]`: distances to left, top, right and bottom in pixels, positive.
    pub distances: Tensor<3>,
    /// `[B, N]`, before the sigmoid.
    pub centreness: Tensor<2>,
}

const DROPOUT: f64 = 0.2;
/// Heads start near a uniform guess.
const HEAD_STD: f64 = 0.01;
/// Logarithm of the farthest side that a level can reach, in strides.
const MAX_LOG_REACH: f32 = 6.0;
/// Foreground probability of an untrained detector (Lin et al., "Focal loss", ICCV 2017, section 3.3).
const PRIOR: f32 = 0.01;

fn head_conv(input: usize, output: usize, device: &Device) -> Conv2d {
    Conv2dConfig::new([input, output], [3, 3])
        .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
        .with_initializer(Initializer::Normal { mean: 0.0, std: HEAD_STD })
        .init(device)
}

impl ClassHead {
    /// `[B, C]` to logits `[B, K]`. With `cases`, the images of each: `[N, C]` to logits of the B cases. Where there are
    /// none, every image is a case.
    pub fn forward(&self, vector: Tensor<2>, cases: &[usize]) -> Tensor<2> {
        let vector = match &self.attention {
            Some(attention) if !cases.is_empty() => attention.forward(vector, cases),
            _ => vector,
        };
        self.linear.forward(self.dropout.forward(vector))
    }
}

impl PixelHead {
    /// `[B, E, H, W]` to logits `[B, K, H, W]`.
    pub fn forward(&self, embedding: Tensor<4>) -> Tensor<4> {
        conv2d(&self.conv, embedding)
    }
}

impl BoxHead {
    /// All levels to joined logits.
    pub fn forward(&self, levels: &[BoxFeatures]) -> BoxLogits {
        let (mut class, mut distances, mut centreness) = (Vec::new(), Vec::new(), Vec::new());
        for (index, level) in levels.iter().enumerate() {
            let scale = self.scales.val().narrow(0, index, 1).reshape([1, 1, 1, 1]);
            class.push(flatten(conv2d(&self.class, level.class.clone())));
            let reach =
                (conv2d(&self.location, level.location.clone()) * scale).clamp_max(MAX_LOG_REACH).exp();
            distances.push(flatten(reach.mul_scalar(level.stride as f32)));
            centreness.push(flatten(conv2d(&self.centreness, level.location.clone())));
        }
        let centreness = Tensor::cat(centreness, 1);
        let [batch, positions, _] = centreness.dims();
        BoxLogits {
            class: Tensor::cat(class, 1),
            distances: Tensor::cat(distances, 1),
            centreness: centreness.reshape([batch, positions]),
        }
    }
}

/// `[B, C, H, W]` to `[B, H * W, C]`.
fn flatten(x: Tensor<4>) -> Tensor<3> {
    let [batch, channels, height, width] = x.dims();
    x.reshape([batch, channels, height * width]).swap_dims(1, 2)
}

impl Head {
    /// The same head without dropout.
    #[must_use]
    pub fn without_dropout(self) -> Self {
        match self {
            Self::Class(head) => Self::Class(ClassHead { dropout: DropoutConfig::new(0.0).init(), ..head }),
            other => other,
        }
    }

    /// A head with random weights for `task`.
    pub fn new(task: &Task, config: &ModelConfig, device: &Device) -> Self {
        let classes = task.classes.len();
        let attention = || task.instances.map(|_| AttentionPool::new(config.squeeze, device));
        match task.kind {
            TaskKind::Classification | TaskKind::MultiLabel => Self::Class(ClassHead {
                attention: attention(),
                dropout: DropoutConfig::new(DROPOUT).init(),
                linear: super::encoder::normal_linear(config.squeeze, classes, true, HEAD_STD, device),
            }),
            // Without dropout: it changes the variance of what the layer sees, and so the size of its answers
            // between training and use, to which a class that is merely the largest is indifferent.
            TaskKind::Regression => Self::Class(ClassHead {
                attention: attention(),
                dropout: DropoutConfig::new(0.0).init(),
                linear: super::encoder::normal_linear(config.squeeze, classes, true, HEAD_STD, device),
            }),
            TaskKind::Segmentation => {
                Self::Pixel(PixelHead { conv: head_conv(config.pixel.embedding, classes, device) })
            }
            TaskKind::Detection => {
                let channels = config.boxes.channels;
                let mut class = head_conv(channels, classes, device);
                let prior = -((1.0 - PRIOR) / PRIOR).ln();
                class.bias = Some(Param::from_tensor(Tensor::full([classes], prior, device)));
                Self::Box(BoxHead {
                    class,
                    location: head_conv(channels, 4, device),
                    centreness: head_conv(channels, 1, device),
                    scales: Param::from_tensor(Tensor::ones([config.box_strides().len()], device)),
                })
            }
        }
    }
}
