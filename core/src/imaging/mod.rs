//! Pixels: the one [`Image`] type, decoding from bytes, resampling.

mod affine;
mod axes;
mod decode;
mod depth;
pub mod dicom;
mod geometry;
mod image;
pub mod nifti;
mod origin;
mod percentile;
mod phash;
mod raster;
mod resample;
mod stored;
mod tiff;
mod turn;
mod volume;
mod window;

#[cfg(test)]
mod reference;

pub use affine::Affine;
pub use axes::{AxisCodes, Direction, UnknownAxisCodes};
pub use decode::{DEFAULT_MAX_PIXELS, count_slices, decode, origin};
pub use geometry::Geometry;
pub use image::{Image, ImageError, Pixels};
pub use origin::{Format, Modality, Origin};
pub use phash::{Fingerprint, MAX_RADIUS, near_pairs};
pub use resample::{Region, resize_labels, resize_planes};
pub use volume::{AxisMap, Grid, GridError, Plane};
pub use window::Window;

pub(crate) use stored::NumberType;
pub(crate) use volume::nearest;
