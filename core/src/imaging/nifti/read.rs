//! From the bytes of a file to an image.

use super::header::{Header, Kind};
use super::{unpack, voxels};
use crate::imaging::{Format, Geometry, Image, ImageError, Origin};

/// Whether these are the bytes of a `NIfTI` file, also one packed by gzip.
pub fn is_nifti(bytes: &[u8]) -> bool {
    unpack::start(bytes).is_ok_and(|start| Kind::of(&start).is_some())
}

/// Columns, rows, slices and geometry of a volume, from its header alone.
///
/// # Errors
/// As [`read`], as far as the header shows.
pub fn outline(bytes: &[u8]) -> Result<([usize; 3], Geometry), ImageError> {
    let header = Header::parse(&unpack::start(bytes)?)?;
    Ok((header.size, Geometry::from_affine(header.affine)))
}

/// Reads a volume, plain or packed by gzip.
///
/// Columns, rows and slices are the first three dimensions as they are stored, whatever their orientation,
/// which the image's geometry tells: from the sform, or else the qform, or else the voxels' lengths (then the
/// orientation is unknown, and as in nibabel columns are said to run to the left). Values are scaled by slope
/// and intercept.
///
/// # Errors
/// [`ImageError::TooLarge`] beyond `max_pixels` voxels; [`ImageError::Unsupported`] for several volumes in
/// one file (a time series, several channels), voxels in a second file (`.img`), complex or 128-bit values;
/// [`ImageError::Damaged`] for bytes that are no such file, that end too early, whose header contradicts
/// itself or whose orientation is none. Sizes are checked before anything is allocated.
pub fn read(bytes: &[u8], max_pixels: usize) -> Result<Image, ImageError> {
    let header = Header::parse(&unpack::start(bytes)?)?;
    let [width, height, slices] = header.size;
    if width.saturating_mul(height).saturating_mul(slices) > max_pixels {
        return Err(ImageError::TooLarge { width, height, slices, limit: max_pixels });
    }
    let stored = unpack::voxels(bytes, &header)?;
    let pixels = voxels::pixels(&stored, header.data_type, header.big_endian, header.scaling);
    let image = Image::volume(header.size, header.data_type.channels, pixels)?
        .with_geometry(Geometry::from_affine(header.affine))
        .with_origin(Origin { format: Format::Nifti, modality: None });
    Ok(match header.window {
        Some(window) => image.with_window(window),
        None => image,
    })
}
