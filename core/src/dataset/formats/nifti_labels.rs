//! Label volumes as `NIfTI`: the value of a voxel is its class index, 255 is [`IGNORE`].
//!
//! Programs write such volumes with any type, floating point among them; what counts is that each value is a
//! whole number.

use thiserror::Error;

use crate::dataset::{IGNORE, LabelVolume, LabelVolumeError};
use crate::imaging::nifti::{self, Compression};
use crate::imaging::{ImageError, Pixels};

/// Why bytes are not a label volume.
#[derive(Debug, Error)]
pub enum LabelsError {
    /// Not a readable volume.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// The labels make no volume.
    #[error(transparent)]
    Volume(#[from] LabelVolumeError),
    /// Colours.
    #[error("the labels are colours; each voxel must hold the index of its class")]
    Colours,
    /// A value that is no class.
    #[error(
        "the labels have the value {value} at column {}, row {}, slice {}, but there are only {classes} classes \
         (0 to {last}, and 255 for unlabelled)", voxel[0], voxel[1], voxel[2], last = classes.saturating_sub(1)
    )]
    Value {
        /// The value.
        value: f32,
        /// Its column, row and slice, from 0.
        voxel: [usize; 3],
        /// Number of classes, background included.
        classes: usize,
    },
}

/// Reads a label volume with class indices below `classes` and at most `max_pixels` voxels.
///
/// # Errors
/// [`LabelsError`]: no such volume, too large, or a value that is no class.
pub fn parse(bytes: &[u8], classes: usize, max_pixels: usize) -> Result<LabelVolume, LabelsError> {
    let image = nifti::read(bytes, max_pixels)?;
    if image.channels() != 1 {
        return Err(LabelsError::Colours);
    }
    let size = image.size();
    let labels = match image.pixels() {
        Pixels::U8(values) => checked(values, classes, size),
        Pixels::U16(values) => checked(values, classes, size),
        Pixels::I16(values) => checked(values, classes, size),
        Pixels::F32(values) => checked(values, classes, size),
    }?;
    Ok(LabelVolume::new(size, labels, *image.geometry())?)
}

fn checked<T: Copy + Into<f32>>(
    values: &[T],
    classes: usize,
    size: [usize; 3],
) -> Result<Vec<u8>, LabelsError> {
    let last = classes.saturating_sub(1).min(usize::from(IGNORE)) as f32;
    let label = |(index, value): (usize, &T)| {
        let value: f32 = (*value).into();
        let is_class = classes > 0 && (0.0..=last).contains(&value);
        if value.fract() == 0.0 && (is_class || value == f32::from(IGNORE)) {
            return Ok(value as u8);
        }
        let voxel = [index % size[0], index / size[0] % size[1], index / (size[0] * size[1])];
        Err(LabelsError::Value { value, voxel, classes })
    };
    values.iter().enumerate().map(label).collect()
}

/// The file of a label volume, in its own place in space.
///
/// # Errors
/// [`ImageError::Unsupported`] beyond 32767 columns, rows or slices.
pub fn encode(volume: &LabelVolume, compression: Compression) -> Result<Vec<u8>, ImageError> {
    nifti::encode_labels(volume.labels(), volume.size(), volume.geometry(), compression)
}
