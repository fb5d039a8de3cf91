//! What is measured on every image, in one pass over its pixels.

use medley_core::imaging::{AxisCodes, Fingerprint, Format, Image, Pixels};
use sha2::{Digest, Sha256};

use super::distribution::Distribution;

/// How the values of an image are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Depth {
    /// Unsigned 8 bits.
    U8,
    /// Unsigned 16 bits.
    U16,
    /// Signed 16 bits.
    I16,
    /// 32-bit floating point.
    F32,
}

impl Depth {
    /// `8 bit`, `16 bit`, `16 bit signed`, `float`.
    pub fn name(self) -> &'static str {
        match self {
            Self::U8 => "8 bit",
            Self::U16 => "16 bit",
            Self::I16 => "16 bit signed",
            Self::F32 => "float",
        }
    }
}

/// What an image is.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Columns, rows, slices.
    pub size: [usize; 3],
    /// 1 or 3.
    pub channels: usize,
    /// How values are stored.
    pub depth: Depth,
    /// Whether the depth is that of the file. `DICOM` and `NIfTI` values are scaled to physical ones, and held in
    /// the smallest type that fits.
    pub depth_is_stored: bool,
    /// Distances of columns, rows and slices in mm, where known.
    pub spacing: Option<[f64; 3]>,
    /// Where columns, rows and slices lead, where known.
    pub axes: Option<AxisCodes>,
    /// Its values.
    pub values: Distribution,
    /// Whether it has three channels that are all equal.
    pub grey_as_colour: bool,
    /// SHA-256 of size, depth and values: equal for the same picture in another file.
    pub digest: [u8; 32],
    /// Its looks; none where there is nothing to see.
    pub looks: Option<Fingerprint>,
}

impl Facts {
    /// Measures an image.
    pub fn of(image: &Image) -> Self {
        let size = [image.width(), image.height(), image.slices()];
        let channels = image.channels();
        let (depth, grey_as_colour) = match image.pixels() {
            Pixels::U8(values) => (Depth::U8, channels == 3 && is_grey(values)),
            Pixels::U16(values) => (Depth::U16, channels == 3 && is_grey(values)),
            Pixels::I16(values) => (Depth::I16, channels == 3 && is_grey(values)),
            Pixels::F32(values) => (Depth::F32, channels == 3 && is_grey(values)),
        };
        Self {
            size,
            channels,
            depth,
            depth_is_stored: !matches!(image.origin().format, Format::Dicom | Format::Nifti),
            spacing: image.geometry().spacing,
            axes: image.geometry().axis_codes(),
            values: Distribution::of(image.pixels()),
            grey_as_colour,
            digest: digest(image, depth),
            looks: Fingerprint::new(image),
        }
    }
}

fn is_grey<T: PartialEq>(values: &[T]) -> bool {
    values.chunks_exact(3).all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2])
}

fn digest(image: &Image, depth: Depth) -> [u8; 32] {
    let mut hash = Sha256::new();
    for length in [image.width(), image.height(), image.slices(), image.channels()] {
        hash.update((length as u64).to_le_bytes());
    }
    hash.update(depth.name());
    match image.pixels() {
        Pixels::U8(values) => hash.update(values),
        Pixels::U16(values) => update(&mut hash, values, u16::to_le_bytes),
        Pixels::I16(values) => update(&mut hash, values, i16::to_le_bytes),
        Pixels::F32(values) => update(&mut hash, values, f32::to_le_bytes),
    }
    hash.finalize().into()
}

/// Feeds values in pieces, so that no second copy of the picture is made.
fn update<T: Copy, const N: usize>(hash: &mut Sha256, values: &[T], bytes: impl Fn(T) -> [u8; N]) {
    let mut buffer = Vec::with_capacity(4096 * N);
    for piece in values.chunks(4096) {
        buffer.clear();
        buffer.extend(piece.iter().flat_map(|value| bytes(*value)));
        hash.update(&buffer);
    }
}
