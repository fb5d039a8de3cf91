//! Pixels: the one [`Image`] type, decoding from bytes, resampling.

mod decode;
mod image;
mod resample;

pub use decode::{DEFAULT_MAX_PIXELS, decode};
pub use image::{Image, ImageError, Pixels};
pub use resample::{Region, resize_labels, resize_planes};
