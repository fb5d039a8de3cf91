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
        let from = self.grid();
        let map = from.voxels_of(grid);
        let values = self.pixels().values();
        let outside =
            values.iter().copied().filter(|value| value.is_finite()).reduce(f32::min).unwrap_or(0.0);
        let step = Step { from: from.size(), to: grid.size(), map: &map, channels: self.channels(), outside };
        let out = if step.is_aligned() { step.along_axes(values) } else { step.across(&values) };
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

/// From one grid to another.
struct Step<'a> {
    /// Columns, rows, slices.
    from: [usize; 3],
    to: [usize; 3],
    /// From voxels of the new grid to voxels of the old one.
    map: &'a Affine,
    channels: usize,
    /// The value of what lies outside of the old grid.
    outside: f32,
}

impl Step<'_> {
    /// Whether each axis of the new grid runs along the same axis of the old one.
    fn is_aligned(&self) -> bool {
        let shift = |axis: usize, other: usize| (self.map[axis][other] * self.to[other] as f64).abs();
        (0..3).all(|axis| (0..3).all(|other| other == axis || shift(axis, other) < 1e-4))
    }

    /// One axis after the other.
    fn along_axes(&self, values: Vec<f32>) -> Vec<f32> {
        let (mut values, mut size) = (values, self.from);
        for axis in 0..3 {
            let (length, outputs) = (self.from[axis], self.to[axis]);
            let taps = taps(length, self.map[axis][axis], self.map[axis][3], outputs);
            let inner: usize = self.channels * size[..axis].iter().product::<usize>();
            let outer: usize = size[axis + 1..].iter().product();
            let mut out = vec![0.0; inner * outputs * outer];
            let blocks = values.chunks_exact(inner * length).zip(out.chunks_exact_mut(inner * outputs));
            for (block, out) in blocks {
                for (line, taps) in out.chunks_exact_mut(inner).zip(&taps) {
                    let Some((first, weights)) = taps else {
                        line.fill(self.outside);
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
            (values, size[axis]) = (out, outputs);
        }
        values
    }

    /// Eight neighbours of each voxel.
    fn across(&self, values: &[f32]) -> Vec<f32> {
        let [columns, rows, slices] = self.to;
        let mut out = Vec::with_capacity(columns * rows * slices * self.channels);
        for slice in 0..slices {
            for row in 0..rows {
                let line = self.map.map(|[_, y, z, offset]| y * row as f64 + z * slice as f64 + offset);
                for column in 0..columns {
                    let place = std::array::from_fn(|axis| line[axis] + self.map[axis][0] * column as f64);
                    match self.neighbours(place) {
                        Some(neighbours) => out.extend(
                            (0..self.channels).map(|channel| self.trilinear(values, neighbours, channel)),
                        ),
                        None => out.extend(std::iter::repeat_n(self.outside, self.channels)),
                    }
                }
            }
        }
        out
    }

    /// Along each axis the voxels below and above, and the distance from below; none for a place outside.
    fn neighbours(&self, place: [f64; 3]) -> Option<[(usize, usize, f64); 3]> {
        let is_inside = (0..3)
            .all(|axis| (-0.5 - OUTSIDE..=self.from[axis] as f64 - 0.5 + OUTSIDE).contains(&place[axis]));
        is_inside.then(|| {
            std::array::from_fn(|axis| {
                let last = self.from[axis] - 1;
                let place = place[axis].clamp(0.0, last as f64);
                let below = place as usize;
                (below, (below + 1).min(last), place - below as f64)
            })
        })
    }

    /// The value between neighbours.
    fn trilinear(&self, values: &[f32], neighbours: [(usize, usize, f64); 3], channel: usize) -> f32 {
        let [columns, rows, _] = self.from;
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
                let at = ((z * rows + y) * columns + x) * self.channels + channel;
                sum += weight * f64::from(values[at]);
            }
        }
        sum as f32
    }
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
