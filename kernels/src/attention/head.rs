//! One head of attention in one window.

use pulp::Simd;

use super::product::{Panels, multiply, multiply_by_columns, transpose};
use super::{Attention, Sums};
use crate::exponential::exp_of_negative;
use crate::vector::{largest, sum};

/// What the attention of a map is computed from, see [`Attention::forward`].
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    pub attention: Attention,
    pub qkv: &'a [f32],
    pub bias: &'a [f32],
    pub scale: &'a [f32],
    pub position: &'a [f32],
}

/// What is added between tokens that are no neighbours.
const APART: f32 = -100.0;
/// Keeps the length of a vector of zeros from dividing by zero.
const SMALLEST: f32 = 1e-12;

/// The tokens of a window in one head, with room for what becomes of them.
pub struct Head<'a, S: Simd> {
    inputs: Inputs<'a>,
    /// The tokens of the image.
    image: &'a [f32],
    /// The place in the map of each token of the window; none in the padding.
    places: Vec<Option<usize>>,
    /// The side of the map from which each token came.
    regions: Vec<f32>,
    /// Whether there are several.
    is_mixed: bool,
    /// Queries and keys of length one, and one over their length.
    query: Vec<f32>,
    key: Vec<f32>,
    query_inverse: Vec<f32>,
    key_inverse: Vec<f32>,
    value: Vec<f32>,
    /// The weight of each value for each token.
    mix: Vec<f32>,
    result: Vec<f32>,
    turned: Vec<f32>,
    over_channels: Panels<S>,
    over_tokens: Panels<S>,
}

impl<'a, S: Simd> Head<'a, S> {
    #[inline(always)]
    pub fn new(simd: S, inputs: Inputs<'a>, image: usize) -> Self {
        let Attention { windows, channels, .. } = inputs.attention;
        let tokens = windows.side * windows.side;
        let zeros = || vec![0.0; tokens * channels];
        Self {
            inputs,
            image: image_of(inputs.qkv, inputs, inputs.bias.len(), image),
            places: Vec::with_capacity(tokens),
            regions: Vec::with_capacity(tokens),
            is_mixed: false,
            query: zeros(),
            key: zeros(),
            query_inverse: vec![0.0; tokens],
            key_inverse: vec![0.0; tokens],
            value: zeros(),
            mix: vec![0.0; tokens * tokens],
            result: zeros(),
            turned: zeros(),
            over_channels: Panels::new(simd, channels, tokens),
            over_tokens: Panels::new(simd, tokens, channels),
        }
    }

    /// Goes to a window, given by its row and column.
    #[inline(always)]
    pub fn enter(&mut self, [row, column]: [usize; 2]) {
        let windows = self.inputs.attention.windows;
        self.places.clear();
        self.regions.clear();
        for y in 0..windows.side {
            for x in 0..windows.side {
                let place = windows.source(0, row, y).zip(windows.source(1, column, x));
                self.places.push(place.map(|(y, x)| y * windows.size[1] + x));
                self.regions.push((3 * windows.region(0, row, y) + windows.region(1, column, x)) as f32);
            }
        }
        let first = self.regions[0];
        self.is_mixed = windows.is_shifted() && self.regions.iter().any(|region| *region != first);
    }

    /// Computes the weights of the values.
    #[inline(always)]
    pub fn mix(&mut self, simd: S, head: usize) {
        let Inputs { attention: Attention { heads, channels, .. }, bias, scale, position, .. } = self.inputs;
        let tokens = self.places.len();
        let part = |part: usize| (part * heads + head) * channels;
        take(self.image, &self.places, bias, part(0), channels, &mut self.query);
        take(self.image, &self.places, bias, part(1), channels, &mut self.key);
        take(self.image, &self.places, bias, part(2), channels, &mut self.value);
        to_unit(&mut self.query, channels, &mut self.query_inverse);
        to_unit(&mut self.key, channels, &mut self.key_inverse);
        transpose(&self.key, channels, &mut self.turned);
        self.over_channels.set(&self.turned);
        multiply(simd, &self.query, &self.over_channels, &mut self.mix);

        let scale = scale[head];
        let positions = position[head * tokens * tokens..].chunks_exact(tokens);
        for ((row, position), region) in self.mix.chunks_exact_mut(tokens).zip(positions).zip(&self.regions) {
            for (logit, position) in row.iter_mut().zip(position) {
                *logit = *logit * scale + position;
            }
            if self.is_mixed {
                for (logit, other) in row.iter_mut().zip(&self.regions) {
                    *logit += if other == region { 0.0 } else { APART };
                }
            }
            softmax(row);
        }
    }

