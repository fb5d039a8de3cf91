//! TIFF, `BigTIFF`, and the stacks that `ImageJ` and OME programs write.
//!
//! Read are whole numbers of 1 to 16, 32 and 64 bits and floating ones of 16, 32 and 64; grey, RGB, palettes,
//! CMYK and YCbCr; strips and tiles; uncompressed, LZW, deflate, `PackBits` and JPEG.

mod colour;
mod directory;
mod notes;
mod page;
mod piece;
mod stack;
mod values;

#[cfg(test)]
mod tests;

pub(super) use stack::{count_slices, decode};

use super::ImageError;

fn damaged(what: impl Into<String>) -> ImageError {
    ImageError::Damaged(what.into())
}

fn unsupported(what: impl Into<String>, hint: &'static str) -> ImageError {
    ImageError::Unsupported { format: "TIFF", what: what.into(), hint }
}
