//! PNG, JPEG, BMP and WebP, by the `image` crate.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::depth::on_black;
use super::{Format, Image, ImageError, Origin, Pixels};

/// What a decoder may use beside the picture itself: colour profile, text, compression state.
const DECODER_OVERHEAD: usize = 16 << 20;

/// The crate's name of a format that it reads.
pub(super) fn known(format: Format) -> Option<ImageFormat> {
    match format {
        Format::Png => Some(ImageFormat::Png),
        Format::Jpeg => Some(ImageFormat::Jpeg),
        Format::Bmp => Some(ImageFormat::Bmp),
        Format::WebP => Some(ImageFormat::WebP),
        _ => None,
    }
}

/// Decodes one picture; of an animation the first.
///
/// Grey stays one channel, 16 bits stay 16 bits, a palette and CMYK become RGB, transparency is laid on black,
/// and the orientation that a camera noted is applied. Size is checked before pixels are read.
///
/// # Errors
/// [`ImageError::TooLarge`] beyond `max_pixels`, [`ImageError::Damaged`] when the bytes do not decode.
pub(super) fn decode(bytes: &[u8], format: Format, max_pixels: usize) -> Result<Image, ImageError> {
    let named = known(format).ok_or(ImageError::UnknownFormat)?;
    let mut limits = Limits::no_limits();
    // Eight bytes are the largest pixel: RGBA of 16 bits.
    let largest = max_pixels.saturating_mul(8).saturating_add(DECODER_OVERHEAD);
    limits.max_alloc = Some(largest as u64);

    let mut reader = ImageReader::with_format(Cursor::new(bytes), named);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    let (width, height) = (width as usize, height as usize);
    if width.saturating_mul(height) > max_pixels {
        return Err(ImageError::TooLarge { width, height, slices: 1, limit: max_pixels });
    }
    // A damaged note about orientation is no reason to refuse the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    picture.apply_orientation(orientation);
    Ok(from_dynamic(picture)?.with_origin(Origin { format, modality: None }))
}

#[allow(clippy::needless_pass_by_value)] // The shape that `map_err` wants.
fn damaged(error: image::ImageError) -> ImageError {
    ImageError::Damaged(error.to_string())
}

fn from_dynamic(picture: DynamicImage) -> Result<Image, ImageError> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let (channels, pixels) = match picture {
        DynamicImage::ImageLuma8(buffer) => (1, Pixels::U8(buffer.into_raw())),
        DynamicImage::ImageLumaA8(buffer) => (1, Pixels::U8(on_black(&buffer, 2, 1))),
        DynamicImage::ImageRgb8(buffer) => (3, Pixels::U8(buffer.into_raw())),
        DynamicImage::ImageRgba8(buffer) => (3, Pixels::U8(on_black(&buffer, 4, 3))),
        DynamicImage::ImageLuma16(buffer) => (1, Pixels::U16(buffer.into_raw())),
        DynamicImage::ImageLumaA16(buffer) => (1, Pixels::U16(on_black(&buffer, 2, 1))),
        DynamicImage::ImageRgb16(buffer) => (3, Pixels::U16(buffer.into_raw())),
        DynamicImage::ImageRgba16(buffer) => (3, Pixels::U16(on_black(&buffer, 4, 3))),
        other => (3, Pixels::U8(other.into_rgb8().into_raw())),
    };
    Image::new(width, height, channels, pixels)
}
