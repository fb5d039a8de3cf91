//! From the bytes of a file to an [`Image`].
//!
//! The format is told from the first bytes, never from a file name. A further format is one more line in
//! [`signature`] and one more arm in [`decode`].

use super::{Format, Image, ImageError, Origin, dicom, nifti, raster, tiff};

/// A sensible limit for [`decode`] where the caller has no other: 64 million pixels.
pub const DEFAULT_MAX_PIXELS: usize = 64_000_000;

/// Decodes a picture (PNG, JPEG, BMP, WebP), stack (TIFF), medical image ([DICOM](dicom::decode)) or volume
/// (`NIfTI`, also packed by gzip).
///
/// Grey stays one channel, 16 bits stay 16 bits, palettes, CMYK and YCbCr become RGB, transparency is laid on
/// black, and the orientation that a camera noted is applied. Size is checked before pixels are read, so that
/// a small file which claims a gigantic picture costs nothing.
///
/// # Errors
/// [`ImageError::UnknownFormat`] for anything else, [`ImageError::TooLarge`] beyond `max_pixels` (columns times
/// rows times slices), [`ImageError::Unsupported`] for variants that are not read, [`ImageError::Damaged`] when
/// the bytes do not decode.
pub fn decode(bytes: &[u8], max_pixels: usize) -> Result<Image, ImageError> {
    match signature(bytes) {
        Some(Format::Tiff) => tiff::decode(bytes, max_pixels),
        Some(Format::Nifti) => nifti::read(bytes, max_pixels),
        Some(Format::Dicom) => dicom::decode(bytes, max_pixels),
        Some(format) => raster::decode(bytes, format, max_pixels),
        None => Err(ImageError::UnknownFormat),
    }
}

/// Number of slices that [`decode`] makes of a file, from its header or directories: no pixel is unpacked or
/// checked, so that a long stack costs little.
///
/// # Errors
/// As [`decode`], as far as is seen without the pixels.
pub fn count_slices(bytes: &[u8], max_pixels: usize) -> Result<usize, ImageError> {
    match signature(bytes) {
        Some(Format::Tiff) => tiff::count_slices(bytes, max_pixels),
        Some(Format::Nifti) => nifti::outline(bytes).map(|(size, _)| size[2]),
        Some(Format::Dicom) => dicom::DicomInfo::read(bytes).map(|info| info.frames),
        Some(_) => Ok(1),
        None => Err(ImageError::UnknownFormat),
    }
}

/// Where a file came from, as its first bytes and the header of a DICOM file tell; `None` for what [`decode`] does not read.
pub fn origin(bytes: &[u8]) -> Option<Origin> {
    let format = signature(bytes)?;
    let modality = match format {
        Format::Dicom => dicom::DicomInfo::read(bytes).ok().and_then(|info| info.machine),
        _ => None,
    };
    Some(Origin { format, modality })
}

/// The format that the first bytes tell.
fn signature(bytes: &[u8]) -> Option<Format> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    // First, because its preamble may be the start of a TIFF.
    if dicom::is_dicom(bytes) {
        Some(Format::Dicom)
    } else if starts(b"\x89PNG\r\n\x1a\n") {
        Some(Format::Png)
    } else if starts(b"\xff\xd8\xff") {
        Some(Format::Jpeg)
    } else if [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].into_iter().any(|magic| starts(magic)) {
        Some(Format::Tiff)
    } else if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some(Format::WebP)
    } else if starts(b"BM") {
        Some(Format::Bmp)
    } else if nifti::is_nifti(bytes) {
        Some(Format::Nifti)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Cursor;

    use image::codecs::jpeg::JpegEncoder;
    use image::{DynamicImage, ImageBuffer, ImageEncoder, ImageFormat, Luma, LumaA, Rgb, Rgba};

    use super::*;
    use crate::imaging::{Origin, Pixels};

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
        let origin = Origin { format: Format::Png, modality: None };
        let image = |size: [usize; 3], pixels| {
            Image::new(size[0], size[1], size[2], pixels).unwrap().with_origin(origin)
        };
        assert_eq!(decode(&png(grey), 10).unwrap(), image([2, 1, 1], Pixels::U8(vec![7, 200])));
        let deep = ImageBuffer::<Luma<u16>, _>::from_raw(1, 2, vec![7, 60_000]).unwrap();
        assert_eq!(decode(&png(deep), 10).unwrap(), image([1, 2, 1], Pixels::U16(vec![7, 60_000])));
        let color = ImageBuffer::<Rgb<u8>, _>::from_raw(1, 1, vec![1, 2, 3]).unwrap();
        assert_eq!(decode(&png(color), 10).unwrap(), image([1, 1, 3], Pixels::U8(vec![1, 2, 3])));
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
}
