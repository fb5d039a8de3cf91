//! The gradient of the kernels of a direct 3x3 convolution.

use pulp::{Simd, WithSimd};

use super::{Padded, SIDE};
use crate::vector::{add, map, sum, vectorised};

/// Output channels that are computed together: with the three columns of the kernel, their sums fill the registers.
const BLOCK: usize = 4;
/// Numbers of an output channel's gradient that are looked at together: those of a block stay in the first cache.
const NUMBERS: usize = 1024;

/// The gradient of `weight` in [`super::convolve`], `[outputs, C, 3, 3]`, from that of its result, `[B, outputs, H, W]`.
/// `x` is `[B, C, H, W]`.
pub fn convolve_weight_gradient(
    x: &[f32],
    [batch, channels, height, width]: [usize; 4],
    gradient: &[f32],
    outputs: usize,
) -> Vec<f32> {
    let kernels = channels * SIDE * SIDE;
    let mut result = vec![0.0; outputs * kernels];
    if x.is_empty() || gradient.is_empty() {
        return result;
    }
    let padded = &Padded::new(x, channels, height, width);
    let jobs = (0..batch).flat_map(|image| {
        let gradient = &gradient[image * outputs * height * width..][..outputs * height * width];
        let blocks = gradient.chunks(BLOCK * height * width).enumerate();
        blocks.map(move |(block, gradient)| Sum { padded, image: padded.image(image), gradient, block })
    });
    let sums = map(jobs.collect(), |job| (job.block, pulp::Arch::new().dispatch(job)));
    for (block, part) in sums {
        add(&mut result[block * BLOCK * kernels..], &part);
    }
    result
}

/// The gradient of `bias` in [`super::convolve`], `[outputs]`, from that of its result, `[B, outputs, H, W]`, whose maps
/// have `area` pixels.
pub fn convolve_bias_gradient(gradient: &[f32], outputs: usize, area: usize) -> Vec<f32> {
    let mut result = vec![0.0; outputs];
    let maps = map(gradient.chunks_exact(area.max(1)).collect(), |map: &[f32]| {
        vectorised(
            #[inline(always)]
            || sum(map, map, |value, _| value),
        )
    });
    maps.chunks_exact(outputs.max(1)).for_each(|image| add(&mut result, image));
    result
}

/// Sums for one block of output channels over one image.
struct Sum<'a> {
    padded: &'a Padded,
    image: &'a [f32],
    gradient: &'a [f32],
    block: usize,
}

impl WithSimd for Sum<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<f32> {
        let &Padded { channels, height, width, row, .. } = self.padded;
        let plane = (height + SIDE - 1) * row;
        let zero = simd.splat_f32s(0.0);
        let vectors = width.div_ceil(S::F32_LANES);
        let line = vectors * S::F32_LANES;
        let lines = (NUMBERS / line).clamp(1, height);
        // Rows of the gradient with zeros up to whole vectors, those of the output channels side by side.
        let mut slopes = vec![[zero; BLOCK]; lines * vectors];
        // For each input channel and row of the kernel, a vector of sums per output channel and column.
        let mut sums = vec![[[zero; BLOCK]; SIDE]; channels * SIDE];
        for first in (0..height).step_by(lines) {
            let count = lines.min(height - first);
            for (output, map) in self.gradient.chunks_exact(height * width).enumerate() {
                let rows = map[first * width..(first + count) * width].chunks_exact(width);
                let values = rows.flat_map(|row| row.chunks(S::F32_LANES));
                for (place, values) in slopes.iter_mut().zip(values) {
                    place[output] = simd.partial_load_f32s(values);
                }
            }
            for (sums, plane) in sums.chunks_exact_mut(SIDE).zip(self.image.chunks_exact(plane)) {
                for (offset, sums) in sums.iter_mut().enumerate() {
                    let mut found = *sums;
                    let rows = plane[(first + offset) * row..].chunks_exact(row);
                    for (slopes, pixels) in slopes[..count * vectors].chunks_exact(vectors).zip(rows) {
                        let shifted =
                            [0, 1, 2].map(|column| S::as_simd_f32s(&pixels[column..column + line]).0);
                        let [a, b, c] = shifted.map(|vectors_of| &vectors_of[..vectors]);
                        for (index, slopes) in slopes.iter().enumerate() {
                            for (found, pixels) in found.iter_mut().zip([a[index], b[index], c[index]]) {
                                for (found, slope) in found.iter_mut().zip(slopes) {
                                    *found = simd.mul_add_e_f32s(*slope, pixels, *found);
                                }
                            }
                        }
                    }
                    *sums = found;
                }
            }
        }
        let outputs = self.gradient.len() / (height * width);
        let of_output = |output: usize| {
            sums.iter().flat_map(move |sums| sums.iter().map(move |sums| simd.reduce_sum_f32s(sums[output])))
        };
        (0..outputs).flat_map(of_output).collect()
    }
}