    /// Computes the result.
    #[inline(always)]
    pub fn forward(&mut self, simd: S, head: usize) {
        self.mix(simd, head);
        self.over_tokens.set(&self.value);
        multiply(simd, &self.mix, &self.over_tokens, &mut self.result);
    }

    /// Puts the result where its tokens are.
    #[inline(always)]
    pub fn put(&self, rows: &mut [(usize, &mut [f32])], head: usize) {
        let Attention { heads, channels, .. } = self.inputs.attention;
        self.put_part(&self.result, rows, heads * channels, head * channels);
    }

    #[inline(always)]
    fn put_part(&self, values: &[f32], rows: &mut [(usize, &mut [f32])], width: usize, first: usize) {
        let Attention { windows, channels, .. } = self.inputs.attention;
        for (y, row) in rows {
            let line = *y * windows.side..(*y + 1) * windows.side;
            let values = values[line.start * channels..].chunks_exact(channels);
            for (place, values) in self.places[line].iter().zip(values) {
                if let Some(place) = place {
                    row[place % windows.size[1] * width + first..][..channels].copy_from_slice(values);
                }
            }
        }
    }
}

/// Room for the gradients of a head.
pub struct Back<'a, S: Simd> {
    image: &'a [f32],
    /// A bias of zeros.
    nothing: Vec<f32>,
    /// Of the result.
    gradient: Vec<f32>,
    query: Vec<f32>,
    key: Vec<f32>,
    value: Vec<f32>,
    mix: Vec<f32>,
    turned: Vec<f32>,
    over_channels: Panels<S>,
    over_tokens: Panels<S>,
}

impl<'a, S: Simd> Back<'a, S> {
    #[inline(always)]
    pub fn new(simd: S, inputs: Inputs<'a>, gradient: &'a [f32], image: usize) -> Self {
        let Attention { windows, heads, channels } = inputs.attention;
        let tokens = windows.side * windows.side;
        let zeros = || vec![0.0; tokens * channels];
        Self {
            image: image_of(gradient, inputs, heads * channels, image),
            nothing: vec![0.0; heads * channels],
            gradient: zeros(),
            query: zeros(),
            key: zeros(),
            value: zeros(),
            mix: vec![0.0; tokens * tokens],
            turned: zeros(),
            over_channels: Panels::new(simd, channels, tokens),
            over_tokens: Panels::new(simd, tokens, channels),
        }
    }

