//! How the pixels of a file are laid out (PS3.3, C.7.6.3).

use super::header::Attributes;
use super::tags::{
    BITS_ALLOCATED, BITS_STORED, COLUMNS, FRAMES, HIGH_BIT, PHOTOMETRIC_INTERPRETATION, PIXEL_REPRESENTATION,
    PLANAR_CONFIGURATION, ROWS, SAMPLES_PER_PIXEL, TOTAL_MATRIX_COLUMNS,
};
use super::{ImageError, damaged, unsupported};

/// Most frames of a file.
const MAX_FRAMES: i64 = 1 << 16;

/// What samples mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Photometric {
    /// Low values are white.
    Monochrome1,
    Monochrome2,
    Palette,
    Rgb,
    /// Luminance and colour differences.
    YbrFull,
    /// The same, with one pair of colour differences for two pixels.
    YbrFull422,
    /// Inside of JPEG 2000 only, whose decoder makes it RGB.
    YbrJpeg2000,
}

/// The layout of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PixelFormat {
    pub columns: usize,
    pub rows: usize,
    pub frames: usize,
    /// 1 or 3.
    pub samples: usize,
    pub photometric: Photometric,
    /// Whether all of one channel comes before all of the next.
    pub planar: bool,
    /// 1, 8, 16, 32 or 64.
    pub allocated: u32,
    pub stored: u32,
    pub high_bit: u32,
    pub signed: bool,
}

impl PixelFormat {
    /// Reads and checks the layout; nothing is allocated.
    ///
    /// # Errors
    /// [`ImageError::TooLarge`] beyond `max_pixels`, [`ImageError::Unsupported`], [`ImageError::Damaged`].
    pub fn read(attributes: Attributes<'_>, max_pixels: usize) -> Result<Self, ImageError> {
        let (columns, rows, frames) = size(attributes)?;
        if columns.saturating_mul(rows).saturating_mul(frames) > max_pixels {
            let (width, height, slices) = (columns, rows, frames);
            return Err(ImageError::TooLarge { width, height, slices, limit: max_pixels });
        }
        if frames > 1
            && attributes.integer(TOTAL_MATRIX_COLUMNS).is_some_and(|total| total as usize > columns)
        {
            return Err(unsupported(
                "the tiles of a whole slide",
                "export a region as TIFF or PNG and try again",
            ));
        }
        let samples = attributes.integer(SAMPLES_PER_PIXEL).unwrap_or(1);
        if samples != 1 && samples != 3 {
            return Err(unsupported(
                format!("{samples} samples per pixel"),
                "convert it to grey or RGB and try again",
            ));
        }
        let photometric = photometric(attributes, samples)?;
        let expected = if matches!(
            photometric,
            Photometric::Monochrome1 | Photometric::Monochrome2 | Photometric::Palette
        ) {
            1
        } else {
            3
        };
        if samples != expected {
            return Err(damaged(format!("{photometric:?} pixels have {expected} samples, not {samples}")));
        }
        let allocated = attributes.integer(BITS_ALLOCATED).unwrap_or(8);
        let stored = attributes.integer(BITS_STORED).unwrap_or(allocated);
        let high_bit = attributes.integer(HIGH_BIT).unwrap_or(stored - 1);
        if ![1, 8, 16, 32, 64].contains(&allocated) {
            return Err(unsupported(
                format!("{allocated} bits allocated for a sample"),
                "convert it to 8 or 16 bits and try again",
            ));
        }
        if stored < 1 || stored > allocated || high_bit >= allocated || high_bit + 1 < stored {
            return Err(damaged(format!("{stored} bits up to bit {high_bit} do not fit into {allocated}")));
        }
        Ok(Self {
            columns,
            rows,
            frames,
            samples: samples as usize,
            photometric,
            planar: samples == 3 && attributes.integer(PLANAR_CONFIGURATION) == Some(1),
            allocated: allocated as u32,
            stored: stored as u32,
            high_bit: high_bit as u32,
            signed: attributes.integer(PIXEL_REPRESENTATION) == Some(1),
        })
    }

    /// Pixels of one frame.
    pub fn area(&self) -> usize {
        self.columns * self.rows
    }

    /// Bytes of one uncompressed frame; `None` where frames do not start on a byte.
    pub fn frame_bytes(&self) -> Option<usize> {
        match (self.allocated, self.photometric) {
            (1, _) => (self.area() * self.samples).is_multiple_of(8).then(|| self.area() * self.samples / 8),
            (_, Photometric::YbrFull422) => Some(self.area() * 2 * self.allocated as usize / 8),
            _ => Some(self.area() * self.samples * self.allocated as usize / 8),
        }
    }

    /// The sum of a stored value and the value that is as far from the other end of the range.
    pub fn mirror(&self) -> i64 {
        if self.signed { -1 } else { 1_i64.checked_shl(self.stored).unwrap_or(0).wrapping_sub(1) }
    }
}

/// Columns, rows and frames.
///
/// # Errors
/// [`ImageError::Unsupported`] for files that are no images.
pub(super) fn size(attributes: Attributes<'_>) -> Result<(usize, usize, usize), ImageError> {
    let (columns, rows) = (attributes.integer(COLUMNS), attributes.integer(ROWS));
    let (Some(columns), Some(rows)) = (columns, rows) else {
        return Err(unsupported(
            "no image in them (a report, a plan or another kind)",
            "choose the image files",
        ));
    };
    let frames = attributes.integer(FRAMES).unwrap_or(1).max(1);
    if !(1..=0xFFFF).contains(&columns) || !(1..=0xFFFF).contains(&rows) || frames > MAX_FRAMES {
        return Err(damaged(format!("it claims {columns} columns, {rows} rows and {frames} frames")));
    }
    Ok((columns as usize, rows as usize, frames as usize))
}

fn photometric(attributes: Attributes<'_>, samples: i64) -> Result<Photometric, ImageError> {
    let name = attributes.text(PHOTOMETRIC_INTERPRETATION);
    Ok(match name.as_deref() {
        Some("MONOCHROME1") => Photometric::Monochrome1,
        Some("MONOCHROME2") => Photometric::Monochrome2,
        Some("PALETTE COLOR") => Photometric::Palette,
        Some("YBR_FULL") => Photometric::YbrFull,
        Some("YBR_FULL_422") => Photometric::YbrFull422,
        Some("YBR_RCT" | "YBR_ICT") => Photometric::YbrJpeg2000,
        None if samples == 1 => Photometric::Monochrome2,
        Some("RGB") | None => Photometric::Rgb,
        Some(other) => {
            return Err(unsupported(
                format!("{other} colours"),
                "convert it with `gdcmconv --raw` or `dcmj2pnm` to grey or RGB and try again",
            ));
        }
    })
}
