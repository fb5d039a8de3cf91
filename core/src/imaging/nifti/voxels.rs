//! From stored voxels to physical values.

use crate::imaging::{ImageError, Pixels};

/// How a voxel is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DataType {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F32,
    F64,
    /// Red, green, blue, 8 bits each.
    Rgb24,
}

impl DataType {
    /// `DT_*` of the standard.
    pub fn from_code(code: i16) -> Result<Self, ImageError> {
        Ok(match code {
            2 => Self::U8,
            4 => Self::I16,
            8 => Self::I32,
            16 => Self::F32,
            64 => Self::F64,
            128 => Self::Rgb24,
            256 => Self::I8,
            512 => Self::U16,
            768 => Self::U32,
            1024 => Self::I64,
            1280 => Self::U64,
            other => {
                let what = match other {
                    32 | 1792 | 2048 => "complex values".to_owned(),
                    1536 => "128-bit values".to_owned(),
                    2304 => "transparent colours (RGBA)".to_owned(),
                    1 => "voxels of one bit".to_owned(),
                    other => format!("data type {other}"),
                };
                let hint = "save it with another type, for example 32-bit float, or RGB24 for colours";
                return Err(ImageError::Unsupported { format: "NIfTI", what, hint });
            }
        })
    }

    /// Bytes of a voxel.
    pub fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::Rgb24 => 3,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }

    /// 3 for colours, or 1.
    pub fn channels(self) -> usize {
        if self == Self::Rgb24 { 3 } else { 1 }
    }
}

/// The physical values of `bytes` in the smallest type that holds them exactly: `stored * slope + intercept`,
/// computed in 64 bits. Colours are not scaled.
pub(super) fn pixels(bytes: &[u8], kind: DataType, big_endian: bool, scaling: Option<(f64, f64)>) -> Pixels {
    let physical = |value: f64| scaling.map_or(value, |(slope, intercept)| value * slope + intercept);
    match (kind, big_endian) {
        (DataType::Rgb24, _) => Pixels::U8(bytes.to_vec()),
        (DataType::U8, _) if scaling.is_none() => Pixels::U8(bytes.to_vec()),
        (DataType::U8, _) => smallest(bytes, |[v]: [u8; 1]| physical(f64::from(v))),
        (DataType::I8, _) => smallest(bytes, |v: [u8; 1]| physical(f64::from(i8::from_le_bytes(v)))),
        (DataType::U16, false) => smallest(bytes, |v| physical(f64::from(u16::from_le_bytes(v)))),
        (DataType::U16, true) => smallest(bytes, |v| physical(f64::from(u16::from_be_bytes(v)))),
        (DataType::I16, false) => smallest(bytes, |v| physical(f64::from(i16::from_le_bytes(v)))),
        (DataType::I16, true) => smallest(bytes, |v| physical(f64::from(i16::from_be_bytes(v)))),
        (DataType::U32, false) => smallest(bytes, |v| physical(f64::from(u32::from_le_bytes(v)))),
        (DataType::U32, true) => smallest(bytes, |v| physical(f64::from(u32::from_be_bytes(v)))),
        (DataType::I32, false) => smallest(bytes, |v| physical(f64::from(i32::from_le_bytes(v)))),
        (DataType::I32, true) => smallest(bytes, |v| physical(f64::from(i32::from_be_bytes(v)))),
        (DataType::U64, false) => smallest(bytes, |v| physical(u64::from_le_bytes(v) as f64)),
        (DataType::U64, true) => smallest(bytes, |v| physical(u64::from_be_bytes(v) as f64)),
        (DataType::I64, false) => smallest(bytes, |v| physical(i64::from_le_bytes(v) as f64)),
        (DataType::I64, true) => smallest(bytes, |v| physical(i64::from_be_bytes(v) as f64)),
        (DataType::F32, false) => smallest(bytes, |v| physical(f64::from(f32::from_le_bytes(v)))),
        (DataType::F32, true) => smallest(bytes, |v| physical(f64::from(f32::from_be_bytes(v)))),
        (DataType::F64, false) => smallest(bytes, |v| physical(f64::from_le_bytes(v))),
        (DataType::F64, true) => smallest(bytes, |v| physical(f64::from_be_bytes(v))),
    }
}

/// Decodes twice rather than to keep a 64-bit copy of a large volume: first for the range.
fn smallest<const N: usize>(bytes: &[u8], value: impl Fn([u8; N]) -> f64) -> Pixels {
    let (voxels, _) = bytes.as_chunks::<N>();
    let values = || voxels.iter().map(|voxel| value(*voxel));
    let (low, high, is_whole) =
        values().fold((f64::INFINITY, f64::NEG_INFINITY, true), |(low, high, is_whole), value| {
            // Whatever is not finite has no fraction of 0.
            (low.min(value), high.max(value), is_whole && value.fract() == 0.0)
        });
    let fits = |smallest: f64, largest: f64| is_whole && low >= smallest && high <= largest;
    if fits(0.0, 255.0) {
        Pixels::U8(values().map(|value| value as u8).collect())
    } else if fits(0.0, 65535.0) {
        Pixels::U16(values().map(|value| value as u16).collect())
    } else if fits(-32768.0, 32767.0) {
        Pixels::I16(values().map(|value| value as i16).collect())
    } else {
        Pixels::F32(values().map(|value| value as f32).collect())
    }
}