    /// The gradients of a head that has its weights.
    #[inline(always)]
    pub fn backward(&mut self, simd: S, head: &Head<'_, S>, number: usize, sums: &mut Sums) {
        let Attention { heads, channels, .. } = head.inputs.attention;
        let tokens = head.places.len();
        take(self.image, &head.places, &self.nothing, number * channels, channels, &mut self.gradient);
        self.over_tokens.set(&self.gradient);
        multiply_by_columns(simd, &head.mix, &self.over_tokens, &mut self.value);
        transpose(&head.value, channels, &mut self.turned);
        self.over_channels.set(&self.turned);
        multiply(simd, &self.gradient, &self.over_channels, &mut self.mix);

        // Through the softmax.
        let positions = &mut sums.position[number * tokens * tokens..][..tokens * tokens];
        let rows = self.mix.chunks_exact_mut(tokens).zip(head.mix.chunks_exact(tokens));
        for ((slopes, mix), position) in rows.zip(positions.chunks_exact_mut(tokens)) {
            let mean = sum(slopes, mix, |slope, mix| slope * mix);
            for ((slope, mix), position) in slopes.iter_mut().zip(mix).zip(position) {
                *slope = mix * (*slope - mean);
                *position += *slope;
            }
        }

        // Through the cosines: those of unit vectors first, without the scale.
        self.over_tokens.set(&head.key);
        multiply(simd, &self.mix, &self.over_tokens, &mut self.query);
        self.over_tokens.set(&head.query);
        multiply_by_columns(simd, &self.mix, &self.over_tokens, &mut self.key);
        sums.scale[number] += sum(&self.query, &head.query, |slope, query| slope * query);
        let scale = head.inputs.scale[number];
        from_unit(&mut self.query, &head.query, &head.query_inverse, channels, scale);
        from_unit(&mut self.key, &head.key, &head.key_inverse, channels, scale);
        for (part, values) in [&self.query, &self.key, &self.value].into_iter().enumerate() {
            let bias = &mut sums.bias[(part * heads + number) * channels..][..channels];
            for row in values.chunks_exact(channels) {
                bias.iter_mut().zip(row).for_each(|(bias, value)| *bias += value);
            }
        }
    }

    /// Puts the gradients where their tokens are.
    #[inline(always)]
    pub fn put(&self, head: &Head<'_, S>, rows: &mut [(usize, &mut [f32])], number: usize) {
        let Attention { heads, channels, .. } = head.inputs.attention;
        for (part, values) in [&self.query, &self.key, &self.value].into_iter().enumerate() {
            head.put_part(values, rows, 3 * heads * channels, (part * heads + number) * channels);
        }
    }
}

/// The tokens of an image, `width` numbers each.
fn image_of<'a>(maps: &'a [f32], inputs: Inputs<'_>, width: usize, image: usize) -> &'a [f32] {
    let [rows, columns] = inputs.attention.windows.size;
    let size = rows * columns * width;
    &maps[image * size..(image + 1) * size]
}

/// Copies some channels of a window's tokens, and adds the bias.
#[inline(always)]
fn take(
    image: &[f32],
    places: &[Option<usize>],
    bias: &[f32],
    first: usize,
    channels: usize,
    tokens: &mut [f32],
) {
    let width = bias.len();
    let bias = &bias[first..first + channels];
    for (token, place) in tokens.chunks_exact_mut(channels).zip(places) {
        token.copy_from_slice(bias);
        if let Some(place) = place {
            let values = &image[place * width + first..][..channels];
            token.iter_mut().zip(values).for_each(|(token, value)| *token += value);
        }
    }
}

/// Scales vectors to length one.
#[inline(always)]
fn to_unit(vectors: &mut [f32], channels: usize, inverse: &mut [f32]) {
    for (vector, inverse) in vectors.chunks_exact_mut(channels).zip(inverse) {
        *inverse = (sum(vector, vector, |a, b| a * b) + SMALLEST).sqrt().recip();
        vector.iter_mut().for_each(|value| *value *= *inverse);
    }
}

/// Gradients of vectors from those of the vectors at length one: what would change the length is taken away.
#[inline(always)]
fn from_unit(gradients: &mut [f32], units: &[f32], inverse: &[f32], channels: usize, scale: f32) {
    let rows = gradients.chunks_exact_mut(channels).zip(units.chunks_exact(channels)).zip(inverse);
    for ((gradient, unit), inverse) in rows {
        let along = sum(gradient, unit, |gradient, unit| gradient * unit);
        for (gradient, unit) in gradient.iter_mut().zip(unit) {
            *gradient = scale * inverse * (*gradient - unit * along);
        }
    }
}

#[inline(always)]
fn softmax(row: &mut [f32]) {
    let largest = largest(row);
    row.iter_mut().for_each(|logit| *logit = exp_of_negative(*logit - largest));
    let inverse = sum(row, row, |weight, _| weight).recip();
    row.iter_mut().for_each(|weight| *weight *= inverse);
}
