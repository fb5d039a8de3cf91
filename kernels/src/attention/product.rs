//! Products of matrices that stay in the first cache: `[m, k]` and `[k, n]`, rows one after the other.

use pulp::Simd;

use crate::tile::{self, Tile, VECTORS};

/// Rows of a tile.
pub const ROWS: usize = 4;

/// The right side of a product, `[k, n]`, by panels of columns, so that the vectors of a panel lie one after the other.
pub struct Panels<S: Simd> {
    values: Vec<[S::f32s; VECTORS]>,
    depth: usize,
}

impl<S: Simd> Panels<S> {
    /// For `depth` rows and `columns` columns.
    #[inline(always)]
    pub fn new(simd: S, depth: usize, columns: usize) -> Self {
        let panels = columns / (VECTORS * S::F32_LANES);
        Self { values: vec![[simd.splat_f32s(0.0); VECTORS]; panels * depth], depth }
    }

    /// Takes over the values of a matrix.
    #[inline(always)]
    pub fn set(&mut self, matrix: &[f32]) {
        let depth = self.depth;
        let columns = matrix.len() / depth;
        for (k, row) in matrix.chunks_exact(columns).enumerate() {
            let (vectors, _) = S::as_simd_f32s(row);
            let (vectors, _) = vectors.as_chunks::<VECTORS>();
            for (panel, vectors) in self.values.chunks_exact_mut(depth).zip(vectors) {
                panel[k] = *vectors;
            }
        }
    }
}

/// `result = a b`, `a` being `[m, k]`.
#[inline(always)]
pub fn multiply<S: Simd>(simd: S, a: &[f32], b: &Panels<S>, result: &mut [f32]) {
    let depth = b.depth;
    let columns = result.len() / (a.len() / depth);
    let zero: Tile<S, ROWS> = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
    for (a, result) in a.chunks_exact(ROWS * depth).zip(result.chunks_exact_mut(ROWS * columns)) {
        let rows: [&[f32]; ROWS] = std::array::from_fn(|row| &a[row * depth..]);
        for (index, panel) in b.values.chunks_exact(depth).enumerate() {
            store::<S>(tile::rows(simd, rows, panel, zero), result, columns, index);
        }
    }
}

/// `result = a^T b`, `a` being `[k, m]`.
#[inline(always)]
pub fn multiply_by_columns<S: Simd>(simd: S, a: &[f32], b: &Panels<S>, result: &mut [f32]) {
    let rows = a.len() / b.depth;
    let columns = result.len() / rows;
    let zero: Tile<S, ROWS> = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
    let (strips, _) = a.as_chunks::<ROWS>();
    for (strip, result) in result.chunks_exact_mut(ROWS * columns).enumerate() {
        for (index, panel) in b.values.chunks_exact(b.depth).enumerate() {
            let values = strips[strip..].chunks(rows / ROWS).map(|row| &row[0]);
            store::<S>(tile::columns(simd, values, panel, zero), result, columns, index);
        }
    }
}

/// Puts a tile into `ROWS` rows of a result.
#[inline(always)]
fn store<S: Simd>(tile: Tile<S, ROWS>, result: &mut [f32], columns: usize, panel: usize) {
    for (row, tile) in result.chunks_exact_mut(columns).zip(tile) {
        let (row, _) = S::as_mut_simd_f32s(row);
        if let Some(place) = row.as_chunks_mut::<VECTORS>().0.get_mut(panel) {
            *place = tile;
        }
    }
}

/// `[m, n]` to `[n, m]`.
#[inline(always)]
pub fn transpose(matrix: &[f32], columns: usize, result: &mut [f32]) {
    let rows = matrix.len() / columns;
    for (row, values) in matrix.chunks_exact(columns).enumerate() {
        for (result, value) in result.chunks_exact_mut(rows).zip(values) {
            result[row] = *value;
        }
    }
}
