//! Where pixels lie in the patient or on the slide.

use super::AxisCodes;
use super::affine::{Affine, apply, column_lengths, inverse};

/// The place of an image in space.
///
/// Coordinates are millimetres along right, anterior and superior (RAS+, as in `NIfTI`); `DICOM`'s left and
/// posterior axes are turned around when a file is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Geometry {
    /// Distances of neighbouring columns, rows and slices in mm; `None` where the file does not say.
    pub spacing: Option<[f64; 3]>,
    /// From (column, row, slice), counted from 0 at pixel centres, to a place: three rows of
    /// `[column, row, slice, offset]`; `None` where the file does not say.
    pub affine: Option<[[f64; 4]; 3]>,
}

impl Default for Geometry {
    /// Unknown.
    fn default() -> Self {
        Self { spacing: None, affine: None }
    }
}

impl Geometry {
    /// The geometry of an affine from (column, row, slice) to RAS+ mm; its columns' lengths are the spacing,
    /// however oblique they are.
    pub fn from_affine(affine: Affine) -> Self {
        Self { spacing: Some(column_lengths(&affine)), affine: Some(affine) }
    }

    /// The geometry of slice `index` alone.
    pub fn slice(&self, index: usize) -> Self {
        let affine = self.affine.map(|rows| rows.map(|[x, y, z, o]| [x, y, z, o + z * index as f64]));
        Self { spacing: self.spacing, affine }
    }

    /// Where columns, rows and slices lead; `None` where the file does not say.
    pub fn axis_codes(&self) -> Option<AxisCodes> {
        self.affine.as_ref().and_then(AxisCodes::of)
    }

    /// The place in RAS+ mm of (column, row, slice); `None` where the file does not say.
    pub fn position(&self, voxel: [f64; 3]) -> Option<[f64; 3]> {
        self.affine.as_ref().map(|affine| apply(affine, voxel))
    }

    /// The (column, row, slice) at a place in RAS+ mm, in fractions; `None` where the file does not say.
    pub fn voxel(&self, position: [f64; 3]) -> Option<[f64; 3]> {
        Some(apply(&inverse(self.affine.as_ref()?)?, position))
    }

    /// The affine, or where there is none that can be inverted, one as of an axial series that begins at the
    /// origin: columns to the left, rows to the back, slices to the head, so that the slices are looked at
    /// as they are stored.
    pub fn affine_or_axial(&self) -> Affine {
        let valid = |spacing: &[f64; 3]| spacing.iter().all(|step| step.is_finite() && *step > 0.0);
        self.affine.filter(|affine| inverse(affine).is_some()).unwrap_or_else(|| {
            let [x, y, z] = self.spacing.filter(valid).unwrap_or([1.0; 3]);
            [[-x, 0.0, 0.0, 0.0], [0.0, -y, 0.0, 0.0], [0.0, 0.0, z, 0.0]]
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spacing_letters_and_places_come_from_the_affine() {
        // Columns to the left in steps of 2 mm, rows to the head (3 mm), slices to the front (4 mm).
        let affine = [[-2.0, 0.0, 0.0, 10.0], [0.0, 0.0, 4.0, 20.0], [0.0, 3.0, 0.0, 30.0]];
        let geometry = Geometry::from_affine(affine);
        assert_eq!(geometry.spacing, Some([2.0, 3.0, 4.0]));
        assert_eq!(geometry.axis_codes().unwrap().to_string(), "LSA");
        assert_eq!(geometry.position([1.0, 1.0, 1.0]), Some([8.0, 24.0, 33.0]));
        assert_eq!(geometry.voxel([8.0, 24.0, 33.0]), Some([1.0, 1.0, 1.0]));
        assert_eq!(geometry.slice(5).position([0.0; 3]), geometry.position([0.0, 0.0, 5.0]));
    }

    #[test]
    fn without_an_affine_slices_are_axial_as_stored() {
        let stack = Geometry { spacing: Some([0.5, 0.5, 3.0]), affine: None };
        assert_eq!(AxisCodes::of(&stack.affine_or_axial()), Some(AxisCodes::LPS));
        assert_eq!(column_lengths(&stack.affine_or_axial()), [0.5, 0.5, 3.0]);
        let nonsense = Geometry { spacing: Some([f64::NAN, 0.0, 1.0]), affine: Some([[0.0; 4]; 3]) };
        assert_eq!(column_lengths(&nonsense.affine_or_axial()), [1.0; 3]);
        assert_eq!((nonsense.axis_codes(), nonsense.voxel([0.0; 3])), (None, None));
    }

    proptest! {
        #[test]
        fn there_and_back_is_the_same_place(
            affine: [[f64; 4]; 3], entries in prop::array::uniform12(-9.0_f64..9.0), voxel in prop::array::uniform3(-99.0_f64..99.0)
        ) {
            // Any numbers at all never panic; sensible ones lead back.
            let _ = Geometry::from_affine(affine).voxel(voxel);
            let [a, b, c, d, e, f, g, h, i, j, k, l] = entries;
            let geometry = Geometry::from_affine([[a, b, c, d], [e, f, g, h], [i, j, k, l]]);
            let place = geometry.position(voxel).unwrap();
            if let Some(back) = geometry.voxel(place) {
                prop_assert!(back.iter().zip(&voxel).all(|(a, b)| (a - b).abs() < 1e-3), "{back:?}");
                prop_assert!(geometry.axis_codes().is_some());
            }
        }
    }
}
