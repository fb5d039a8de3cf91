//! Where the voxels of a volume lie, without their values.

use thiserror::Error;

use crate::imaging::affine::{Affine, apply, column_lengths, compose, inverse};
use crate::imaging::{AxisCodes, Geometry, Image};

/// A grid of voxels in space. Its affine can always be inverted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    size: [usize; 3],
    affine: Affine,
    inverse: Affine,
}

/// Why there is no such grid.
#[derive(Debug, Error, Clone, PartialEq)]
pub enum GridError {
    /// A spacing that is no distance.
    #[error("a spacing of {0:?} mm is not possible; give three numbers above 0")]
    Spacing([f64; 3]),
    /// More voxels than the caller allows.
    #[error(
        "a spacing of {spacing:?} mm would make {voxels} voxels, more than the {limit} that are allowed; \
         choose a larger spacing"
    )]
    TooLarge {
        /// The spacing asked for.
        spacing: [f64; 3],
        /// The voxels it would need.
        voxels: f64,
        /// Allowed voxels.
        limit: usize,
    },
}

impl Grid {
    /// The grid of a volume of `size` columns, rows and slices with this geometry; where it is unknown, that
    /// of [an axial series](Geometry::affine_or_axial).
    pub fn new(size: [usize; 3], geometry: &Geometry) -> Self {
        let affine = geometry.affine_or_axial();
        // `affine_or_axial` gives affines that can be inverted; the fallback is never reached.
        let inverse = inverse(&affine).unwrap_or(affine);
        Self { size, affine, inverse }
    }

    /// Columns, rows and slices.
    pub fn size(&self) -> [usize; 3] {
        self.size
    }

    /// Number of voxels.
    pub fn voxels(&self) -> usize {
        self.size.iter().product()
    }

    /// The geometry of an image on this grid.
    pub fn geometry(&self) -> Geometry {
        Geometry::from_affine(self.affine)
    }

    /// Distances of neighbouring columns, rows and slices in mm.
    pub fn spacing(&self) -> [f64; 3] {
        column_lengths(&self.affine)
    }

    /// Where columns, rows and slices lead.
    pub fn axis_codes(&self) -> AxisCodes {
        // Affines of grids can be inverted, so that they always have one.
        AxisCodes::of(&self.affine).unwrap_or(AxisCodes::LPS)
    }

    /// A grid over the same part of space, around the same centre and in the same directions, with exactly
    /// this spacing in mm and at most `max_voxels` voxels.
    ///
    /// # Errors
    /// [`GridError`]: a spacing that is not above 0, or too many voxels.
    pub fn with_spacing(&self, spacing: [f64; 3], max_voxels: usize) -> Result<Self, GridError> {
        if !spacing.iter().all(|step| step.is_finite() && *step > 0.0) {
            return Err(GridError::Spacing(spacing));
        }
        let old = self.spacing();
        let lengths: [f64; 3] =
            std::array::from_fn(|axis| (self.size[axis] as f64 * old[axis] / spacing[axis]).round().max(1.0));
        let voxels: f64 = lengths.iter().product();
        if voxels > max_voxels as f64 {
            return Err(GridError::TooLarge { spacing, voxels, limit: max_voxels });
        }
        let size = lengths.map(|length| length as usize);
        let factors: [f64; 3] = std::array::from_fn(|axis| spacing[axis] / old[axis]);
        // From the new voxels to the old ones: around the centre of both.
        let to_old: Affine = std::array::from_fn(|axis| {
            let mut row = [0.0; 4];
            row[axis] = factors[axis];
            row[3] = (self.size[axis] as f64 - 1.0) / 2.0 - factors[axis] * (size[axis] as f64 - 1.0) / 2.0;
            row
        });
        let affine = compose(&self.affine, &to_old);
        inverse(&affine).map(|inverse| Self { size, affine, inverse }).ok_or(GridError::Spacing(spacing))
    }

    /// The place in RAS+ mm of (column, row, slice).
    pub fn position(&self, voxel: [f64; 3]) -> [f64; 3] {
        apply(&self.affine, voxel)
    }

    /// The map from the voxels of `target` to the voxels of this grid at the same place.
    pub(super) fn voxels_of(&self, target: &Self) -> Affine {
        compose(&self.inverse, &target.affine)
    }
}

impl Image {
    /// Where its voxels lie.
    pub fn grid(&self) -> Grid {
        Grid::new(self.size(), self.geometry())
    }
}
