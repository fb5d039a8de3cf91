//! Linear layers on slices: products of a tall matrix, a row per token, with a small one.

use pulp::{Simd, WithSimd};

use crate::tile::{self, Tile, VECTORS};
use crate::vector::{add, for_each, lanes, map, vectorised};

/// Rows of a tile: with two vectors of columns, the sums fill the sixteen registers of AVX2.
const ROWS: usize = 6;
/// Rows that a thread takes at a time.
const PIECE: usize = 16 * ROWS;

/// `x W + b`: `x` is `[N, inputs]`, `weight` `[inputs, outputs]`, `bias` `[outputs]`; gives `[N, outputs]`.
pub fn linear(x: &[f32], weight: &[f32], bias: Option<&[f32]>, [inputs, outputs]: [usize; 2]) -> Vec<f32> {
    let panels = Panels::new(inputs, outputs, |input, output| weight[input * outputs + output]);
    product(x, &panels, bias)
}

/// The gradient of `x` in [`linear`] from that of its result, `[N, outputs]`.
pub fn linear_input_gradient(gradient: &[f32], weight: &[f32], [inputs, outputs]: [usize; 2]) -> Vec<f32> {
    let panels = Panels::new(outputs, inputs, |output, input| weight[input * outputs + output]);
    product(gradient, &panels, None)
}

/// The sums over the rows of a matrix with `columns` columns: the gradient of a bias.
pub fn column_sums(matrix: &[f32], columns: usize) -> Vec<f32> {
    let mut sums = vec![0.0; columns];
    if columns == 0 {
        return sums;
    }
    let parts = map(matrix.chunks(columns * BLOCK * 8).collect(), |rows: &[f32]| {
        let mut sums = vec![0.0; columns];
        vectorised(
            #[inline(always)]
            || rows.chunks_exact(columns).for_each(|row| add(&mut sums, row)),
        );
        sums
    });
    parts.iter().for_each(|part| add(&mut sums, part));
    sums
}

/// The right side of a product: its columns in panels as wide as a tile, each row by row, zeros beyond the last column.
struct Panels {
    values: Vec<f32>,
    depth: usize,
    columns: usize,
    width: usize,
}

impl Panels {
    fn new(depth: usize, columns: usize, value: impl Fn(usize, usize) -> f32 + Send + Sync) -> Self {
        let width = VECTORS * lanes();
        let mut values = vec![0.0; columns.div_ceil(width) * depth * width];
        let panels = values.chunks_exact_mut((depth * width).max(1)).enumerate();
        for_each(panels.collect(), |(index, panel)| {
            let first = index * width;
            for (k, row) in panel.chunks_exact_mut(width).enumerate() {
                let columns = first..columns.min(first + width);
                row.iter_mut().zip(columns).for_each(|(place, column)| *place = value(k, column));
            }
        });
        Self { values, depth, columns, width }
    }
}

fn product(x: &[f32], panels: &Panels, bias: Option<&[f32]>) -> Vec<f32> {
    let &Panels { depth, columns, width, .. } = panels;
    let rows = x.len().checked_div(depth).unwrap_or(0);
    let mut result = vec![0.0; rows * columns];
    if result.is_empty() {
        return result;
    }
    let mut start = vec![0.0; columns.next_multiple_of(width)];
    if let Some(bias) = bias {
        start[..columns].copy_from_slice(bias);
    }
    let pieces = result.chunks_mut(PIECE * columns).zip(x.chunks(PIECE * depth));
    for_each(pieces.collect(), |(result, x)| {
        pulp::Arch::new().dispatch(Product { result, x, panels, start: &start });
    });
    result
}

/// Computes some rows of a product.
struct Product<'a> {
    result: &'a mut [f32],
    x: &'a [f32],
    panels: &'a Panels,
    start: &'a [f32],
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let &Panels { depth, columns, width, .. } = self.panels;
        let (start, _) = S::as_simd_f32s(self.start);
        let starts = start.as_chunks::<VECTORS>().0.iter();
        let panels = self.panels.values.chunks_exact(depth * width).zip(starts);
        for (index, (panel, start)) in panels.enumerate() {
            let (panel, _) = S::as_simd_f32s(panel);
            let (panel, _) = panel.as_chunks::<VECTORS>();
            let first = index * width;
            let last = columns.min(first + width);
            for (result, x) in self.result.chunks_mut(ROWS * columns).zip(self.x.chunks(ROWS * depth)) {
                // Beyond the last row it is computed again, and not stored.
                let final_row = x.len() / depth - 1;
                let rows: [&[f32]; ROWS] = std::array::from_fn(|row| &x[row.min(final_row) * depth..]);
                let sums = tile::rows(simd, rows, panel, [*start; ROWS]);
                for (result, sums) in result.chunks_exact_mut(columns).zip(&sums) {
                    store(simd, &mut result[first..last], sums);
                }
            }
        }
    }
}

#[inline(always)]
fn store<S: Simd>(simd: S, target: &mut [f32], vectors: &[S::f32s; VECTORS]) {
    for (target, vector) in target.chunks_mut(S::F32_LANES).zip(vectors) {
        simd.partial_store_f32s(target, *vector);
    }
}

/// Rows of both sides that are looked at together: they stay in the first cache.
const BLOCK: usize = 128;
/// Rows of both sides, at least, for which a part of the sum is computed apart from the others.
const PART: usize = 1024;
/// Most parts.
const PARTS: usize = 8;
/// Rows of the result that a thread takes at a time.
const STRIPS: usize = 8;

