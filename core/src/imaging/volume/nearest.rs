//! The nearest voxel of another grid: for labels, of which there is no mean.

use super::Grid;
use super::linear::OUTSIDE;

/// The values of `from` at the voxels of `to`: those of the nearest voxel, and `outside` where a voxel's
/// centre lies outside of the volume. `values` must hold one value for each voxel of `from`.
///
/// Between a grid and its axes exchanged or reversed this is exact.
pub fn nearest<T: Copy>(values: &[T], from: &Grid, to: &Grid, outside: T) -> Vec<T> {
    let map = from.voxels_of(to);
    let [columns, rows, slices] = to.size();
    let size = from.size();
    let mut out = Vec::with_capacity(to.voxels());
    for slice in 0..slices {
        for row in 0..rows {
            let line = map.map(|[_, y, z, offset]| y * row as f64 + z * slice as f64 + offset);
            for column in 0..columns {
                let voxel: [Option<usize>; 3] = std::array::from_fn(|axis| {
                    rounded(line[axis] + map[axis][0] * column as f64, size[axis])
                });
                out.push(match voxel {
                    [Some(x), Some(y), Some(z)] => values[(z * size[1] + y) * size[0] + x],
                    _ => outside,
                });
            }
        }
    }
    out
}

/// The voxel of `length` around `coordinate`.
fn rounded(coordinate: f64, length: usize) -> Option<usize> {
    let edge = length as f64 - 0.5;
    // What lies exactly between two voxels belongs to the second, whatever was lost in rounding.
    let nearest = (coordinate + 0.5 + OUTSIDE).floor().max(0.0) as usize;
    (-0.5 - OUTSIDE..=edge + OUTSIDE).contains(&coordinate).then_some(nearest.min(length.saturating_sub(1)))
}
