//! Where pixels lie in the patient or on the slide.

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
    /// The geometry of slice `index` alone.
    pub fn slice(&self, index: usize) -> Self {
        let affine = self.affine.map(|rows| rows.map(|[x, y, z, o]| [x, y, z, o + z * index as f64]));
        Self { spacing: self.spacing, affine }
    }
}
