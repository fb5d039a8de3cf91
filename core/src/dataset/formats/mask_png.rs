//! Masks as PNG: the value of a pixel is its class index, 255 is [`IGNORE`].
//!
//! Grey and palette pictures are read as they are stored. (A palette is only there to look at; a general
//! image decoder would turn indices into colours, and a 1-bit 1 into 255.)

use std::io::Cursor;

use png::{BitDepth, ColorType, Decoder, Limits, Transformations};
use thiserror::Error;

use crate::dataset::{IGNORE, Mask};

/// Why bytes are not a mask.
#[derive(Debug, Error)]
pub enum MaskError {
    /// Not a PNG, or a damaged one.
    #[error("the mask is not a readable PNG ({0}); save it again as an 8-bit PNG")]
    Damaged(#[from] png::DecodingError),
    /// RGB, transparency or 16 bits.
    #[error(
        "the mask is a {bits}-bit {color} PNG; it must be grey or palette with at most 8 bits, \
         where the value of a pixel is its class index"
    )]
    Form {
        /// Bits per channel.
        bits: u8,
        /// Colour type in PNG's words.
        color: String,
    },
    /// More pixels than allowed.
    #[error("the mask has {width} x {height} pixels, more than the {limit} that are allowed")]
    TooLarge {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
        /// Allowed pixels (columns times rows).
        limit: usize,
    },
    /// A pixel with a value that is no class.
    #[error(
        "the mask has the value {value} at column {x}, row {y}, but there are only {classes} classes \
         (0 to {last}, and 255 for unlabelled)", last = classes.saturating_sub(1)
    )]
    Value {
        /// The value.
        value: u8,
        /// Its column, from 0.
        x: usize,
        /// Its row, from 0.
        y: usize,
        /// Number of classes, background included.
        classes: usize,
    },
}

/// Reads a mask with class indices below `classes` and at most `max_pixels` pixels.
///
/// # Errors
/// [`MaskError`]: not a PNG of this form, too large, or a value that is no class.
pub fn parse(bytes: &[u8], classes: usize, max_pixels: usize) -> Result<Mask, MaskError> {
    let limits = Limits { bytes: max_pixels.saturating_add(1 << 20) };
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(Transformations::IDENTITY);
    let mut reader = decoder.read_info()?;
    let info = reader.info();
    let (width, height) = (info.width as usize, info.height as usize);
    let (color, depth) = (info.color_type, info.bit_depth);
    if !matches!(color, ColorType::Grayscale | ColorType::Indexed) || depth == BitDepth::Sixteen {
        return Err(MaskError::Form { bits: depth as u8, color: format!("{color:?}") });
    }
    if width.saturating_mul(height) > max_pixels {
        return Err(MaskError::TooLarge { width, height, limit: max_pixels });
    }

    let mut packed = vec![0; reader.output_buffer_size().unwrap_or(0)];
    let frame = reader.next_frame(&mut packed)?;
    let labels = unpack(&packed, frame.line_size, width, height, depth as u8);
    let wrong = labels.iter().position(|value| usize::from(*value) >= classes && *value != IGNORE);
    if let Some(index) = wrong {
        return Err(MaskError::Value { value: labels[index], x: index % width, y: index / width, classes });
    }
    Ok(Mask { width, height, labels })
}

/// One value per byte out of rows with `bits` (1, 2, 4 or 8) per value, first value in the high bits.
fn unpack(packed: &[u8], line_size: usize, width: usize, height: usize, bits: u8) -> Vec<u8> {
    let per_byte = 8 / usize::from(bits);
    let largest = ((1_u16 << bits) - 1) as u8;
    let mut labels = Vec::with_capacity(width * height);
    for row in packed.chunks_exact(line_size.max(1)).take(height) {
        labels.extend((0..width).map(|x| {
            let shift = usize::from(bits) * (per_byte - 1 - x % per_byte);
            (row[x / per_byte] >> shift) & largest
        }));
    }
    labels
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    const LIMIT: usize = 1 << 16;

    fn encode(width: u32, height: u32, color: ColorType, depth: BitDepth, data: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(color);
        encoder.set_depth(depth);
        if color == ColorType::Indexed {
            encoder.set_palette(vec![0, 0, 0, 255, 0, 0, 0, 255, 0, 9, 9, 9]);
        }
        encoder.write_header().unwrap().write_image_data(data).unwrap();
        bytes
    }

    #[test]
    fn grey_values_are_class_indices_and_255_is_unlabelled() {
        let bytes = encode(3, 2, ColorType::Grayscale, BitDepth::Eight, &[0, 1, 2, 2, 255, 0]);
        let mask = parse(&bytes, 3, LIMIT).unwrap();
        assert_eq!((mask.width, mask.height), (3, 2));
        assert_eq!(mask.labels, [0, 1, 2, 2, IGNORE, 0]);
    }

    #[test]
    fn palettes_and_few_bits_keep_their_indices() {
        let bytes = encode(3, 1, ColorType::Indexed, BitDepth::Eight, &[2, 0, 1]);
        assert_eq!(parse(&bytes, 3, LIMIT).unwrap().labels, [2, 0, 1]);
        let bytes = encode(5, 1, ColorType::Indexed, BitDepth::Two, &[0b00_01_10_00, 0b10_00_00_00]);
        assert_eq!(parse(&bytes, 3, LIMIT).unwrap().labels, [0, 1, 2, 0, 2]);
        let bytes = encode(9, 2, ColorType::Grayscale, BitDepth::One, &[0b1010_0000, 0x80, 0xFF, 0]);
        let mask = parse(&bytes, 2, LIMIT).unwrap();
        assert_eq!(mask.labels, [1, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]);
    }

    #[test]
    fn what_is_no_mask_is_refused_with_the_reason() {
        let bytes = encode(3, 2, ColorType::Grayscale, BitDepth::Eight, &[0, 1, 1, 0, 2, 0]);
        let message = parse(&bytes, 2, LIMIT).unwrap_err().to_string();
        assert!(message.contains("value 2 at column 1, row 1"), "{message}");
        assert!(matches!(parse(&bytes, 3, 5), Err(MaskError::TooLarge { .. })));
        let bytes = encode(1, 1, ColorType::Rgb, BitDepth::Eight, &[0, 0, 0]);
        assert!(parse(&bytes, 2, LIMIT).unwrap_err().to_string().contains("8-bit Rgb PNG"));
        let bytes = encode(1, 1, ColorType::Grayscale, BitDepth::Sixteen, &[0, 1]);
        assert!(matches!(parse(&bytes, 2, LIMIT), Err(MaskError::Form { .. })));
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_not_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes, 3, LIMIT);
        }

        #[test]
        fn a_changed_or_cut_file_never_panics(at in 0usize..200, value: u8, cut in 0usize..200) {
            let data: Vec<u8> = (0..64).map(|v| v % 3).collect();
            let mut bytes = encode(8, 8, ColorType::Grayscale, BitDepth::Eight, &data);
            let at = at % bytes.len();
            bytes[at] = value;
            if let Ok(mask) = parse(&bytes, 3, LIMIT) {
                prop_assert_eq!(mask.labels.len(), mask.width * mask.height);
            }
            bytes.truncate(cut.min(bytes.len()));
            let _ = parse(&bytes, 3, LIMIT);
        }
    }
}
