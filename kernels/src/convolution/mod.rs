//! Direct 3x3 convolution on slices.

mod weight;

use pulp::{Simd, WithSimd};

use crate::vector::for_each;
pub use weight::{convolve_bias_gradient, convolve_weight_gradient};

/// Side of the kernel.
const SIDE: usize = 3;
/// The longest vector of pixels that a processor computes with.
const TILE: usize = 16;
/// Output channels that are computed together: as many as hide the time that a multiplication takes.
const BLOCK: usize = 8;

/// Kernels of one block of output channels: for each input channel, row and column of the kernel, one value per
/// output channel.
type Kernels = Vec<[[[f32; BLOCK]; SIDE]; SIDE]>;

/// The images `x`, `[B, C, H, W]`, with the kernels `weight`, `[outputs, C, 3, 3]`, stride 1 and zeros around, and
/// `bias`, `[outputs]`, added: `[B, outputs, H, W]`.
pub fn convolve(
    x: &[f32],
    [batch, channels, height, width]: [usize; 4],
    weight: &[f32],
    bias: Option<&[f32]>,
    outputs: usize,
) -> Vec<f32> {
    let padded = Padded::new(x, channels, height, width);
    let blocks: Vec<Kernels> =
        (0..outputs).step_by(BLOCK).map(|first| kernels(weight, channels, first)).collect();
    let area = height * width;
    let mut result = vec![0.0; batch * outputs * area];
    if result.is_empty() {
        return result;
    }
    let jobs: Vec<(usize, usize, &mut [f32])> = result
        .chunks_mut(outputs * area)
        .enumerate()
        .flat_map(|(image, maps)| {
            maps.chunks_mut(BLOCK * area).enumerate().map(move |(block, maps)| (image, block, maps))
        })
        .collect();
    for_each(jobs, |(image, block, maps)| {
        let (image, kernels) = (padded.image(image), &blocks[block]);
        let start = |output| bias.and_then(|bias| bias.get(block * BLOCK + output)).copied().unwrap_or(0.0);
        let start = std::array::from_fn(start);
        pulp::Arch::new().dispatch(Fill { maps, padded: &padded, image, kernels, start });
    });
    result
}

/// Images with a frame of zeros, on the right up to a whole number of tiles.
struct Padded {
    values: Vec<f32>,
    channels: usize,
    height: usize,
    width: usize,
    row: usize,
}

impl Padded {
    fn new(x: &[f32], channels: usize, height: usize, width: usize) -> Self {
        let row = width.next_multiple_of(TILE) + SIDE - 1;
        let plane = (height + SIDE - 1) * row;
        let planes = x.len().checked_div(height * width).unwrap_or(0);
        let mut values = vec![0.0; planes * plane];
        for (source, target) in x.chunks_exact((height * width).max(1)).zip(values.chunks_exact_mut(plane)) {
            let rows = target.chunks_exact_mut(row).skip(1);
            for (source, target) in source.chunks_exact(width).zip(rows) {
                target[1..=width].copy_from_slice(source);
            }
        }
        Self { values, channels, height, width, row }
    }

    fn image(&self, index: usize) -> &[f32] {
        let size = self.channels * (self.height + SIDE - 1) * self.row;
        &self.values[index * size..(index + 1) * size]
    }
}

/// The kernels of the output channels from `first` on; zeros beyond the last.
fn kernels(weight: &[f32], channels: usize, first: usize) -> Kernels {
    let value = |output: usize, channel: usize, y: usize, x: usize| {
        weight.get(((output * channels + channel) * SIDE + y) * SIDE + x).copied().unwrap_or(0.0)
    };
    (0..channels)
        .map(|channel| {
            std::array::from_fn(|y| {
                std::array::from_fn(|x| std::array::from_fn(|output| value(first + output, channel, y, x)))
            })
        })
        .collect()
}

/// Computes the maps of one block of output channels of one image.
struct Fill<'a> {
    maps: &'a mut [f32],
    padded: &'a Padded,
    image: &'a [f32],
    kernels: &'a Kernels,
    /// The bias of each output channel.
    start: [f32; BLOCK],
}

