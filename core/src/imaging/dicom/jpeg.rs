//! What a JPEG claims, before it is decoded (ITU-T T.81, annex B).
//!
//! The decoder stops the program when a picture is larger than its file says, and decodes some kinds of
//! lossless pictures wrongly; these are told apart here.

use super::format::PixelFormat;
use super::{ImageError, damaged, unsupported};

/// Most scans of a picture: each costs time for all of its pixels.
const MAX_SCANS: usize = 16;

const HINT: &str = "convert it with `dcmdjpeg` or `gdcmconv --raw` and try again";

/// A picture that the decoder takes.
#[derive(Debug)]
pub(super) struct Jpeg {
    /// 8, or 2 to 16 where it is lossless.
    pub precision: u32,
    /// Lossless pictures keep their colours as they are; others become RGB.
    pub lossless: bool,
    /// Whether it says itself how its colours are coded.
    pub names_colours: bool,
}

impl Jpeg {
    /// Reads the headers of `bytes` and compares them with `format`.
    ///
    /// # Errors
    /// [`ImageError::Unsupported`], [`ImageError::Damaged`].
    pub fn check(bytes: &[u8], format: &PixelFormat) -> Result<Self, ImageError> {
        if bytes.windows(2).filter(|pair| *pair == b"\xff\xda").count() > MAX_SCANS {
            return Err(damaged("a JPEG frame has too many scans"));
        }
        let mut rest = bytes.strip_prefix(b"\xff\xd8").ok_or_else(cut)?;
        let (mut jpeg, mut names_colours, mut restarts) = (None, false, false);
        loop {
            let (marker, payload, behind) = segment(rest)?;
            rest = behind;
            match marker {
                0xC0 | 0xC1 | 0xC3 => jpeg = Some(Self::frame(marker, payload, format)?),
                0xC4 | 0xC8 | 0xCC => {}
                0xC2 | 0xC5..=0xCF => {
                    return Err(unsupported(
                        "progressive, hierarchical or arithmetic JPEG compression",
                        HINT,
                    ));
                }
                0xDA => {
                    let mut jpeg = jpeg.ok_or_else(cut)?;
                    jpeg.names_colours = names_colours;
                    jpeg.scan(payload, format, restarts)?;
                    return Ok(jpeg);
                }
                0xDD => restarts |= payload.iter().any(|byte| *byte != 0),
                0xE0 => names_colours |= payload.starts_with(b"JFIF\0"),
                0xEE => names_colours |= payload.starts_with(b"Adobe"),
                _ => {}
            }
        }
    }

    fn frame(marker: u8, payload: &[u8], format: &PixelFormat) -> Result<Self, ImageError> {
        let Some(([precision, y0, y1, x0, x1, count], components)) = payload.split_first_chunk() else {
            return Err(cut());
        };
        let (rows, columns) = (u16::from_be_bytes([*y0, *y1]), u16::from_be_bytes([*x0, *x1]));
        let found = [usize::from(columns), usize::from(rows), usize::from(*count)];
        same_size(found, format)?;
        let lossless = marker == 0xC3;
        if !lossless && *precision != 8 {
            return Err(unsupported(format!("lossy JPEG compression of {precision} bits"), HINT));
        }
        if !(2..=16).contains(precision) || u32::from(*precision) > format.allocated {
            return Err(damaged(format!("a JPEG frame has {precision} bits, its file {}", format.allocated)));
        }
        let sampled = components.as_chunks::<3>().0.iter().any(|[_, factors, _]| *factors != 0x11);
        if lossless && *count > 1 && sampled {
            return Err(unsupported("lossless JPEG compression of subsampled colours", HINT));
        }
        Ok(Self { precision: u32::from(*precision), lossless, names_colours: false })
    }

    fn scan(&self, payload: &[u8], format: &PixelFormat, restarts: bool) -> Result<(), ImageError> {
        if !self.lossless {
            return Ok(());
        }
        let count = usize::from(*payload.first().ok_or_else(cut)?);
        let [predictor, _, transform] =
            *payload.get(1 + 2 * count..).and_then(<[u8]>::first_chunk).ok_or_else(cut)?;
        if restarts || transform != 0 || count != format.samples || !(1..=7).contains(&predictor) {
            return Err(unsupported("an unusual kind of lossless JPEG compression", HINT));
        }
        Ok(())
    }
}

/// Compares columns, rows and channels of a compressed frame with what its file says.
///
/// # Errors
/// [`ImageError::Damaged`] when they differ.
pub(super) fn same_size(found: [usize; 3], format: &PixelFormat) -> Result<(), ImageError> {
    let expected = [format.columns, format.rows, format.samples];
    if found == expected {
        return Ok(());
    }
    Err(damaged(format!(
        "a compressed frame has columns, rows, channels {found:?}, its file says {expected:?}"
    )))
}

/// The next marker, its payload and what follows.
fn segment(bytes: &[u8]) -> Result<(u8, &[u8], &[u8]), ImageError> {
    let start = bytes.iter().position(|byte| *byte != 0xFF).filter(|start| *start > 0).ok_or_else(cut)?;
    let (marker, rest) = bytes.get(start..).and_then(<[u8]>::split_first).ok_or_else(cut)?;
    let length = rest.first_chunk().map(|length| usize::from(u16::from_be_bytes(*length))).ok_or_else(cut)?;
    let payload = rest.get(2..length).ok_or_else(cut)?;
    Ok((*marker, payload, rest.get(length..).unwrap_or_default()))
}

fn cut() -> ImageError {
    damaged("a JPEG frame is cut off or has no picture")
}
