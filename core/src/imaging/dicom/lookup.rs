//! Lookup tables: palettes (PS3.3, C.7.9) and non-linear modality transformations (C.11.1).

use dicom_object::Tag;

use super::header::Attributes;
use super::tags::{
    LUT_DATA, LUT_DESCRIPTOR, MODALITY_LUT, PALETTE_DATA, PALETTE_DESCRIPTOR, SEGMENTED_PALETTE,
};
use super::{ImageError, damaged, unsupported};

/// A table from stored to looked-up values.
pub(super) struct Lookup {
    first: i64,
    bits: i64,
    /// At least one.
    values: Vec<i64>,
}

impl Lookup {
    /// The table for the physical values of a grey image, where its file has one.
    ///
    /// # Errors
    /// [`ImageError::Damaged`].
    pub fn modality(attributes: Attributes<'_>, signed: bool) -> Result<Option<Self>, ImageError> {
        let Some(item) = attributes.item(MODALITY_LUT, 0) else { return Ok(None) };
        Self::read(item, LUT_DESCRIPTOR, LUT_DATA, signed).map(Some)
    }

    /// Red, green and blue.
    ///
    /// # Errors
    /// [`ImageError::Damaged`], [`ImageError::Unsupported`] for palettes in segments.
    pub fn palette(attributes: Attributes<'_>, signed: bool) -> Result<[Self; 3], ImageError> {
        let table = |channel: u16| {
            let descriptor = Tag(PALETTE_DESCRIPTOR.0, PALETTE_DESCRIPTOR.1 + channel);
            let data = Tag(PALETTE_DATA.0, PALETTE_DATA.1 + channel);
            Self::read(attributes, descriptor, data, signed)
        };
        if attributes.has(SEGMENTED_PALETTE) {
            return Err(unsupported("a palette in segments", "convert it to RGB and try again"));
        }
        Ok([table(0)?, table(1)?, table(2)?])
    }

    fn read(
        attributes: Attributes<'_>,
        descriptor: Tag,
        data: Tag,
        signed: bool,
    ) -> Result<Self, ImageError> {
        let bad = || damaged("a lookup table does not hold what it claims");
        let [entries, first, bits] = attributes.integers(descriptor).try_into().map_err(|_| bad())?;
        // Both are 16 bits, where a full table has no room for its number, and the sign may be lost.
        let entries = if entries as u16 == 0 { 0x1_0000 } else { usize::from(entries as u16) };
        let first = if signed { i64::from(first as u16 as i16) } else { first & 0xFFFF };
        let bytes = attributes.bytes(data).ok_or_else(bad)?;
        let values: Vec<i64> = if bytes.len() >= 2 * entries {
            bytes
                .as_chunks()
                .0
                .iter()
                .map(|word| i64::from(u16::from_le_bytes(*word)))
                .take(entries)
                .collect()
        } else {
            bytes.iter().map(|byte| i64::from(*byte)).take(entries).collect()
        };
        if values.len() < entries || !(8..=16).contains(&bits) {
            return Err(bad());
        }
        Ok(Self { first, bits, values })
    }

    /// Bits of the looked-up values.
    pub fn bits(&self) -> i64 {
        self.bits
    }

    /// The value for `stored`; beyond the table, its first or last one.
    pub fn get(&self, stored: i64) -> i64 {
        let index = (stored - self.first).clamp(0, self.values.len() as i64 - 1);
        self.values.get(index as usize).copied().unwrap_or_default()
    }
}