/// The gradient of the weight in [`linear`], `[inputs, outputs]`: the product of `x`, `[N, inputs]`, by its columns with
/// the gradient of the result, `[N, outputs]`.
pub fn linear_weight_gradient(x: &[f32], gradient: &[f32], [inputs, outputs]: [usize; 2]) -> Vec<f32> {
    let mut result = vec![0.0; inputs * outputs];
    let rows = x.len().checked_div(inputs).unwrap_or(0);
    if result.is_empty() || rows == 0 {
        return result;
    }
    // Their number depends on the shapes alone, so that sums are the same on any number of threads.
    let part = rows.div_ceil((rows / PART).clamp(1, PARTS)).next_multiple_of(BLOCK);
    let mut jobs = Vec::new();
    for first in (0..inputs).step_by(STRIPS * ROWS) {
        for (x, gradient) in x.chunks(part * inputs).zip(gradient.chunks(part * outputs)) {
            jobs.push(Outer { x, gradient, inputs, outputs, first });
        }
    }
    let sums = map(jobs, |job| (job.first, pulp::Arch::new().dispatch(job)));
    for (first, part) in sums {
        add(&mut result[first * outputs..], &part);
    }
    result
}

/// Computes up to `STRIPS * ROWS` rows of the weight's gradient from `first` on.
struct Outer<'a> {
    x: &'a [f32],
    gradient: &'a [f32],
    inputs: usize,
    outputs: usize,
    first: usize,
}

impl WithSimd for Outer<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<f32> {
        let Self { inputs, outputs, first, .. } = self;
        let height = (inputs - first).min(STRIPS * ROWS);
        let (strips, width) = (height.div_ceil(ROWS), VECTORS * S::F32_LANES);
        let panels = outputs.div_ceil(width);
        let mut sums: Vec<Tile<S, ROWS>> = vec![[[simd.splat_f32s(0.0); VECTORS]; ROWS]; strips * panels];
        let mut columns = vec![[0.0; ROWS]; strips * BLOCK];
        let mut panel = [[simd.splat_f32s(0.0); VECTORS]; BLOCK];
        for (x, gradient) in self.x.chunks(BLOCK * inputs).zip(self.gradient.chunks(BLOCK * outputs)) {
            for (row, x) in x.chunks_exact(inputs).enumerate() {
                for (strip, x) in x[first..first + height].chunks(ROWS).enumerate() {
                    columns[strip * BLOCK + row][..x.len()].copy_from_slice(x);
                }
            }
            let rows = x.len() / inputs;
            for (index, sums) in sums.chunks_exact_mut(strips).enumerate() {
                let last = outputs.min((index + 1) * width);
                for (place, row) in panel.iter_mut().zip(gradient.chunks_exact(outputs)) {
                    let mut values = row[index * width..last].chunks(S::F32_LANES);
                    *place = [(); VECTORS].map(|()| simd.partial_load_f32s(values.next().unwrap_or(&[])));
                }
                for (sums, strip) in sums.iter_mut().zip(columns.chunks_exact(BLOCK)) {
                    *sums = tile::columns(simd, strip[..rows].iter(), &panel[..rows], *sums);
                }
            }
        }
        let mut result = vec![0.0; height * outputs];
        for (index, sums) in sums.chunks_exact(strips).enumerate() {
            let columns = index * width..outputs.min((index + 1) * width);
            let rows = sums.iter().flatten();
            for (row, sums) in result.chunks_exact_mut(outputs).zip(rows) {
                store(simd, &mut row[columns.clone()], sums);
            }
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::random::Numbers;

    fn naive(
        a: impl Fn(usize, usize) -> f32,
        b: impl Fn(usize, usize) -> f32,
        [m, k, n]: [usize; 3],
    ) -> Vec<f32> {
        let sum = |i: usize, j: usize| (0..k).map(|k| a(i, k) * b(k, j)).sum();
        (0..m * n).map(|place| sum(place / n, place % n)).collect()
    }

    fn assert_near(found: &[f32], expected: &[f32]) {
        assert_eq!(found.len(), expected.len());
        for (a, b) in found.iter().zip(expected) {
            assert!((a - b).abs() <= 1e-4 * b.abs().max(1.0), "{a} and {b}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn products_are_sums_of_products(
            rows in prop_oneof![0_usize..40, Just(2100)],
            inputs in 1_usize..60,
            outputs in 1_usize..40,
            seed in any::<u32>(),
        ) {
            let mut numbers = Numbers(seed);
            let shape = [inputs, outputs];
            let (x, weight) = (numbers.take(rows * inputs), numbers.take(inputs * outputs));
            let (bias, gradient) = (numbers.take(outputs), numbers.take(rows * outputs));
            let x_at = |row: usize, input: usize| x[row * inputs + input];
            let weight_at = |input: usize, output: usize| weight[input * outputs + output];
            let gradient_at = |row: usize, output: usize| gradient[row * outputs + output];

            let mut expected = naive(x_at, weight_at, [rows, inputs, outputs]);
            assert_near(&linear(&x, &weight, None, shape), &expected);
            expected.chunks_exact_mut(outputs).for_each(|row| add(row, &bias));
            assert_near(&linear(&x, &weight, Some(&bias), shape), &expected);

            let expected = naive(gradient_at, |output, input| weight_at(input, output), [rows, outputs, inputs]);
            assert_near(&linear_input_gradient(&gradient, &weight, shape), &expected);
            let expected = naive(|input, row| x_at(row, input), gradient_at, [inputs, rows, outputs]);
            assert_near(&linear_weight_gradient(&x, &gradient, shape), &expected);
            let expected = naive(|_, _| 1.0, gradient_at, [1, rows, outputs]);
            assert_near(&column_sums(&gradient, outputs), &expected);
        }
    }
}
