//! DICOM: single files, and series of them.
//!
//! Attributes are read by `dicom-object`, JPEG and JPEG 2000 decoded by `dicom-pixeldata`. What comes
//! before and behind is here: the [walk](outline) that keeps hostile files from these libraries, and the
//! way from stored samples to physical values and a place in the patient.

mod codec;
mod colour;
mod file;
mod format;
mod frames;
mod header;
mod info;
mod jpeg;
mod jpeg2000;
mod lookup;
mod minimal;
mod outline;
mod place;
mod rle;
mod samples;
mod series;
mod slices;
mod source;
mod syntax;
mod tags;
#[cfg(test)]
mod tests;
mod values;

pub use info::DicomInfo;
pub use series::{Series, SeriesProblem};
pub use source::is_dicom;

use super::{Image, ImageError};

/// Decodes a DICOM file: a picture, or the frames of one as slices.
///
/// Grey values are physical ones (rescaled, or through the modality table). Where low values are white
/// (MONOCHROME1: radiographs), they are turned around within the stored range, so that dense tissue is
/// bright in every image, and the window with them. Colours become RGB.
///
/// # Errors
/// [`ImageError::UnknownFormat`] for other files, [`ImageError::TooLarge`] beyond `max_pixels` (columns
/// times rows times frames), [`ImageError::Unsupported`] with a way out (JPEG-LS, video, files without an
/// image, ...), [`ImageError::Damaged`] when the bytes do not decode.
pub fn decode(bytes: &[u8], max_pixels: usize) -> Result<Image, ImageError> {
    slices::Slices::of(&file::DicomFile::open(bytes, max_pixels)?, max_pixels)?.into_image()
}

fn damaged(what: impl Into<String>) -> ImageError {
    ImageError::Damaged(what.into())
}

fn unsupported(what: impl Into<String>, hint: &'static str) -> ImageError {
    ImageError::Unsupported { format: "DICOM", what: what.into(), hint }
}
