//! Many images of a case as one vector, by a learned weighting.

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::{sigmoid, softmax};
use burn::tensor::{Device, Int, Tensor};

/// Gated attention (Ilse, Tomczak, Welling, "Attention-based Deep Multiple Instance Learning", ICML 2018, equation 9):
/// the weight of an image is the softmax, over the images of its case, of `w · (tanh(V h) * sigmoid(U h))`. The order of
/// the images does not matter, nor does their number.
#[derive(Module, Debug)]
pub struct AttentionPool {
    /// V with its bias.
    content: Linear,
    /// U with its bias.
    gate: Linear,
    /// w.
    score: Linear,
}

/// Width of the hidden layer, as in the paper.
const HIDDEN: usize = 128;
/// Weights start near the mean of a case.
const SCORE_STD: f64 = 0.01;
/// Added to the score of what is not there: its weight is zero then, in half precision too.
const ABSENT: f32 = -1e4;

impl AttentionPool {
    /// Random weights for vectors of `channels` numbers.
    pub fn new(channels: usize, device: &Device) -> Self {
        Self {
            content: LinearConfig::new(channels, HIDDEN).init(device),
            gate: LinearConfig::new(channels, HIDDEN).init(device),
            score: super::encoder::normal_linear(HIDDEN, 1, false, SCORE_STD, device),
        }
    }

    /// The vectors of images, `[N, C]`, case by case, to vectors of cases, `[B, C]`. `cases` has the number of images of
    /// each case, all above 0, N together.
    pub fn forward(&self, vectors: Tensor<2>, cases: &[usize]) -> Tensor<2> {
        let [_, channels] = vectors.dims();
        let device = vectors.device();
        let hidden =
            self.content.forward(vectors.clone()).tanh() * sigmoid(self.gate.forward(vectors.clone()));
        let scores = self.score.forward(hidden);

        // Cases side by side, all as long as the longest: a shorter one ends with copies of its first image that get
        // no weight.
        let (batch, most) = (cases.len(), cases.iter().copied().max().unwrap_or(0));
        let (mut index, mut absent) = (Vec::with_capacity(batch * most), Vec::with_capacity(batch * most));
        let mut start = 0;
        for count in cases {
            for place in 0..most {
                let is_there = place < *count;
                index.push((if is_there { start + place } else { start }) as i32);
                absent.push(if is_there { 0.0 } else { ABSENT });
            }
            start += count;
        }
        let index = Tensor::<1, Int>::from_ints(index.as_slice(), &device);
        let absent = Tensor::<1>::from_floats(absent.as_slice(), &device).reshape([batch, most]);
        let scores = scores.select(0, index.clone()).reshape([batch, most]) + absent;
        let weights = softmax(scores, 1).reshape([batch, most, 1]);
        let rows = vectors.select(0, index).reshape([batch, most, channels]);
        (rows * weights).sum_dim(1).reshape([batch, channels])
    }
}
