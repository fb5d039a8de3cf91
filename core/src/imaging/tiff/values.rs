//! From the strips or tiles of a page to its values.

use super::page::{Number, Page};
use super::piece::Piece;
use crate::imaging::{ImageError, Pixels};

impl Page<'_> {
    /// All values of the page, row by row, samples interleaved, as stored: indices of a palette, printing inks.
    /// Signed bytes become 16 bits; 32- and 64-bit numbers and all floating ones become 32-bit floats.
    ///
    /// # Errors
    /// [`ImageError::Damaged`] where strips or tiles do not unpack.
    pub(super) fn values(&self) -> Result<Pixels, ImageError> {
        let order = |bytes: &Piece| bytes.big_endian;
        match (self.number, self.bits) {
            (Number::Unsigned, 8) => {
                Ok(Pixels::U8(self.gather(|piece, values| values.extend(&*piece.bytes))?))
            }
            (Number::Unsigned, 1..=7) => Ok(Pixels::U8(self.gather(|piece, values| {
                self.unpack_bits(&piece.bytes, |value| values.push(value as u8));
            })?)),
            (Number::Unsigned, 9..=15) => Ok(Pixels::U16(self.gather(|piece, values| {
                self.unpack_bits(&piece.bytes, |value| values.push(value));
            })?)),
            (Number::Unsigned, 16) => Ok(Pixels::U16(self.gather(|piece, values| {
                values.extend(words(&piece.bytes, order(piece), u16::from_be_bytes));
            })?)),
            (Number::Signed, 8) => Ok(Pixels::I16(self.gather(|piece, values| {
                values.extend(piece.bytes.iter().map(|byte| i16::from(*byte as i8)));
            })?)),
            (Number::Signed, 16) => Ok(Pixels::I16(self.gather(|piece, values| {
                values.extend(words(&piece.bytes, order(piece), i16::from_be_bytes));
            })?)),
            _ => Ok(Pixels::F32(self.gather(|piece, values| self.floats(piece, values))?)),
        }
    }

    fn floats(&self, piece: &Piece, values: &mut Vec<f32>) {
        let (bytes, order) = (&*piece.bytes, piece.big_endian);
        match (self.number, self.bits) {
            (Number::Unsigned, 32) => values.extend(words(bytes, order, |b| u32::from_be_bytes(b) as f32)),
            (Number::Unsigned, _) => values.extend(words(bytes, order, |b| u64::from_be_bytes(b) as f32)),
            (Number::Signed, 32) => values.extend(words(bytes, order, |b| i32::from_be_bytes(b) as f32)),
            (Number::Signed, _) => values.extend(words(bytes, order, |b| i64::from_be_bytes(b) as f32)),
            (Number::Float, 16) => {
                values.extend(words(bytes, order, |b| half::f16::from_be_bytes(b).to_f32()));
            }
            (Number::Float, 32) => values.extend(words(bytes, order, f32::from_be_bytes)),
            (Number::Float, _) => values.extend(words(bytes, order, |b| f64::from_be_bytes(b) as f32)),
        }
    }

    /// Numbers packed into bits, the first in the highest; every row begins with a byte.
    fn unpack_bits(&self, bytes: &[u8], mut put: impl FnMut(u16)) {
        let samples = if self.planar { 1 } else { self.samples };
        let mask = (1_u32 << self.bits) - 1;
        for row in bytes.chunks_exact(self.row_bytes(self.piece[0])) {
            let (mut window, mut filled, mut rest) = (0_u32, 0, row.iter());
            for _ in 0..self.piece[0] * samples {
                while filled < self.bits {
                    window = (window << 8) | u32::from(*rest.next().unwrap_or(&0));
                    filled += 8;
                }
                filled -= self.bits;
                put(((window >> filled) & mask) as u16);
            }
        }
    }

    /// Puts strips or tiles, each turned to values by `convert`, in their places.
    fn gather<T: Copy + Default>(
        &self,
        mut convert: impl FnMut(&Piece, &mut Vec<T>),
    ) -> Result<Vec<T>, ImageError> {
        let (width, height, samples) = (self.width, self.height, self.samples);
        let [columns, rows] = self.piece;
        let [across, down] = self.grid();
        let planes = if self.planar { samples } else { 1 };
        let each = samples / planes;
        let mut page = vec![T::default(); width * height * samples];
        let mut values = Vec::new();
        for index in 0..across * down * planes {
            let (plane, place) = (index / (across * down), index % (across * down));
            let (x, y) = (place % across * columns, place / across * rows);
            let (used_columns, used_rows) = (columns.min(width - x), rows.min(height - y));
            let stored_rows = if self.tiled { rows } else { used_rows };
            let Some(piece) = self.piece(index, stored_rows)? else { continue };
            values.clear();
            convert(&piece, &mut values);
            for (row, line) in values.chunks_exact(columns * each).take(used_rows).enumerate() {
                let start = ((y + row) * width + x) * samples;
                let target = &mut page[start..start + used_columns * samples];
                if planes == 1 {
                    target.copy_from_slice(&line[..used_columns * samples]);
                } else {
                    for (pixel, value) in target.chunks_exact_mut(samples).zip(line) {
                        pixel[plane] = *value;
                    }
                }
            }
        }
        Ok(page)
    }
}

/// The numbers that follow each other in `bytes`.
fn words<const N: usize, T>(
    bytes: &[u8],
    big_endian: bool,
    from_big_endian: impl Fn([u8; N]) -> T,
) -> impl Iterator<Item = T> {
    bytes.as_chunks::<N>().0.iter().map(move |word| {
        let mut word = *word;
        if !big_endian {
            word.reverse();
        }
        from_big_endian(word)
    })
}

/// `offset` plus `slope` times the values, as whole numbers where that is what they are.
pub(super) fn calibrated(pixels: &Pixels, [offset, slope]: [f64; 2]) -> Pixels {
    let whole = pixels.bits() < 32 && offset.fract() == 0.0 && slope.fract() == 0.0;
    let line = |value: f32| (offset + slope * f64::from(value)) as f32;
    let values = pixels.values().into_iter().map(line).collect();
    if whole { narrowed(values) } else { Pixels::F32(values) }
}

/// Whole numbers that were read as floating ones, in 16 bits where those hold them all.
pub(super) fn narrowed(values: Vec<f32>) -> Pixels {
    let within = |low: f32, high: f32| values.iter().all(|value| (low..=high).contains(value));
    if within(0.0, 65_535.0) {
        Pixels::U16(values.iter().map(|value| *value as u16).collect())
    } else if within(-32_768.0, 32_767.0) {
        Pixels::I16(values.iter().map(|value| *value as i16).collect())
    } else {
        Pixels::F32(values)
    }
}
