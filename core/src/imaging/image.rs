//! The one image type.

use thiserror::Error;

/// Pixel values in their own bit depth, row by row, channels interleaved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pixels {
    /// 8 bits per channel.
    U8(Vec<u8>),
    /// 16 bits per channel.
    U16(Vec<u16>),
}

/// A two-dimensional image with one (grey) or three (RGB) channels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    width: usize,
    height: usize,
    channels: usize,
    pixels: Pixels,
}

/// Why bytes or numbers do not make an [`Image`].
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum ImageError {
    /// The number of pixels does not fit width, height and channels.
    #[error("an image of {width} x {height} with {channels} channel(s) needs {expected} values, not {found}")]
    Size {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
        /// 1 or 3.
        channels: usize,
        /// `width * height * channels`.
        expected: usize,
        /// Values given.
        found: usize,
    },
    /// Neither grey nor RGB.
    #[error("images have 1 (grey) or 3 (RGB) channels, not {0}")]
    Channels(usize),
    /// The format is unknown or not supported.
    #[error("this is not a PNG or JPEG image; convert it to PNG and try again")]
    UnknownFormat,
    /// The decoder refused the bytes.
    #[error("the image is damaged or incomplete ({0})")]
    Damaged(String),
    /// More pixels than the caller allows.
    #[error(
        "the image has {width} x {height} pixels, more than the {limit} that are allowed; scale it down and try again"
    )]
    TooLarge {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
        /// Allowed pixels (columns times rows).
        limit: usize,
    },
}

impl Image {
    /// Wraps `pixels`.
    ///
    /// # Errors
    /// When the number of values is not `width * height * channels`, or `channels` is neither 1 nor 3.
    pub fn new(width: usize, height: usize, channels: usize, pixels: Pixels) -> Result<Self, ImageError> {
        if channels != 1 && channels != 3 {
            return Err(ImageError::Channels(channels));
        }
        // Saturating, so that absurd sizes are an error and not an overflow.
        let expected = width.saturating_mul(height).saturating_mul(channels);
        let found = match &pixels {
            Pixels::U8(values) => values.len(),
            Pixels::U16(values) => values.len(),
        };
        if found != expected || expected == 0 {
            return Err(ImageError::Size { width, height, channels, expected, found });
        }
        Ok(Self { width, height, channels, pixels })
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// 1 (grey) or 3 (RGB).
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// The values as stored.
    pub fn pixels(&self) -> &Pixels {
        &self.pixels
    }

    /// The model's view: `[3, height, width]`, channel by channel, in [0, 1] of the bit depth's range;
    /// grey is repeated to three channels.
    pub fn to_unit_planes(&self) -> Vec<f32> {
        let area = self.width * self.height;
        let mut planes = vec![0.0; 3 * area];
        for plane in 0..3 {
            let channel = if self.channels == 3 { plane } else { 0 };
            let out = &mut planes[plane * area..(plane + 1) * area];
            match &self.pixels {
                Pixels::U8(values) => {
                    for (o, v) in out.iter_mut().zip(values[channel..].iter().step_by(self.channels)) {
                        *o = f32::from(*v) / 255.0;
                    }
                }
                Pixels::U16(values) => {
                    for (o, v) in out.iter_mut().zip(values[channel..].iter().step_by(self.channels)) {
                        *o = f32::from(*v) / 65535.0;
                    }
                }
            }
        }
        planes
    }
}
