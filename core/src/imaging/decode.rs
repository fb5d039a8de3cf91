//! From the bytes of a file to an [`Image`].
//!
//! The format is told from the first bytes, never from a file name. A further format (TIFF, DICOM, NIfTI)
//! is one more arm of [`decode`].

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::{Image, ImageError, Pixels};

/// A sensible limit for [`decode`] where the caller has no other: 64 million pixels.
pub const DEFAULT_MAX_PIXELS: usize = 64_000_000;

/// What a decoder may use beside the picture itself: colour profile, text, compression state.
const DECODER_OVERHEAD: usize = 16 << 20;

/// Decodes a PNG (1 to 16 bits) or JPEG.
///
/// Grey stays one channel, 16 bits stay 16 bits, a palette becomes RGB, transparency is laid on black, and
/// the orientation that a camera noted is applied. Size is checked before pixels are read, so that a small
/// file which claims a gigantic picture costs nothing.
///
/// # Errors
/// [`ImageError::UnknownFormat`] for anything but PNG and JPEG, [`ImageError::TooLarge`] beyond `max_pixels`
/// (columns times rows), [`ImageError::Damaged`] when the bytes do not decode.
pub fn decode(bytes: &[u8], max_pixels: usize) -> Result<Image, ImageError> {
    let format = match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg)) => format,
        _ => return Err(ImageError::UnknownFormat),
    };
    decode_raster(bytes, format, max_pixels)
}

fn decode_raster(bytes: &[u8], format: ImageFormat, max_pixels: usize) -> Result<Image, ImageError> {
    let mut limits = Limits::no_limits();
    // Eight bytes are the largest pixel: RGBA of 16 bits.
    let largest = max_pixels.saturating_mul(8).saturating_add(DECODER_OVERHEAD);
    limits.max_alloc = Some(largest as u64);

    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    let (width, height) = (width as usize, height as usize);
    if width.saturating_mul(height) > max_pixels {
        return Err(ImageError::TooLarge { width, height, limit: max_pixels });
    }
    // A damaged note about orientation is no reason to refuse the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    picture.apply_orientation(orientation);
    from_dynamic(picture)
}

#[allow(clippy::needless_pass_by_value)] // The shape that `map_err` wants.
fn damaged(error: image::ImageError) -> ImageError {
    ImageError::Damaged(error.to_string())
}

fn from_dynamic(picture: DynamicImage) -> Result<Image, ImageError> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let (channels, pixels) = match picture {
        DynamicImage::ImageLuma8(buffer) => (1, Pixels::U8(buffer.into_raw())),
        DynamicImage::ImageLumaA8(buffer) => (1, Pixels::U8(on_black_8::<2>(&buffer))),
        DynamicImage::ImageRgb8(buffer) => (3, Pixels::U8(buffer.into_raw())),
        DynamicImage::ImageRgba8(buffer) => (3, Pixels::U8(on_black_8::<4>(&buffer))),
        DynamicImage::ImageLuma16(buffer) => (1, Pixels::U16(buffer.into_raw())),
        DynamicImage::ImageLumaA16(buffer) => (1, Pixels::U16(on_black_16::<2>(&buffer))),
        DynamicImage::ImageRgb16(buffer) => (3, Pixels::U16(buffer.into_raw())),
        DynamicImage::ImageRgba16(buffer) => (3, Pixels::U16(on_black_16::<4>(&buffer))),
        other => (3, Pixels::U8(other.into_rgb8().into_raw())),
    };
    Image::new(width, height, channels, pixels)
}

/// Lays pixels whose last of `N` channels is opacity on black and leaves that channel out.
fn on_black_8<const N: usize>(values: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(values.len() / N * (N - 1));
    for pixel in values.chunks_exact(N) {
        let alpha = u32::from(pixel[N - 1]);
        out.extend(pixel[..N - 1].iter().map(|v| ((u32::from(*v) * alpha + 127) / 255) as u8));
    }
    out
}

/// As [`on_black_8`], for 16 bits.
fn on_black_16<const N: usize>(values: &[u16]) -> Vec<u16> {
    let mut out = Vec::with_capacity(values.len() / N * (N - 1));
    for pixel in values.chunks_exact(N) {
        let alpha = u64::from(pixel[N - 1]);
        out.extend(pixel[..N - 1].iter().map(|v| ((u64::from(*v) * alpha + 32767) / 65535) as u16));
    }
    out
}
