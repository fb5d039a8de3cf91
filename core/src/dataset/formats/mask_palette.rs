//! Writing masks as palette PNGs: small files that [`mask_png`](super::mask_png) reads back exactly, and whose
//! classes can be told apart in any picture viewer.

use std::borrow::Cow;

use png::{BitDepth, ColorType, Compression, Encoder, EncodingError};

use crate::dataset::Mask;

/// Colours of the first classes, black for the background; they repeat beyond. Told apart with every colour
/// vision: Okabe and Ito, Color Universal Design (2008).
const COLORS: [[u8; 3]; 8] = [
    [0, 0, 0],
    [230, 159, 0],
    [86, 180, 233],
    [0, 158, 115],
    [240, 228, 66],
    [0, 114, 178],
    [213, 94, 0],
    [204, 121, 167],
];

/// Encodes a mask with as few bits per pixel as its class indices need.
///
/// # Errors
/// When it has no pixels.
pub fn write(mask: &Mask) -> Result<Vec<u8>, EncodingError> {
    let largest = mask.labels.iter().copied().max().unwrap_or(0);
    let (depth, bits) = match largest {
        0..2 => (BitDepth::One, 1),
        2..4 => (BitDepth::Two, 2),
        4..16 => (BitDepth::Four, 4),
        _ => (BitDepth::Eight, 8),
    };
    let palette: Vec<u8> = COLORS.into_iter().cycle().take(usize::from(largest) + 1).flatten().collect();
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, mask.width as u32, mask.height as u32);
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(depth);
    encoder.set_palette(palette);
    encoder.set_compression(Compression::High);
    encoder.write_header()?.write_image_data(&pack(&mask.labels, mask.width, bits))?;
    Ok(bytes)
}

/// Rows of values of `bits` each, the first one in the high bits; a row starts with a new byte.
fn pack(values: &[u8], width: usize, bits: usize) -> Cow<'_, [u8]> {
    if bits == 8 {
        return Cow::Borrowed(values);
    }
    let byte = |values: &[u8]| {
        let shifted = values.iter().enumerate().map(|(index, value)| value << (8 - bits * (index + 1)));
        shifted.fold(0, |byte, value| byte | value)
    };
    Cow::Owned(values.chunks(width.max(1)).flat_map(|row| row.chunks(8 / bits).map(byte)).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::super::mask_png;
    use super::*;

    proptest! {
        #[test]
        fn masks_are_read_back_exactly(
            width in 1_usize..20, classes in 1_usize..=255, values in prop::collection::vec(any::<u8>(), 20..60)
        ) {
            let height = values.len() / width;
            let class = |value: &u8| (usize::from(*value) % classes) as u8;
            let mask = Mask { width, height, labels: values[..width * height].iter().map(class).collect() };
            prop_assert_eq!(mask_png::parse(&write(&mask).unwrap(), classes, 1000).unwrap(), mask);
        }
    }

    #[test]
    fn the_unlabelled_value_survives_and_few_classes_take_few_bits() {
        let mask = Mask { width: 3, height: 1, labels: vec![0, 255, 1] };
        assert_eq!(mask_png::parse(&write(&mask).unwrap(), 2, 10).unwrap(), mask);
        let labels = (0..64 * 64).map(|index| u8::from(index % 7 == 0)).collect();
        let bytes = write(&Mask { width: 64, height: 64, labels }).unwrap();
        assert!(bytes.len() < 64 * 64 / 8, "{}", bytes.len());
        assert!(write(&Mask { width: 0, height: 0, labels: Vec::new() }).is_err());
    }
}
