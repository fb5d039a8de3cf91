//! The directories of a TIFF file: which fields its pages have, and where their values lie.
//!
//! TIFF 6.0, section 2, and `BigTIFF`, which has the same layout with 8 bytes for counts and offsets. Values
//! stay in the file: a [`Field`] is checked to lie inside it, and costs nothing however long it claims to be.

use std::collections::HashSet;

use super::damaged;
use crate::imaging::ImageError;

/// More pages than any microscope writes into one file.
const MAX_PAGES: usize = 1 << 16;

/// More fields than any page has.
const MAX_FIELDS: usize = 1000;

/// Tags of the fields that are read.
pub(super) mod tag {
    pub(in crate::imaging::tiff) const SUBFILE_TYPE: u16 = 254;
    pub(in crate::imaging::tiff) const WIDTH: u16 = 256;
    pub(in crate::imaging::tiff) const HEIGHT: u16 = 257;
    pub(in crate::imaging::tiff) const BITS: u16 = 258;
    pub(in crate::imaging::tiff) const COMPRESSION: u16 = 259;
    pub(in crate::imaging::tiff) const PHOTOMETRIC: u16 = 262;
    pub(in crate::imaging::tiff) const FILL_ORDER: u16 = 266;
    pub(in crate::imaging::tiff) const DESCRIPTION: u16 = 270;
    pub(in crate::imaging::tiff) const STRIP_OFFSETS: u16 = 273;
    pub(in crate::imaging::tiff) const ORIENTATION: u16 = 274;
    pub(in crate::imaging::tiff) const SAMPLES: u16 = 277;
    pub(in crate::imaging::tiff) const ROWS_PER_STRIP: u16 = 278;
    pub(in crate::imaging::tiff) const STRIP_LENGTHS: u16 = 279;
    pub(in crate::imaging::tiff) const X_RESOLUTION: u16 = 282;
    pub(in crate::imaging::tiff) const Y_RESOLUTION: u16 = 283;
    pub(in crate::imaging::tiff) const PLANES: u16 = 284;
    pub(in crate::imaging::tiff) const RESOLUTION_UNIT: u16 = 296;
    pub(in crate::imaging::tiff) const PREDICTOR: u16 = 317;
    pub(in crate::imaging::tiff) const COLOR_MAP: u16 = 320;
    pub(in crate::imaging::tiff) const TILE_WIDTH: u16 = 322;
    pub(in crate::imaging::tiff) const TILE_HEIGHT: u16 = 323;
    pub(in crate::imaging::tiff) const TILE_OFFSETS: u16 = 324;
    pub(in crate::imaging::tiff) const TILE_LENGTHS: u16 = 325;
    pub(in crate::imaging::tiff) const INK_SET: u16 = 332;
    pub(in crate::imaging::tiff) const EXTRA_SAMPLES: u16 = 338;
    pub(in crate::imaging::tiff) const SAMPLE_FORMAT: u16 = 339;
    pub(in crate::imaging::tiff) const JPEG_TABLES: u16 = 347;
    pub(in crate::imaging::tiff) const CHROMA_SUBSAMPLING: u16 = 530;

    /// All of them.
    pub(super) const READ: [u16; 28] = [
        SUBFILE_TYPE,
        WIDTH,
        HEIGHT,
        BITS,
        COMPRESSION,
        PHOTOMETRIC,
        FILL_ORDER,
        DESCRIPTION,
        STRIP_OFFSETS,
        ORIENTATION,
        SAMPLES,
        ROWS_PER_STRIP,
        STRIP_LENGTHS,
        X_RESOLUTION,
        Y_RESOLUTION,
        PLANES,
        RESOLUTION_UNIT,
        PREDICTOR,
        COLOR_MAP,
        TILE_WIDTH,
        TILE_HEIGHT,
        TILE_OFFSETS,
        TILE_LENGTHS,
        INK_SET,
        EXTRA_SAMPLES,
        SAMPLE_FORMAT,
        JPEG_TABLES,
        CHROMA_SUBSAMPLING,
    ];
}

/// The bytes of a file and how its numbers are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct File<'a> {
    pub bytes: &'a [u8],
    pub big_endian: bool,
    /// `BigTIFF`: offsets have 8 bytes.
    long: bool,
}

/// The fields of one page.
#[derive(Clone, Debug)]
pub(super) struct Directory<'a> {
    fields: Vec<(u16, Field<'a>)>,
}

/// The values of one field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'a> {
    kind: u16,
    size: usize,
    values: &'a [u8],
    big_endian: bool,
}

/// The directories of all pages, in their order.
///
/// # Errors
/// [`ImageError::Damaged`] where one lies outside the file, leads back to an earlier one or is one of too many.
pub(super) fn directories(bytes: &[u8]) -> Result<(File<'_>, Vec<Directory<'_>>), ImageError> {
    let (file, mut next) =
        File::open(bytes).ok_or_else(|| damaged("its first bytes are not those of a TIFF"))?;
    let mut pages = Vec::new();
    let mut seen = HashSet::new();
    while next != 0 {
        if !seen.insert(next) {
            return Err(damaged("its pages form a circle"));
        }
        if pages.len() == MAX_PAGES {
            return Err(damaged("it has more than 65536 pages"));
        }
        let (page, following) = file
            .directory(next)
            .ok_or_else(|| damaged("the list of a page's fields lies outside the file"))?;
        pages.push(page);
        next = following;
    }
    Ok((file, pages))
}

