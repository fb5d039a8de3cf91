//! The innermost loop of a matrix product: a tile of sums that stays in registers.

use pulp::Simd;

/// Vectors of columns in a tile.
pub const VECTORS: usize = 2;

/// A tile of `ROWS` rows by [`VECTORS`] vectors of columns.
pub type Tile<S, const ROWS: usize> = [[<S as Simd>::f32s; VECTORS]; ROWS];

/// Adds to `sums` the product of rows, each as long as `panel`, with a panel of columns.
#[inline(always)]
pub fn rows<S: Simd, const ROWS: usize>(
    simd: S,
    rows: [&[f32]; ROWS],
    panel: &[[S::f32s; VECTORS]],
    mut sums: Tile<S, ROWS>,
) -> Tile<S, ROWS> {
    // One length for all of them spares the check of every index.
    let rows = rows.map(|row| &row[..panel.len()]);
    for (k, columns) in panel.iter().enumerate() {
        for (sums, row) in sums.iter_mut().zip(rows) {
            let value = simd.splat_f32s(row[k]);
            for (sum, column) in sums.iter_mut().zip(columns) {
                *sum = simd.mul_add_e_f32s(value, *column, *sum);
            }
        }
    }
    sums
}

/// As [`rows`], with the left side by columns: `strip` has, for each row of the panel, one value per row of the tile.
#[inline(always)]
pub fn columns<'a, S: Simd, const ROWS: usize>(
    simd: S,
    strip: impl Iterator<Item = &'a [f32; ROWS]>,
    panel: &[[S::f32s; VECTORS]],
    mut sums: Tile<S, ROWS>,
) -> Tile<S, ROWS> {
    for (values, columns) in strip.zip(panel) {
        for (sums, value) in sums.iter_mut().zip(values) {
            let value = simd.splat_f32s(*value);
            for (sum, column) in sums.iter_mut().zip(columns) {
                *sum = simd.mul_add_e_f32s(value, *column, *sum);
            }
        }
    }
    sums
}
