//! Pixels: the one [`Image`] type, decoding from bytes, resampling.

mod image;

pub use image::{Image, ImageError, Pixels};
