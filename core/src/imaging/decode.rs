//! From the bytes of a file to an [`Image`].
//!
//! The format is told from the first bytes, never from a file name. A further format (TIFF, DICOM,
//! `NIfTI`) is one more arm of [`decode`].

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
    match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg)) => decode_raster(bytes, format, max_pixels),
        _ => Err(ImageError::UnknownFormat),
    }
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
        return Err(ImageError::TooLarge { width, height, slices: 1, limit: max_pixels });
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use image::codecs::jpeg::JpegEncoder;
    use image::{ImageBuffer, ImageEncoder, Luma, LumaA, Rgb, Rgba};
    use proptest::prelude::*;

    use super::*;

    fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.into().write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    /// EXIF with nothing but an orientation.
    fn exif(orientation: u8) -> Vec<u8> {
        let mut bytes = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        bytes.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
        bytes
    }

    #[test]
    fn depth_and_channels_stay_as_they_are() {
        let grey = ImageBuffer::<Luma<u8>, _>::from_raw(2, 1, vec![7, 200]).unwrap();
        assert_eq!(decode(&png(grey), 10).unwrap(), Image::new(2, 1, 1, Pixels::U8(vec![7, 200])).unwrap());
        let deep = ImageBuffer::<Luma<u16>, _>::from_raw(1, 2, vec![7, 60_000]).unwrap();
        assert_eq!(
            decode(&png(deep), 10).unwrap(),
            Image::new(1, 2, 1, Pixels::U16(vec![7, 60_000])).unwrap()
        );
        let color = ImageBuffer::<Rgb<u8>, _>::from_raw(1, 1, vec![1, 2, 3]).unwrap();
        assert_eq!(decode(&png(color), 10).unwrap(), Image::new(1, 1, 3, Pixels::U8(vec![1, 2, 3])).unwrap());
    }

    #[test]
    fn transparency_is_laid_on_black() {
        let color = ImageBuffer::<Rgba<u8>, _>::from_raw(2, 1, vec![9, 8, 7, 255, 100, 200, 50, 51]).unwrap();
        let image = decode(&png(color), 10).unwrap();
        assert_eq!(image.pixels(), &Pixels::U8(vec![9, 8, 7, 20, 40, 10]));
        let grey = ImageBuffer::<LumaA<u16>, _>::from_raw(2, 1, vec![9, 65_535, 9, 0]).unwrap();
        assert_eq!(decode(&png(grey), 10).unwrap().pixels(), &Pixels::U16(vec![9, 0]));
    }

    #[test]
    fn a_palette_becomes_colours() {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, 2, 1);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(vec![1, 2, 3, 4, 5, 6]);
        encoder.write_header().unwrap().write_image_data(&[1, 0]).unwrap();
        let image = decode(&bytes, 10).unwrap();
        assert_eq!(image.pixels(), &Pixels::U8(vec![4, 5, 6, 1, 2, 3]));
    }

    #[test]
    fn a_camera_s_orientation_is_applied() {
        let mut bytes = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 100);
        encoder.set_exif_metadata(exif(6)).unwrap();
        let values: Vec<u8> = (0..16 * 8).map(|i| if i % 16 < 8 { 0 } else { 255 }).collect();
        encoder.write_image(&values, 16, 8, image::ExtendedColorType::L8).unwrap();
        // Turned clockwise: what was left is on top.
        let image = decode(&bytes, 1000).unwrap();
        assert_eq!((image.width(), image.height(), image.channels()), (8, 16, 1));
        let Pixels::U8(values) = image.pixels() else { unreachable!("JPEG has 8 bits") };
        assert!(values[..32].iter().all(|v| *v < 40) && values[96..].iter().all(|v| *v > 215));
    }

    #[test]
    fn size_is_checked_before_pixels() {
        let mut bytes = png(ImageBuffer::<Luma<u8>, _>::new(4, 4));
        assert_eq!(
            decode(&bytes, 15),
            Err(ImageError::TooLarge { width: 4, height: 4, slices: 1, limit: 15 })
        );
        // A header that claims 2^31 columns (its checksum is wrong too, but nothing may be allocated).
        bytes[16] = 0x7F;
        assert!(decode(&bytes, DEFAULT_MAX_PIXELS).is_err());
    }

    #[test]
    fn other_files_are_named_as_such() {
        assert_eq!(decode(b"GIF89a\x01\0\x01\0", 10), Err(ImageError::UnknownFormat));
        assert_eq!(decode(b"", 10), Err(ImageError::UnknownFormat));
        let bytes = png(ImageBuffer::<Luma<u8>, _>::new(4, 4));
        assert!(matches!(decode(&bytes[..bytes.len() / 2], 100), Err(ImageError::Damaged(_))));
    }

    proptest! {
        #[test]
        fn a_changed_or_cut_file_never_panics(
            jpeg: bool, changes in prop::collection::vec((0_usize..2000, any::<u8>()), 0..6), cut in 0_usize..4000
        ) {
            let picture = ImageBuffer::<Rgb<u8>, _>::from_fn(24, 20, |x, y| Rgb([x as u8, y as u8, 99]));
            let mut bytes = Cursor::new(Vec::new());
            let format = if jpeg { ImageFormat::Jpeg } else { ImageFormat::Png };
            picture.write_to(&mut bytes, format).unwrap();
            let mut bytes = bytes.into_inner();
            for (at, value) in changes {
                let at = at % bytes.len();
                bytes[at] = value;
            }
            bytes.truncate(cut);
            if let Ok(image) = decode(&bytes, 10_000) {
                prop_assert!(image.width() * image.height() <= 10_000);
            }
        }

        #[test]
        fn any_bytes_behind_a_signature_never_panic(
            jpeg: bool, bytes in prop::collection::vec(any::<u8>(), 0..300)
        ) {
            let signature: &[u8] = if jpeg { b"\xff\xd8\xff" } else { b"\x89PNG\r\n\x1a\n" };
            let _ = decode(&[signature, &bytes].concat(), 10_000);
        }
    }
}