impl WithSimd for Fill<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let &Padded { height, width, row, .. } = self.padded;
        let plane = (height + SIDE - 1) * row;
        let zero = simd.splat_f32s(0.0);
        for y in 0..height {
            for x in (0..width).step_by(S::F32_LANES) {
                // One vector of pixels for each output channel, kept in registers.
                let mut sums = self.start.map(|start| simd.splat_f32s(start));
                for (kernel, plane) in self.kernels.iter().zip(self.image.chunks_exact(plane)) {
                    for (kernel, row) in kernel.iter().zip(plane[y * row..].chunks_exact(row)) {
                        for (offset, kernel) in kernel.iter().enumerate() {
                            let (pixels, _) = S::as_simd_f32s(&row[x + offset..]);
                            let pixels = pixels.first().copied().unwrap_or(zero);
                            for (sum, weight) in sums.iter_mut().zip(kernel) {
                                *sum = simd.mul_add_e_f32s(simd.splat_f32s(*weight), pixels, *sum);
                            }
                        }
                    }
                }
                let end = (x + S::F32_LANES).min(width);
                for (map, sum) in self.maps.chunks_exact_mut(height * width).zip(sums) {
                    simd.partial_store_f32s(&mut map[y * width + x..y * width + end], sum);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::random::Numbers;

    fn naive(
        x: &[f32],
        [batch, channels, height, width]: [usize; 4],
        weight: &[f32],
        outputs: usize,
    ) -> Vec<f32> {
        let mut result = Vec::new();
        for (image, output, y, x0) in (0..batch).flat_map(|b| {
            (0..outputs)
                .flat_map(move |o| (0..height).flat_map(move |y| (0..width).map(move |x| (b, o, y, x))))
        }) {
            let mut sum = 0.0;
            for (channel, ky, kx) in
                (0..channels).flat_map(|c| (0..SIDE).flat_map(move |y| (0..SIDE).map(move |x| (c, y, x))))
            {
                let (row, column) = (y + ky, x0 + kx);
                if (1..=height).contains(&row) && (1..=width).contains(&column) {
                    sum += x[((image * channels + channel) * height + row - 1) * width + column - 1]
                        * weight[((output * channels + channel) * SIDE + ky) * SIDE + kx];
                }
            }
            result.push(sum);
        }
        result
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn it_is_the_sum_over_the_neighbourhood(
            shape in [1_usize..3, 1_usize..4, 1_usize..6, 1_usize..40],
            outputs in 1_usize..12,
            seed in any::<u32>(),
        ) {
            let mut numbers = Numbers(seed);
            let x = numbers.take(shape.iter().product());
            let weight = numbers.take(outputs * shape[1] * SIDE * SIDE);
            let bias = numbers.take(outputs);
            let found = convolve(&x, shape, &weight, Some(&bias), outputs);
            let mut expected = naive(&x, shape, &weight, outputs);
            for (place, value) in expected.iter_mut().enumerate() {
                *value += bias[place / (shape[2] * shape[3]) % outputs];
            }
            prop_assert_eq!(found.len(), expected.len());
            for (a, b) in found.into_iter().zip(expected) {
                prop_assert!((a - b).abs() < 1e-5, "{} and {}", a, b);
            }
        }

        /// The result is linear in the kernels: what one of them adds to it is the gradient's product with it.
        #[test]
        fn the_gradient_of_a_kernel_is_what_it_adds(
            shape in [1_usize..3, 1_usize..4, 1_usize..80, 1_usize..40],
            outputs in 1_usize..7,
            seed in any::<u32>(),
        ) {
            let mut numbers = Numbers(seed);
            let x = numbers.take(shape.iter().product());
            let kernels = outputs * shape[1] * SIDE * SIDE;
            let gradient = numbers.take(shape[0] * outputs * shape[2] * shape[3]);
            let found = convolve_weight_gradient(&x, shape, &gradient, outputs);
            prop_assert_eq!(found.len(), kernels);
            for (place, found) in found.into_iter().enumerate().step_by(5) {
                let mut weight = vec![0.0; kernels];
                weight[place] = 1.0;
                let added = convolve(&x, shape, &weight, None, outputs);
                let expected: f32 = added.iter().zip(&gradient).map(|(a, b)| a * b).sum();
                prop_assert!((found - expected).abs() < 1e-3, "{} and {}", found, expected);
            }
        }
    }
}
