//! Linear interpolation on another grid: for the values of images.

use super::Grid;
use crate::imaging::affine::Affine;
use crate::imaging::{Image, Pixels};

/// How far beyond the volume's surface, in voxels, still counts as inside: rounding of coordinates.
pub(super) const OUTSIDE: f64 = 1e-6;

impl Image {
    /// The same volume on another grid, for example [one with another spacing](Grid::with_spacing).
    ///
    /// Values are interpolated linearly and keep their type. Along axes that both grids share, a larger
    /// spacing takes the mean over all that falls together (a triangle as wide as two new voxels, as
    /// `imaging::resize_planes` does); between grids that are turned against each other, eight neighbours are
    /// read, so bring an image to a [similar orientation](Image::reoriented) first. What lies outside of the
    /// volume gets its smallest value: air in CT, no signal in MR.
    pub fn resampled(&self, grid: &Grid) -> Self {
        let channels = self.channels();
        let from = self.grid();
        let map = from.voxels_of(grid);
        let values = self.pixels().values();
        let outside =
            values.iter().copied().filter(|value| value.is_finite()).reduce(f32::min).unwrap_or(0.0);
        let out = if is_aligned(&map, grid.size()) {
            along_axes(values, from.size(), grid.size(), &map, channels, outside)
        } else {
            across(&values, from.size(), grid.size(), &map, channels, outside)
        };
        let pixels = match self.pixels() {
            // A cast from float to integer stays within the type's range.
            Pixels::U8(_) => Pixels::U8(out.into_iter().map(|value| value.round() as u8).collect()),
            Pixels::U16(_) => Pixels::U16(out.into_iter().map(|value| value.round() as u16).collect()),
            Pixels::I16(_) => Pixels::I16(out.into_iter().map(|value| value.round() as i16).collect()),
            Pixels::F32(_) => Pixels::F32(out),
        };
        self.with_values(grid.size(), pixels, grid.geometry())
    }
}

/// Whether each axis of the new grid runs along the same axis of the old one.
fn is_aligned(map: &Affine, size: [usize; 3]) -> bool {
    (0..3)
        .all(|axis| (0..3).all(|other| other == axis || (map[axis][other] * size[other] as f64).abs() < 1e-4))
}

/// One axis after the other.
fn along_axes(
    values: Vec<f32>,
    from: [usize; 3],
    to: [usize; 3],
    map: &Affine,
    channels: usize,
    outside: f32,
) -> Vec<f32> {
    let (mut values, mut size) = (values, from);
    for axis in 0..3 {
        let taps = taps(from[axis], map[axis][axis], map[axis][3], to[axis]);
        let inner: usize = channels * size[..axis].iter().product::<usize>();
        let outer: usize = size[axis + 1..].iter().product();
        let mut out = vec![0.0; inner * to[axis] * outer];
        let blocks = values.chunks_exact(inner * size[axis]).zip(out.chunks_exact_mut(inner * to[axis]));
        for (block, out) in blocks {
            for (line, taps) in out.chunks_exact_mut(inner).zip(&taps) {
                let Some((first, weights)) = taps else {
                    line.fill(outside);
                    continue;
                };
                for (weight, source) in weights.iter().zip(block[first * inner..].chunks_exact(inner)) {
                    // An infinite neighbour that does not count must not become "not a number".
                    if *weight > 0.0 {
                        line.iter_mut().zip(source).for_each(|(sum, value)| *sum += weight * value);
                    }
                }
            }
        }
        (values, size[axis]) = (out, to[axis]);
    }
    values
}

/// For each output along an axis the first voxel read and the weights from there on, together 1; none for an
/// output outside. Output `i` lies at voxel `scale * i + offset`.
fn taps(length: usize, scale: f64, offset: f64, outputs: usize) -> Vec<Option<(usize, Vec<f32>)>> {
    let radius = scale.abs().max(1.0);
    let last = length as f64 - 1.0;
    (0..outputs)
        .map(|output| {
            let centre = scale * output as f64 + offset;
            if !(-0.5 - OUTSIDE..=last + 0.5 + OUTSIDE).contains(&centre) {
                return None;
            }
            let first = (centre - radius).ceil().clamp(0.0, last) as usize;
            let end = (centre + radius).floor().clamp(0.0, last) as usize;
            let weights: Vec<f64> = (first..=end)
                .map(|voxel| (1.0 - ((voxel as f64 - centre) / radius).abs()).max(0.0))
                // Coordinates that miss a voxel by a rounding error give its value.
                .map(|weight| if weight < OUTSIDE { 0.0 } else { weight })
                .collect();
            let total: f64 = weights.iter().sum();
            Some((first, weights.iter().map(|weight| (weight / total) as f32).collect()))
        })
        .collect()
}

/// Eight neighbours of each voxel.
fn across(
    values: &[f32],
    from: [usize; 3],
    to: [usize; 3],
    map: &Affine,
    channels: usize,
    outside: f32,
) -> Vec<f32> {
    let [columns, rows, slices] = to;
    let mut out = Vec::with_capacity(columns * rows * slices * channels);
    for slice in 0..slices {
        for row in 0..rows {
            let line = map.map(|[_, y, z, offset]| y * row as f64 + z * slice as f64 + offset);
            for column in 0..columns {
                let place: [f64; 3] = std::array::from_fn(|axis| line[axis] + map[axis][0] * column as f64);
                let is_inside = (0..3)
                    .all(|axis| (-0.5 - OUTSIDE..=from[axis] as f64 - 0.5 + OUTSIDE).contains(&place[axis]));
                if is_inside {
                    let neighbours: [(usize, usize, f64); 3] = std::array::from_fn(|axis| {
                        let last = from[axis] - 1;
                        let place = place[axis].clamp(0.0, last as f64);
                        let below = place as usize;
                        (below, (below + 1).min(last), place - below as f64)
                    });
                    out.extend(
                        (0..channels).map(|channel| trilinear(values, from, neighbours, channels, channel)),
                    );
                } else {
                    out.extend(std::iter::repeat_n(outside, channels));
                }
            }
        }
    }
    out
}

/// The value between two neighbours along each axis: (below, above, distance from below).
fn trilinear(
    values: &[f32],
    size: [usize; 3],
    neighbours: [(usize, usize, f64); 3],
    channels: usize,
    channel: usize,
) -> f32 {
    let mut sum = 0.0;
    for corner in 0..8 {
        let mut weight = 1.0;
        let [x, y, z] = std::array::from_fn(|axis| {
            let (below, above, part) = neighbours[axis];
            let is_above = corner >> axis & 1 == 1;
            weight *= if is_above { part } else { 1.0 - part };
            if is_above { above } else { below }
        });
        if weight > 0.0 {
            sum += weight * f64::from(values[((z * size[1] + y) * size[0] + x) * channels + channel]);
        }
    }
    sum as f32
}
