//! Unpacks single strips and tiles.
//!
//! The `tiff` crate unpacks them, one at a time: each is handed to it as a small file of its own, of which
//! only compression and predictor are known. So nothing that a file claims about the rest of itself reaches
//! the crate, the memory it takes is known beforehand, and layouts that it does not know (palettes, packed
//! bits, channels beyond the colour) are none of its business.

use std::borrow::Cow;
use std::io::Cursor;

use tiff::decoder::{Decoder, Limits};

use super::damaged;
use super::page::{Compression, Number, Page, Places};
use crate::imaging::ImageError;

/// The bytes of one strip or tile, rows padded to whole bytes.
pub(super) struct Piece<'a> {
    pub bytes: Cow<'a, [u8]>,
    pub big_endian: bool,
}

impl<'a> Page<'a> {
    /// `rows` rows of strip or tile number `index`; none where the file left it out because it is empty.
    ///
    /// # Errors
    /// [`ImageError::Damaged`] where it lies outside the file or does not unpack.
    pub(super) fn piece(&self, index: usize, rows: usize) -> Result<Option<Piece<'a>>, ImageError> {
        let needed = self.row_bytes(self.piece[0]) * rows;
        let (start, length) = match self.places {
            Places::At(offset) => (offset, needed),
            Places::Table { offsets, lengths } => {
                let length = lengths.map_or(Some(needed), |lengths| lengths.number(index));
                offsets.number(index).zip(length).ok_or_else(|| damaged("a strip or tile has no place"))?
            }
        };
        if start == 0 || length == 0 {
            return Ok(None);
        }
        let outside = || damaged("a strip or tile lies outside the file");
        let packed =
            start.checked_add(length).and_then(|end| self.file.bytes.get(start..end)).ok_or_else(outside)?;
        if self.compression == Compression::None {
            let bytes = packed.get(..needed).ok_or_else(|| damaged("a strip or tile is too short"))?;
            return Ok(Some(Piece { bytes: Cow::Borrowed(bytes), big_endian: self.file.big_endian }));
        }
        if self.compression == Compression::Jpeg {
            self.check_jpeg(packed, rows)?;
        }
        let mut bytes = vec![0; needed];
        self.unpack(packed, rows, &mut bytes).map_err(|error| damaged(error.to_string()))?;
        Ok(Some(Piece { bytes: Cow::Owned(bytes), big_endian: cfg!(target_endian = "big") }))
    }

    fn unpack(&self, packed: &[u8], rows: usize, out: &mut [u8]) -> tiff::TiffResult<()> {
        let file = self.file_of_one(packed, rows);
        let mut decoder = Decoder::new(Cursor::new(file))?.with_limits(Limits::unlimited());
        decoder.read_image_bytes(out)
    }

    /// A TIFF file with this one strip: little or big endian as the whole is.
    fn file_of_one(&self, packed: &[u8], rows: usize) -> Vec<u8> {
        // Values that do not fill bytes are unpacked here later.
        let whole = matches!(self.bits, 8 | 16 | 32 | 64);
        let samples = if self.planar { 1 } else { self.samples };
        let (columns, bits, samples) =
            if whole { (self.piece[0], self.bits, samples) } else { (self.row_bytes(self.piece[0]), 8, 1) };
        let compression = match self.compression {
            Compression::None => 1,
            Compression::Lzw => 5,
            Compression::Jpeg => 7,
            Compression::Deflate => 8,
            Compression::PackBits => 32773,
        };
        let format = match self.number {
            Number::Unsigned => 1,
            Number::Signed => 2,
            Number::Float => 3,
        };
        // Tag, type (3: 16 bits, 4: 32 bits, 7: bytes), number of values, value or offset.
        let mut entries = vec![
            (256, 4, 1, columns),
            (257, 4, 1, rows),
            (258, 3, 1, bits),
            (259, 3, 1, compression),
            (262, 3, 1, 1),
            (273, 4, 1, 0),
            (277, 3, 1, samples),
            (278, 4, 1, rows),
            (279, 4, 1, packed.len()),
            (317, 3, 1, usize::from(self.predictor)),
            (339, 3, 1, format),
        ];
        if self.jpeg_tables.len() > 4 {
            entries.push((347, 7, self.jpeg_tables.len(), 0));
        }
        let tables = 8 + 2 + 12 * entries.len() + 4;
        let data = tables + self.jpeg_tables.len();
        let mut file =
            Writer { bytes: Vec::with_capacity(data + packed.len()), big_endian: self.file.big_endian };
        file.bytes.extend(if file.big_endian { b"MM" } else { b"II" });
        file.word(42);
        file.long(8);
        file.word(entries.len());
        for (tag, kind, count, value) in entries {
            file.word(tag);
            file.word(kind);
            file.long(count);
            match (tag, kind) {
                (273, _) => file.long(data),
                (347, _) => file.long(tables),
                (_, 3) => {
                    file.word(value);
                    file.word(0);
                }
                _ => file.long(value),
            }
        }
        file.long(0);
        file.bytes.extend(self.jpeg_tables);
        file.bytes.extend(packed);
        file.bytes
    }

    /// Checks that a JPEG stream has the size of its strip or tile before its decoder believes another one.
    fn check_jpeg(&self, packed: &[u8], rows: usize) -> Result<(), ImageError> {
        let samples = if self.planar { 1 } else { self.samples };
        // Up to 15 rows complete the last blocks.
        let heights = rows..=self.piece[1].saturating_add(15);
        match jpeg_size(packed) {
            Some([width, height, channels])
                if width == self.piece[0] && heights.contains(&height) && channels == samples =>
            {
                Ok(())
            }
            Some(_) => Err(damaged("a JPEG strip or tile has another size than the page says")),
            None => Err(damaged("a JPEG strip or tile says no size")),
        }
    }
}

/// Columns, rows and channels that the frame header of a JPEG stream states (ITU-T T.81, B.2.2).
fn jpeg_size(bytes: &[u8]) -> Option<[usize; 3]> {
    let word = |at: usize| Some(usize::from(*bytes.get(at)?) << 8 | usize::from(*bytes.get(at + 1)?));
    let mut at = 2;
    loop {
        match (*bytes.get(at)?, *bytes.get(at + 1)?) {
            (0xFF, 0xFF) => at += 1,
            // All frame headers, but not tables (C4, CC) and extensions (C8) among them.
            (0xFF, 0xC0..=0xCF) if ![0xC4, 0xC8, 0xCC].contains(&bytes[at + 1]) => {
                return Some([word(at + 7)?, word(at + 5)?, usize::from(*bytes.get(at + 9)?)]);
            }
            (0xFF, 0x01 | 0xD0..=0xD8) => at += 2,
            (0xFF, 0xD9 | 0xDA) => return None,
            (0xFF, _) => at += 2 + word(at + 2)?.max(2),
            _ => return None,
        }
    }
}

/// Writes numbers in one of both orders.
struct Writer {
    bytes: Vec<u8>,
    big_endian: bool,
}

impl Writer {
    fn word(&mut self, value: usize) {
        let value = value as u16;
        self.bytes.extend(if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() });
    }

    fn long(&mut self, value: usize) {
        let value = value as u32;
        self.bytes.extend(if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() });
    }
}
