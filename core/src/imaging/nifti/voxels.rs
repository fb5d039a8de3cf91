//! From stored voxels to physical values.

use crate::imaging::stored::{NumberType, numbers};
use crate::imaging::{ImageError, Pixels};

/// How a voxel is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DataType {
    number: NumberType,
    /// 3 for colours (red, green, blue, 8 bits each), or 1.
    pub channels: usize,
}

impl DataType {
    /// `DT_*` of the standard.
    pub fn from_code(code: i16) -> Result<Self, ImageError> {
        let number = match code {
            2 | 128 => NumberType::U8,
            4 => NumberType::I16,
            8 => NumberType::I32,
            16 => NumberType::F32,
            64 => NumberType::F64,
            256 => NumberType::I8,
            512 => NumberType::U16,
            768 => NumberType::U32,
            1024 => NumberType::I64,
            1280 => NumberType::U64,
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
        };
        Ok(Self { number, channels: if code == 128 { 3 } else { 1 } })
    }

    /// Bytes of a voxel.
    pub fn bytes(self) -> usize {
        self.number.bytes() * self.channels
    }
}

/// The physical values of `bytes` in the smallest type that holds them exactly: `stored * slope + intercept`,
/// computed in 64 bits. Colours are not scaled.
pub(super) fn pixels(bytes: &[u8], kind: DataType, big_endian: bool, scaling: Option<(f64, f64)>) -> Pixels {
    let physical = |value: f64| scaling.map_or(value, |(slope, intercept)| value * slope + intercept);
    match kind.number {
        NumberType::U8 if scaling.is_none() || kind.channels == 3 => Pixels::U8(bytes.to_vec()),
        NumberType::U8 => smallest(bytes, big_endian, |[v]: [u8; 1]| physical(f64::from(v))),
        NumberType::I8 => smallest(bytes, big_endian, |v| physical(f64::from(i8::from_be_bytes(v)))),
        NumberType::U16 => smallest(bytes, big_endian, |v| physical(f64::from(u16::from_be_bytes(v)))),
        NumberType::I16 => smallest(bytes, big_endian, |v| physical(f64::from(i16::from_be_bytes(v)))),
        NumberType::U32 => smallest(bytes, big_endian, |v| physical(f64::from(u32::from_be_bytes(v)))),
        NumberType::I32 => smallest(bytes, big_endian, |v| physical(f64::from(i32::from_be_bytes(v)))),
        NumberType::U64 => smallest(bytes, big_endian, |v| physical(u64::from_be_bytes(v) as f64)),
        NumberType::I64 => smallest(bytes, big_endian, |v| physical(i64::from_be_bytes(v) as f64)),
        NumberType::F32 => smallest(bytes, big_endian, |v| physical(f64::from(f32::from_be_bytes(v)))),
        NumberType::F64 => smallest(bytes, big_endian, |v| physical(f64::from_be_bytes(v))),
    }
}

/// Decodes twice rather than to keep a 64-bit copy of a large volume: first for the range.
fn smallest<const N: usize>(bytes: &[u8], big_endian: bool, value: impl Fn([u8; N]) -> f64) -> Pixels {
    let values = || numbers(bytes, big_endian, &value);
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
