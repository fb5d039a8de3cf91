//! One numpy array (`.npy`, versions 1 to 3) with numbers in C order.
//!
//! Only the header of this one kind of array is understood, and nothing is allocated on its word: a file
//! can claim any shape.

use std::io::{self, Read};

use thiserror::Error;

use crate::imaging::NumberType;

/// Longest header that is read; numpy writes about a hundred bytes.
const MAX_HEADER: u64 = 1 << 16;

/// Why bytes are not such an array.
#[derive(Debug, Error)]
pub enum NpyError {
    /// The bytes end too early or do not decompress.
    #[error("it is cut off or damaged ({0})")]
    Read(#[from] io::Error),
    /// Not a numpy array at all.
    #[error("it is not a numpy array")]
    Header,
    /// A layout that is not supported.
    #[error("its form ({0}) is not supported; save it with numpy as a C-ordered array of whole numbers")]
    Form(String),
    /// A number that is not whole.
    #[error("it has the value {0} where whole numbers are needed")]
    Fraction(f64),
    /// More than the caller allows.
    #[error("it has {size} bytes, more than the {limit} that are allowed")]
    TooLarge {
        /// Size in bytes, `u64::MAX` where it cannot be counted.
        size: u64,
        /// Allowed bytes.
        limit: u64,
    },
}

/// An array's shape, element type and raw bytes.
#[derive(Debug)]
pub(super) struct Array {
    pub shape: Vec<usize>,
    element: NumberType,
    data: Vec<u8>,
}

/// The type of the numbers, little endian where it matters.
fn element(descr: &str) -> Option<NumberType> {
    Some(match descr {
        "|u1" => NumberType::U8,
        "|i1" | "|b1" => NumberType::I8,
        "<u2" => NumberType::U16,
        "<i2" => NumberType::I16,
        "<u4" => NumberType::U32,
        "<i4" => NumberType::I32,
        "<u8" => NumberType::U64,
        "<i8" => NumberType::I64,
        "<f4" => NumberType::F32,
        "<f8" => NumberType::F64,
        _ => return None,
    })
}

impl Array {
    /// Reads an array of at most `limit` bytes.
    pub fn read(mut reader: impl Read, limit: u64) -> Result<Self, NpyError> {
        let header = read_header(&mut reader)?;
        let form = || NpyError::Form(header.trim().to_owned());
        let element = value_of(&header, "descr")
            .and_then(|value| value.strip_prefix('\''))
            .and_then(|value| value.split('\'').next())
            .and_then(element)
            .ok_or_else(form)?;
        if !value_of(&header, "fortran_order").is_some_and(|value| value.starts_with("False")) {
            return Err(form());
        }
        let shape: Vec<usize> = value_of(&header, "shape")
            .and_then(|value| value.strip_prefix('('))
            .and_then(|value| value.split_once(')'))
            .and_then(|(list, _)| {
                let sides = list.split(',').map(str::trim).filter(|side| !side.is_empty());
                sides.map(|side| side.parse().ok()).collect()
            })
            .ok_or_else(form)?;

        let size = shape
            .iter()
            .try_fold(element.bytes() as u64, |size, side| size.checked_mul(*side as u64))
            .unwrap_or(u64::MAX);
        if size > limit {
            return Err(NpyError::TooLarge { size, limit });
        }
        let mut data = Vec::new();
        reader.take(size).read_to_end(&mut data)?;
        if (data.len() as u64) < size {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        Ok(Self { shape, element, data })
    }

    /// The raw bytes of an array of `u8`.
    pub fn into_bytes(self) -> Result<Vec<u8>, NpyError> {
        match self.element {
            NumberType::U8 => Ok(self.data),
            other => Err(NpyError::Form(format!("{other:?} in place of U8"))),
        }
    }

    /// The numbers, whatever their type. Those beyond `i64` become negative.
    ///
    /// # Errors
    /// [`NpyError::Fraction`] where one is not whole.
    pub fn integers(&self) -> Result<Vec<i64>, NpyError> {
        let width = self.element.bytes();
        let signed =
            matches!(self.element, NumberType::I8 | NumberType::I16 | NumberType::I32 | NumberType::I64);
        let integer = |bytes: &[u8]| {
            let fill = if signed && bytes[width - 1] >= 0x80 { 0xFF } else { 0 };
            let mut wide = [fill; 8];
            wide[..width].copy_from_slice(bytes);
            i64::from_le_bytes(wide)
        };
        // Labels that went through a table are often floating-point numbers.
        let whole = |number: f64| {
            let fits = number.fract() == 0.0 && number.abs() < 1e15;
            fits.then_some(number as i64).ok_or(NpyError::Fraction(number))
        };
        match self.element {
            NumberType::F32 => {
                self.data.as_chunks().0.iter().map(|b| whole(f64::from(f32::from_le_bytes(*b)))).collect()
            }
            NumberType::F64 => {
                self.data.as_chunks().0.iter().map(|b| whole(f64::from_le_bytes(*b))).collect()
            }
            _ => Ok(self.data.chunks_exact(width).map(integer).collect()),
        }
    }
}

fn read_header(reader: &mut impl Read) -> Result<String, NpyError> {
    let mut start = [0; 8];
    reader.read_exact(&mut start)?;
    if &start[..6] != b"\x93NUMPY" || !(1..=3).contains(&start[6]) {
        return Err(NpyError::Header);
    }
    // Version 1 has two bytes for the length, later ones four.
    let mut length = [0; 4];
    reader.read_exact(&mut length[..if start[6] == 1 { 2 } else { 4 }])?;
    let length = u64::from(u32::from_le_bytes(length));
    if length > MAX_HEADER {
        return Err(NpyError::Header);
    }
    let mut header = String::new();
    reader.take(length).read_to_string(&mut header)?;
    Ok(header)
}

/// What follows `'key':` in the header, a Python dictionary.
fn value_of<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = header.split_once(&format!("'{key}':"))?;
    Some(rest.trim_start())
}
