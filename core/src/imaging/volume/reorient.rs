//! Turning volumes by exchanging and reversing axes: exact, no value is interpolated.

use crate::imaging::affine::{Affine, column};
use crate::imaging::{AxisCodes, Geometry, Image, Pixels};

/// How to cut a volume into slices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plane {
    /// Across the body, seen from the feet.
    Axial,
    /// From the front to the back, seen from the front.
    Coronal,
    /// From the left to the right, seen from the left.
    Sagittal,
}

impl Plane {
    /// Columns, rows and slices as radiologists look at such slices: the patient's left on the right hand,
    /// the nose up or to the left, the head up. All are right-handed, so no slice is seen in a mirror.
    pub fn axis_codes(self) -> AxisCodes {
        match self {
            Self::Axial => AxisCodes::LPS,
            Self::Coronal => AxisCodes::LIP,
            Self::Sagittal => AxisCodes::PIR,
        }
    }
}

/// An order and a direction of the three axes of a volume, in terms of the axes it had before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AxisMap {
    /// For columns, rows and slices: the axis they were before.
    sources: [usize; 3],
    /// Whether they run the other way.
    reversed: [bool; 3],
}

impl AxisMap {
    /// The map that turns a volume of orientation `from` to `to`.
    pub fn between(from: AxisCodes, to: AxisCodes) -> Self {
        let (from, to) = (from.directions(), to.directions());
        let sources = to.map(|direction| {
            // Both hold each axis of space once, so it is always found.
            from.iter().position(|other| other.axis() == direction.axis()).unwrap_or(0)
        });
        Self { sources, reversed: std::array::from_fn(|axis| to[axis] != from[sources[axis]]) }
    }

    /// The map back.
    pub fn inverse(self) -> Self {
        let mut inverse = self;
        for (axis, source) in self.sources.into_iter().enumerate() {
            inverse.sources[source] = axis;
            inverse.reversed[source] = self.reversed[axis];
        }
        inverse
    }

    /// Columns, rows and slices afterwards.
    pub fn size(self, size: [usize; 3]) -> [usize; 3] {
        self.sources.map(|source| size[source])
    }

    /// The geometry afterwards of a volume of `size` columns, rows and slices. One without an affine counts as
    /// [an axial series](Geometry::affine_or_axial), and its affine is given from then on: otherwise nothing
    /// would tell how the result was turned, and masks made on it could not find back.
    pub fn geometry(self, geometry: &Geometry, size: [usize; 3]) -> Geometry {
        let affine = geometry.affine_or_axial();
        let mut turned: Affine = affine.map(|row| [0.0, 0.0, 0.0, row[3]]);
        for (axis, (source, reversed)) in self.sources.into_iter().zip(self.reversed).enumerate() {
            let steps = size[source].saturating_sub(1) as f64;
            for (row, step) in turned.iter_mut().zip(column(&affine, source)) {
                row[axis] = if reversed { -step } else { step };
                row[3] += if reversed { step * steps } else { 0.0 };
            }
        }
        let spacing = geometry.spacing.map(|spacing| self.sources.map(|source| spacing[source]));
        Geometry { spacing, affine: Some(turned) }
    }

    /// The values afterwards of a volume of `size` columns, rows and slices with `channels` values each,
    /// columns fastest. `values` must hold that many.
    pub fn values<T: Copy>(self, values: &[T], size: [usize; 3], channels: usize) -> Vec<T> {
        let strides = [channels, channels * size[0], channels * size[0] * size[1]];
        let [columns, rows, slices] = self.size(size);
        let offset = |axis: usize, index: usize| {
            let (source, last) = (self.sources[axis], size[self.sources[axis]] - 1);
            strides[source] * if self.reversed[axis] { last - index } else { index }
        };
        let mut turned = Vec::with_capacity(values.len());
        for slice in 0..slices {
            for row in 0..rows {
                let line = offset(2, slice) + offset(1, row);
                for column in 0..columns {
                    let start = line + offset(0, column);
                    turned.extend_from_slice(&values[start..start + channels]);
                }
            }
        }
        turned
    }
}

impl Image {
    /// Where columns, rows and slices lead; an image that does not say counts as an axial series.
    pub fn axis_codes(&self) -> AxisCodes {
        self.grid().axis_codes()
    }

    /// The same values with axes exchanged and reversed; `map.inverse()` leads back exactly.
    pub fn turned(&self, map: AxisMap) -> Self {
        let (size, channels) = (self.size(), self.channels());
        let pixels = match self.pixels() {
            Pixels::U8(values) => Pixels::U8(map.values(values, size, channels)),
            Pixels::U16(values) => Pixels::U16(map.values(values, size, channels)),
            Pixels::I16(values) => Pixels::I16(map.values(values, size, channels)),
            Pixels::F32(values) => Pixels::F32(map.values(values, size, channels)),
        };
        self.with_values(map.size(size), pixels, map.geometry(self.geometry(), size))
    }

    /// The same volume with columns, rows and slices leading where `codes` says, as nearly as exchanging and
    /// reversing axes allows: an oblique volume stays oblique.
    pub fn reoriented(&self, codes: AxisCodes) -> Self {
        self.turned(AxisMap::between(self.axis_codes(), codes))
    }

    /// The same volume cut into the slices of `plane`, each as radiologists look at it.
    pub fn view(&self, plane: Plane) -> Self {
        self.reoriented(plane.axis_codes())
    }
}
