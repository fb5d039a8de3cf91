//! From one compressed frame to samples.
//!
//! JPEG and JPEG 2000 go through `dicom-pixeldata`. Its decoders see a file of one frame that is made
//! here, whose header has been compared with the compressed picture: they do not survive a difference.

use std::borrow::Cow;

use dicom_object::OpenFileOptions;
use dicom_pixeldata::PixelDecoder;

use super::format::{Photometric, PixelFormat};
use super::header::chain;
use super::jpeg::Jpeg;
use super::jpeg2000::Jpeg2000;
use super::minimal::Minimal;
use super::syntax::{Codec, Syntax};
use super::{ImageError, damaged, rle, tags, unsupported};

/// An APP14 segment that says: the colours are RGB.
const ADOBE_RGB: &[u8] = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\0";

/// The bytes of one frame and how they are laid out.
pub(super) struct Frame<'a> {
    pub bytes: Cow<'a, [u8]>,
    pub format: PixelFormat,
}

/// Decodes a frame; `format` is that of the file.
///
/// # Errors
/// [`ImageError::Unsupported`], [`ImageError::Damaged`].
pub(super) fn decode(
    bytes: Cow<'_, [u8]>,
    format: PixelFormat,
    syntax: Syntax,
) -> Result<Frame<'_>, ImageError> {
    match syntax.codec {
        Codec::Native => Ok(Frame { bytes, format }),
        Codec::Rle => {
            let width = match format.allocated {
                8 | 16 | 32 => format.allocated as usize / 8,
                other => return Err(damaged(format!("run lengths of {other} bits do not exist"))),
            };
            // Run lengths hold no pairs of pixels: their colour differences are complete.
            let photometric = match format.photometric {
                Photometric::YbrFull422 => Photometric::YbrFull,
                other => other,
            };
            let bytes = Cow::Owned(rle::decode(&bytes, format.area(), format.samples, width)?);
            Ok(Frame { bytes, format: PixelFormat { planar: format.samples > 1, photometric, ..format } })
        }
        Codec::Jpeg => {
            let jpeg = Jpeg::check(&bytes, &format)?;
            let photometric = match format.photometric {
                // The decoder has made them RGB.
                _ if format.samples == 3 && !jpeg.lossless => Photometric::Rgb,
                Photometric::YbrFull422 => Photometric::YbrFull,
                other => other,
            };
            let marked;
            let mut picture = &*bytes;
            if format.photometric == Photometric::Rgb && !jpeg.lossless && !jpeg.names_colours {
                let (start, rest) = bytes.split_at_checked(2).unwrap_or_default();
                marked = [start, ADOBE_RGB, rest].concat();
                picture = &marked;
            }
            coded(picture, PixelFormat { photometric, ..format }, jpeg.precision, syntax.uid)
        }
        // Its decoder needs the C library's allocator.
        Codec::Jpeg2000 if cfg!(target_family = "wasm") => Err(unsupported(
            "JPEG 2000 compression (which is read outside of the browser)",
            "convert them with `gdcmconv --raw` and try again",
        )),
        Codec::Jpeg2000 => {
            let picture = Jpeg2000::check(&bytes, &format)?;
            coded(picture.codestream, format, picture.precision, syntax.uid)
        }
    }
}

/// Decodes `picture` of `precision` bits, whose size is that of `format`.
fn coded(
    picture: &[u8],
    format: PixelFormat,
    precision: u32,
    uid: &str,
) -> Result<Frame<'static>, ImageError> {
    let allocated = if precision <= 8 { 8 } else { 16 };
    let format = PixelFormat {
        planar: false,
        allocated,
        stored: format.stored.min(allocated),
        high_bit: format.stored.min(allocated) - 1,
        ..format
    };
    let mut file = Minimal::new(uid);
    file.number(tags::SAMPLES_PER_PIXEL, format.samples as u16);
    let photometric = if format.samples == 3 { &b"RGB "[..] } else { b"MONOCHROME2 " };
    file.element(
        [tags::PHOTOMETRIC_INTERPRETATION.0, tags::PHOTOMETRIC_INTERPRETATION.1],
        *b"CS",
        photometric,
    );
    file.number(tags::PLANAR_CONFIGURATION, 0);
    file.number(tags::ROWS, format.rows as u16);
    file.number(tags::COLUMNS, format.columns as u16);
    file.number(tags::BITS_ALLOCATED, allocated as u16);
    file.number(tags::BITS_STORED, allocated as u16);
    file.number(tags::HIGH_BIT, allocated as u16 - 1);
    file.number(tags::PIXEL_REPRESENTATION, 0);
    let file = file.pixels(picture);
    let object =
        OpenFileOptions::new().from_reader(file.as_slice()).map_err(|error| damaged(chain(&error)))?;
    let decoded = object.decode_pixel_data_frame(0).map_err(|error| damaged(chain(&error)))?;
    Ok(Frame { bytes: Cow::Owned(decoded.data().to_vec()), format })
}
