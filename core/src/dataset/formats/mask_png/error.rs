//! What can be wrong with masks.

use thiserror::Error;

/// Why bytes are not a mask.
#[derive(Debug, Error)]
pub enum MaskError {
    /// Not a PNG, or a damaged one.
    #[error("the mask is not a readable PNG ({0}); save it again as an 8-bit PNG")]
    Damaged(#[from] png::DecodingError),
    /// RGB, transparency or 16 bits.
    #[error(
        "the mask is a {bits}-bit {color} PNG; it must be grey or palette with at most 8 bits, \
         where the value of a pixel is its class index"
    )]
    Form {
        /// Bits per channel.
        bits: u8,
        /// Colour type in PNG's words.
        color: String,
    },
    /// More pixels than allowed.
    #[error("the mask has {width} x {height} pixels, more than the {limit} that are allowed")]
    TooLarge {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
        /// Allowed pixels (columns times rows).
        limit: usize,
    },
    /// A pixel with a value that is no class.
    #[error(
        "the mask has the value {value} at column {x}, row {y}, but there are only {classes} classes \
         (0 to {last}, and 255 for unlabelled)", last = classes.saturating_sub(1)
    )]
    Value {
        /// The value.
        value: u8,
        /// Its column, from 0.
        x: usize,
        /// Its row, from 0.
        y: usize,
        /// Number of classes, background included.
        classes: usize,
    },
    /// Neither black nor white.
    #[error(
        "the mask has the value {value} at column {x}, row {y}, but a black-and-white mask has 0 and {white} only; \
         save it without smoothing and not as JPEG"
    )]
    Binary {
        /// The value.
        value: u8,
        /// White.
        white: u8,
        /// Its column, from 0.
        x: usize,
        /// Its row, from 0.
        y: usize,
    },
    /// Colours that are not in the table.
    #[error(
        "{count} pixels of the mask have a colour that belongs to no class, the first is {color:?} (red, green, \
         blue) at column {x}, row {y}; add the colour, or save the mask without smoothing and not as JPEG"
    )]
    Color {
        /// The first such colour.
        color: [u8; 3],
        /// Its column, from 0.
        x: usize,
        /// Its row, from 0.
        y: usize,
        /// Number of pixels with such colours.
        count: usize,
    },
}

/// Why a mask cannot be written.
#[derive(Debug, Error)]
#[error("the mask cannot be written as PNG: {0}")]
pub struct MaskWriteError(#[from] png::EncodingError);
