//! Scaled cosine attention within shifted windows (Liu et al., "Swin Transformer V2", CVPR 2022, section 3.2), a window
//! at a time: nothing of it but the result leaves the first cache.

mod head;
mod product;
mod windows;

use pulp::{Simd, WithSimd};

use crate::vector::{add, for_each, map};
use head::{Head, Inputs};
use windows::Band;
pub use windows::Windows;

/// Multiples in which the kernel computes: of the tokens of a window, and of the channels of a head.
const MULTIPLE: usize = 32;

/// What the operation is on a map of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attention {
    /// How the map is cut.
    pub windows: Windows,
    /// Heads of attention.
    pub heads: usize,
    /// Channels of a head.
    pub channels: usize,
}

/// The gradients of [`Attention::forward`].
pub struct AttentionGradients {
    /// Of queries, keys and values, `[B, height, width, 3 heads channels]`.
    pub qkv: Vec<f32>,
    /// Of their bias, `[3 heads channels]`.
    pub bias: Vec<f32>,
    /// Of the scales, `[heads]`.
    pub scale: Vec<f32>,
    /// Of the position bias, `[heads, tokens, tokens]`.
    pub position: Vec<f32>,
}

impl Attention {
    /// Whether the kernel can compute this.
    pub fn is_supported(&self) -> bool {
        let tokens = self.windows.side * self.windows.side;
        tokens.is_multiple_of(MULTIPLE) && self.channels.is_multiple_of(MULTIPLE) && self.channels > 0
    }

    /// For each token the values of its window, mixed by the softmax over `scale cos(query, key) + position`. `qkv` is
    /// `[B, height, width, 3 heads channels]`, queries before keys before values; `bias` is added to it, and is what
    /// tokens have in the padding. Tokens that came into a window from different sides of the map get -100. `scale` is
    /// `[heads]`, `position` `[heads, tokens, tokens]`. Gives `[B, height, width, heads channels]`.
    pub fn forward(&self, qkv: &[f32], bias: &[f32], scale: &[f32], position: &[f32]) -> Vec<f32> {
        let width = self.heads * self.channels;
        let mut result = vec![0.0; qkv.len() / 3];
        if result.is_empty() {
            return result;
        }
        let inputs = Inputs { attention: *self, qkv, bias, scale, position };
        let bands = self.windows.bands(&mut result, self.windows.size[1] * width);
        for_each(bands.into_iter().enumerate().collect(), |(band, rows)| {
            pulp::Arch::new().dispatch(Forward { inputs, band, rows });
        });
        result
    }

    /// The gradients of [`Self::forward`] from that of its result.
    pub fn backward(
        &self,
        qkv: &[f32],
        bias: &[f32],
        scale: &[f32],
        position: &[f32],
        gradient: &[f32],
    ) -> AttentionGradients {
        let inputs = Inputs { attention: *self, qkv, bias, scale, position };
        let mut of_qkv = vec![0.0; qkv.len()];
        let mut sums = Sums::new(&inputs);
        if !qkv.is_empty() {
            let bands = self.windows.bands(&mut of_qkv, self.windows.size[1] * bias.len());
            let parts = map(bands.into_iter().enumerate().collect(), |(band, rows)| {
                pulp::Arch::new().dispatch(Backward { inputs, gradient, band, rows })
            });
            for part in parts {
                add(&mut sums.bias, &part.bias);
                add(&mut sums.scale, &part.scale);
                add(&mut sums.position, &part.position);
            }
        }
        AttentionGradients { qkv: of_qkv, bias: sums.bias, scale: sums.scale, position: sums.position }
    }
}

/// Sums over windows.
struct Sums {
    bias: Vec<f32>,
    scale: Vec<f32>,
    position: Vec<f32>,
}

impl Sums {
    fn new(inputs: &Inputs<'_>) -> Self {
        Self {
            bias: vec![0.0; inputs.bias.len()],
            scale: vec![0.0; inputs.scale.len()],
            position: vec![0.0; inputs.position.len()],
        }
    }
}

/// Computes the rows of the result that a row of windows has.
struct Forward<'a> {
    inputs: Inputs<'a>,
    band: usize,
    rows: Band<'a, f32>,
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let Attention { windows, heads, .. } = self.inputs.attention;
        let [bands, columns] = windows.counts();
        let mut head = Head::new(simd, self.inputs, self.band / bands);
        for column in 0..columns {
            head.enter([self.band % bands, column]);
            for number in 0..heads {
                head.forward(simd, number);
                head.put(&mut self.rows, number);
            }
        }
    }
}

/// Computes the rows of the gradient that a row of windows has.
struct Backward<'a> {
    inputs: Inputs<'a>,
    gradient: &'a [f32],
    band: usize,
    rows: Band<'a, f32>,
}

impl WithSimd for Backward<'_> {
    type Output = Sums;

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) -> Sums {
        let Attention { windows, heads, .. } = self.inputs.attention;
        let [bands, columns] = windows.counts();
        let mut head = Head::new(simd, self.inputs, self.band / bands);
        let mut back = head::Back::new(simd, self.inputs, self.gradient, self.band / bands);
        let mut sums = Sums::new(&self.inputs);
        for column in 0..columns {
            head.enter([self.band % bands, column]);
            for number in 0..heads {
                head.mix(simd, number);
                back.backward(simd, &head, number, &mut sums);
                back.put(&head, &mut self.rows, number);
            }
        }
        sums
    }
}