impl<'a> File<'a> {
    /// The file and the offset of its first directory.
    fn open(bytes: &'a [u8]) -> Option<(Self, usize)> {
        let big_endian = match bytes.get(..2)? {
            b"II" => false,
            b"MM" => true,
            _ => return None,
        };
        let file = Self { bytes, big_endian, long: number(bytes.get(2..4)?, big_endian) == 43 };
        let first = if file.long { file.number(8, 8)? } else { file.number(4, 4)? };
        Some((file, first))
    }

    /// The number in `size` bytes at `at`, where they lie in the file.
    fn number(&self, at: usize, size: usize) -> Option<usize> {
        let bytes = self.bytes.get(at..at.checked_add(size)?)?;
        usize::try_from(number(bytes, self.big_endian)).ok()
    }

    /// The directory at `at` and the offset of the next, 0 after the last.
    fn directory(&self, at: usize) -> Option<(Directory<'a>, usize)> {
        let (head, entry, offset) = if self.long { (8, 20, 8) } else { (2, 12, 4) };
        let count = self.number(at, head)?;
        if count > MAX_FIELDS {
            return None;
        }
        let first = at.checked_add(head)?;
        let after = first.checked_add(count * entry)?;
        let mut fields: Vec<(u16, Field)> = Vec::new();
        for at in (first..after).step_by(entry) {
            let tag = self.number(at, 2)? as u16;
            // Only what is needed, and the first of several: so a page takes little memory whatever it claims.
            if tag::READ.contains(&tag) && !fields.iter().any(|(known, _)| *known == tag) {
                fields.extend(self.field(at, offset).map(|field| (tag, field)));
            }
        }
        // Some writers leave the last offset out.
        let next = if after >= self.bytes.len() { 0 } else { self.number(after, offset)? };
        Some((Directory { fields }, next))
    }

    /// The field whose entry is at `at`; none where its type is unknown or its values lie outside the file,
    /// which matters only to those who need the field.
    fn field(&self, at: usize, offset: usize) -> Option<Field<'a>> {
        let kind = self.number(at + 2, 2)? as u16;
        let size = match kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 | 16 | 17 | 18 => 8,
            _ => return None,
        };
        let length = self.number(at + 4, offset)?.checked_mul(size)?;
        let place = at + 4 + offset;
        let start = if length <= offset { place } else { self.number(place, offset)? };
        let values = self.bytes.get(start..start.checked_add(length)?)?;
        Some(Field { kind, size, values, big_endian: self.big_endian })
    }
}

impl<'a> Directory<'a> {
    /// The field `tag`, where the page has it.
    pub(super) fn get(&self, tag: u16) -> Option<Field<'a>> {
        self.fields.iter().find(|(found, _)| *found == tag).map(|(_, field)| *field)
    }

    /// The first value of the field `tag` as a whole number.
    pub(super) fn number(&self, tag: u16) -> Option<usize> {
        self.get(tag)?.number(0)
    }
}

impl<'a> Field<'a> {
    /// Number of values.
    pub(super) fn len(&self) -> usize {
        self.values.len() / self.size
    }

    /// The values as they lie in the file.
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.values
    }

    /// Value number `index` where it is a whole number, 0 or above.
    pub(super) fn number(&self, index: usize) -> Option<usize> {
        let whole = matches!(self.kind, 1 | 3 | 4 | 7 | 13 | 16 | 18);
        let value = number(self.value(index)?, self.big_endian);
        whole.then_some(value).and_then(|value| usize::try_from(value).ok())
    }

    /// All values, where they are whole numbers.
    pub(super) fn numbers(&self) -> impl Iterator<Item = usize> {
        (0..self.len()).map_while(|index| self.number(index))
    }

    /// The first value as a fraction or floating number; none where it is not finite.
    pub(super) fn ratio(&self) -> Option<f64> {
        let value = self.value(0)?;
        let ratio = match self.kind {
            5 => {
                let (above, below) = value.split_at(4);
                number(above, self.big_endian) as f64 / number(below, self.big_endian) as f64
            }
            11 => f64::from(f32::from_bits(number(value, self.big_endian) as u32)),
            12 => f64::from_bits(number(value, self.big_endian)),
            _ => return None,
        };
        ratio.is_finite().then_some(ratio)
    }

    fn value(&self, index: usize) -> Option<&'a [u8]> {
        let start = index.checked_mul(self.size)?;
        self.values.get(start..start + self.size)
    }
}

/// The number that up to eight bytes spell.
fn number(bytes: &[u8], big_endian: bool) -> u64 {
    let add = |value: u64, byte: &u8| (value << 8) | u64::from(*byte);
    if big_endian { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) }
}
