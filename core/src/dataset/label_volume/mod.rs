//! One class per voxel of a volume.

use thiserror::Error;

use super::Mask;
use crate::imaging::{AxisCodes, AxisMap, Geometry, Grid, Image, Plane, nearest};

/// How far, in voxels, a label volume may lie beside its image and still belong to it: files hold places with
/// few digits.
const PLACE_TOLERANCE: f64 = 0.1;

/// One class index per voxel, slice by slice, row by row, with its place in space; [`IGNORE`](super::IGNORE) is unlabelled.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelVolume {
    size: [usize; 3],
    labels: Vec<u8>,
    geometry: Geometry,
}

/// Why labels make no volume, or not one of this image.
#[derive(Debug, Error, Clone, PartialEq)]
pub enum LabelVolumeError {
    /// No voxels, or another number than columns, rows and slices say.
    #[error("a label volume of {size:?} voxels (columns, rows, slices) cannot have {found} labels")]
    Labels {
        /// Columns, rows, slices.
        size: [usize; 3],
        /// Labels given.
        found: usize,
    },
    /// A mask of another size than the rest, or one too few or too many.
    #[error(
        "the masks of a volume's slices must all have the size of the first, and there must be one at least"
    )]
    Slices,
    /// Image and labels differ in size.
    #[error(
        "the labels have {labels:?} voxels (columns, rows, slices), but their image has {image:?}; \
         export the labels again on the grid of the image"
    )]
    Size {
        /// Columns, rows, slices of the labels.
        labels: [usize; 3],
        /// Those of the image.
        image: [usize; 3],
    },
    /// Image and labels are at different places.
    #[error(
        "the labels lie up to {distance:.1} mm beside their image (orientation {labels}, the image's is {image}); \
         export the labels again on the grid of the image"
    )]
    Place {
        /// Largest distance of two voxels that should be the same, in mm.
        distance: f64,
        /// Orientation of the labels.
        labels: AxisCodes,
        /// Orientation of the image.
        image: AxisCodes,
    },
}

impl LabelVolume {
    /// `labels` for `size` columns, rows and slices, columns fastest.
    ///
    /// # Errors
    /// When there are no voxels, or not one label for each.
    pub fn new(size: [usize; 3], labels: Vec<u8>, geometry: Geometry) -> Result<Self, LabelVolumeError> {
        let voxels = size.iter().try_fold(1_usize, |voxels, side| voxels.checked_mul(*side));
        if labels.is_empty() || voxels != Some(labels.len()) {
            return Err(LabelVolumeError::Labels { size, found: labels.len() });
        }
        Ok(Self { size, labels, geometry })
    }

    /// The masks of all slices of a volume with this geometry, in their order.
    ///
    /// For masks that were made on slices of a view, the geometry is the view's:
    /// `LabelVolume::from_slices(masks, view.geometry())?.resampled(&image.grid(), IGNORE)` then brings them
    /// into the image that was viewed.
    ///
    /// # Errors
    /// When there is no mask, or one of another size.
    pub fn from_slices(masks: &[Mask], geometry: &Geometry) -> Result<Self, LabelVolumeError> {
        let first = masks.first().ok_or(LabelVolumeError::Slices)?;
        let size = [first.width, first.height, masks.len()];
        let area = first.width.saturating_mul(first.height);
        let mut labels = Vec::with_capacity(first.labels.len().saturating_mul(masks.len()));
        for mask in masks {
            if (mask.width, mask.height, mask.labels.len()) != (first.width, first.height, area) {
                return Err(LabelVolumeError::Slices);
            }
            labels.extend_from_slice(&mask.labels);
        }
        Self::new(size, labels, *geometry)
    }

    /// Columns, rows and slices.
    pub fn size(&self) -> [usize; 3] {
        self.size
    }

    /// All labels, columns fastest.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// Where the voxels lie in space.
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// The mask of slice `index`.
    pub fn slice(&self, index: usize) -> Option<Mask> {
        let [width, height, _] = self.size;
        let labels = self.labels.chunks_exact(width * height).nth(index)?.to_vec();
        Some(Mask { width, height, labels })
    }

    /// Where columns, rows and slices lead; labels that do not say count as an axial series.
    pub fn axis_codes(&self) -> AxisCodes {
        self.grid().axis_codes()
    }

    /// The same labels with axes exchanged and reversed; `map.inverse()` leads back exactly.
    pub fn turned(&self, map: AxisMap) -> Self {
        Self {
            size: map.size(self.size),
            labels: map.values(&self.labels, self.size, 1),
            geometry: map.geometry(&self.geometry, self.size),
        }
    }

    /// The same labels with columns, rows and slices leading where `codes` says: [`Image::reoriented`].
    pub fn reoriented(&self, codes: AxisCodes) -> Self {
        self.turned(AxisMap::between(self.axis_codes(), codes))
    }

    /// The same labels cut into the slices of `plane`: [`Image::view`].
    pub fn view(&self, plane: Plane) -> Self {
        self.reoriented(plane.axis_codes())
    }

    /// Where its voxels lie.
    pub fn grid(&self) -> Grid {
        Grid::new(self.size, &self.geometry)
    }

    /// The same labels on another grid, of whatever spacing and orientation: each voxel gets the label of the
    /// nearest one, and `outside` (background or [`IGNORE`](super::IGNORE)) where there is none.
    pub fn resampled(&self, grid: &Grid, outside: u8) -> Self {
        Self {
            size: grid.size(),
            labels: nearest(&self.labels, &self.grid(), grid, outside),
            geometry: grid.geometry(),
        }
    }

    /// Checks that these are labels of `image`, voxel by voxel: the same size, and the same place where both
    /// say it.
    ///
    /// # Errors
    /// [`LabelVolumeError::Size`] or [`LabelVolumeError::Place`].
    pub fn check_image(&self, image: &Image) -> Result<(), LabelVolumeError> {
        if self.size != image.size() {
            return Err(LabelVolumeError::Size { labels: self.size, image: image.size() });
        }
        if self.geometry.affine.is_none() || image.geometry().affine.is_none() {
            return Ok(());
        }
        let (labels, image) = (self.grid(), image.grid());
        let corners = (0..8).map(|corner| {
            std::array::from_fn(
                |axis| if corner >> axis & 1 == 1 { self.size[axis] as f64 - 1.0 } else { 0.0 },
            )
        });
        let distance = corners
            .map(|corner: [f64; 3]| {
                let (here, there) = (labels.position(corner), image.position(corner));
                (0..3).map(|axis| (here[axis] - there[axis]).powi(2)).sum::<f64>().sqrt()
            })
            .fold(0.0, f64::max);
        let smallest = image.spacing().into_iter().fold(f64::INFINITY, f64::min);
        if distance <= PLACE_TOLERANCE * smallest {
            return Ok(());
        }
        Err(LabelVolumeError::Place { distance, labels: labels.axis_codes(), image: image.axis_codes() })
    }
}

#[cfg(test)]
mod tests;
