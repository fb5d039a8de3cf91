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

#[test]
fn black_and_white_is_read_when_asked_for() {
    let bytes = encode(3, 1, ColorType::Grayscale, BitDepth::Eight, &[0, 255, 255]);
    assert_eq!(parse(&bytes, 2, LIMIT).unwrap().labels, [0, IGNORE, IGNORE]);
    assert_eq!(parse_as(&MaskValues::Binary, &bytes, 2, LIMIT).unwrap().labels, [0, 1, 1]);
    let bytes = encode(3, 1, ColorType::Grayscale, BitDepth::One, &[0b0110_0000]);
    assert_eq!(parse_as(&MaskValues::Binary, &bytes, 2, LIMIT).unwrap().labels, [0, 1, 1]);
    let bytes = encode(3, 1, ColorType::Grayscale, BitDepth::Eight, &[0, 255, 254]);
    let message = parse_as(&MaskValues::Binary, &bytes, 2, LIMIT).unwrap_err().to_string();
    assert!(message.contains("value 254 at column 2, row 0"), "{message}");
}

#[test]
fn all_masks_together_tell_what_255_means() {
    let seen = |data: &[u8]| {
        values(&encode(data.len() as u32, 1, ColorType::Grayscale, BitDepth::Eight, data), LIMIT).unwrap()
    };
    assert_eq!(MaskValues::recognize(&seen(&[0, 255]), 2), MaskValues::Binary);
    assert_eq!(MaskValues::recognize(&seen(&[255, 255]), 2), MaskValues::Binary);
    assert_eq!(MaskValues::recognize(&seen(&[0, 1, 255]), 2), MaskValues::Index);
    assert_eq!(MaskValues::recognize(&seen(&[0, 255]), 3), MaskValues::Index);
    assert_eq!(MaskValues::recognize(&seen(&[0, 0]), 2), MaskValues::Index);
}

#[test]
fn colours_are_looked_up_and_unknown_ones_reported() {
    let table = MaskValues::Colors(vec![([0; 3], 0), ([255, 0, 0], 1), ([0, 255, 0], 2), ([255; 3], IGNORE)]);
    let rgb = [0, 0, 0, 255, 0, 0, 0, 255, 0, 255, 255, 255];
    let bytes = encode(2, 2, ColorType::Rgb, BitDepth::Eight, &rgb);
    assert_eq!(parse_as(&table, &bytes, 3, LIMIT).unwrap().labels, [0, 1, 2, IGNORE]);
    let rgba = [255, 0, 0, 0, 0, 255, 0, 255];
    let bytes = encode(2, 1, ColorType::Rgba, BitDepth::Eight, &rgba);
    assert_eq!(parse_as(&table, &bytes, 3, LIMIT).unwrap().labels, [1, 2]);
    let bytes = encode(3, 1, ColorType::Indexed, BitDepth::Eight, &[2, 0, 1]);
    assert_eq!(parse_as(&table, &bytes, 3, LIMIT).unwrap().labels, [2, 0, 1]);
    let bytes = encode(2, 1, ColorType::Grayscale, BitDepth::One, &[0b0100_0000]);
    assert_eq!(parse_as(&table, &bytes, 3, LIMIT).unwrap().labels, [0, IGNORE]);

    let bytes = encode(2, 2, ColorType::Rgb, BitDepth::Eight, &[0, 0, 0, 255, 0, 1, 0, 255, 0, 7, 7, 7]);
    let message = parse_as(&table, &bytes, 3, LIMIT).unwrap_err().to_string();
    assert!(message.starts_with("2 pixels of the mask have a colour"), "{message}");
    assert!(message.contains("[255, 0, 1] (red, green, blue) at column 1, row 0"), "{message}");
    let wide = encode(1, 1, ColorType::Rgb, BitDepth::Sixteen, &[0; 6]);
    assert!(matches!(parse_as(&table, &wide, 3, LIMIT), Err(MaskError::Form { bits: 16, .. })));
}

proptest! {
    #[test]
    fn what_is_written_is_read(width in 1_usize..8, labels in prop::collection::vec(0_u8..9, 8..64), ignore: bool) {
        let height = labels.len() / width;
        let mut labels = labels[..width * height].to_vec();
        if ignore {
            labels[0] = IGNORE;
        }
        let mask = Mask { width, height, labels };
        prop_assert_eq!(&parse(&write(&mask).unwrap(), 9, 64).unwrap(), &mask);
        let colored = write_colored(&mask).unwrap();
        prop_assert_eq!(&parse(&colored, 9, 64).unwrap(), &mask);
        let colors = (0..=255).map(|value| (class_color(value), value)).take(9).chain([([255; 3], IGNORE)]);
        let by_color = parse_as(&MaskValues::Colors(colors.collect()), &colored, 9, 64).unwrap();
        prop_assert_eq!(&by_color, &mask);
    }
}
