//! Files that lie, and variants that are refused.
#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use super::super::{ImageError, Pixels, count_slices, decode};
use super::directory::tag;

/// An entry of 16 (`false`) or 32 bits (`true`).
type Entry = (u16, bool, u32);

/// A page of 2 x 2 bytes, uncompressed, without the place of its strip.
const PLAIN: [Entry; 7] = [
    (tag::WIDTH, true, 2),
    (tag::HEIGHT, true, 2),
    (tag::BITS, false, 8),
    (tag::COMPRESSION, false, 1),
    (tag::PHOTOMETRIC, false, 1),
    (tag::STRIP_OFFSETS, true, 8),
    (tag::STRIP_LENGTHS, true, 4),
];

/// [`PLAIN`] with other values.
fn but(changes: &[Entry]) -> Vec<Entry> {
    let mut entries: Vec<Entry> =
        PLAIN.into_iter().filter(|(tag, ..)| !changes.iter().any(|(other, ..)| other == tag)).collect();
    entries.extend(changes);
    entries
}

/// A little-endian file: header, then `data`, then pages; the last leads to `after` (0: nowhere).
fn file(data: &[u8], pages: &[Vec<Entry>], after: u32) -> Vec<u8> {
    let mut next = (8 + data.len()) as u32;
    let mut bytes = b"II*\0".to_vec();
    bytes.extend(next.to_le_bytes());
    bytes.extend(data);
    for (index, entries) in pages.iter().enumerate() {
        bytes.extend((entries.len() as u16).to_le_bytes());
        for (tag, long, value) in entries {
            bytes.extend(tag.to_le_bytes());
            bytes.extend([if *long { 4 } else { 3 }, 0, 1, 0, 0, 0]);
            bytes.extend(value.to_le_bytes());
        }
        next = bytes.len() as u32 + 4;
        bytes.extend(if index + 1 < pages.len() { next } else { after }.to_le_bytes());
    }
    bytes
}

/// Why a file is refused. What its directories alone show is refused alike where only slices are counted.
fn message(bytes: &[u8]) -> String {
    let error = decode(bytes, 10_000).unwrap_err();
    if let Err(counting) = count_slices(bytes, 10_000) {
        assert_eq!(counting, error);
    }
    error.to_string()
}

#[test]
fn the_plain_page_is_read() {
    let image = decode(&file(&[1, 2, 3, 4], &[but(&[])], 0), 4).unwrap();
    assert_eq!(image.pixels(), &Pixels::U8(vec![1, 2, 3, 4]));
}

#[test]
fn slices_are_counted_without_their_pixels() {
    let stack = include_bytes!("../../../../tests/fixtures/raster/stack.tif");
    assert_eq!(count_slices(stack, 10_000), Ok(4));
    // The second page is packed by deflate: with other bytes in its place it no longer unpacks.
    let mut damaged = stack.to_vec();
    damaged[912..1469].fill(0xFF);
    assert!(matches!(decode(&damaged, 10_000), Err(ImageError::Damaged(_))));
    assert_eq!(count_slices(&damaged, 10_000), Ok(4));
    // A page without an end is no page to count, nor are more pixels than allowed.
    assert!(matches!(count_slices(&stack[..1470], 10_000), Err(ImageError::Damaged(_))));
    assert!(matches!(count_slices(stack, 21 * 13 * 4 - 1), Err(ImageError::TooLarge { slices: 4, .. })));
}

#[test]
fn pages_without_end_are_an_error_when_counted_too() {
    let start = Instant::now();
    for after in [8, 12] {
        let circle = file(&[0; 4], &[but(&[])], after);
        assert!(matches!(count_slices(&circle, 10_000), Err(ImageError::Damaged(_))), "{after}");
    }
    let million = vec![vec![(tag::WIDTH, true, 1), (tag::HEIGHT, true, 1)]; 1_000_000];
    let error = count_slices(&file(&[], &million, 0), 10_000).unwrap_err();
    assert!(error.to_string().contains("65536 pages"), "{error}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn pages_without_end_are_an_error_soon() {
    let start = Instant::now();
    assert!(message(&file(&[0; 4], &[but(&[])], 12)).contains("circle"));
    let two = file(&[0; 4], &[but(&[]), but(&[])], 0);
    let back = [&two[..two.len() - 4], &12_u32.to_le_bytes()].concat();
    assert!(message(&back).contains("circle"));
    let million = vec![vec![(tag::WIDTH, true, 1), (tag::HEIGHT, true, 1)]; 1_000_000];
    assert!(message(&file(&[], &million, 0)).contains("65536 pages"));
    // Directories that overlap, each with as many fields as are allowed.
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    bytes.extend([0xE8, 0x03].repeat(400_000));
    assert!(matches!(decode(&bytes, 10_000), Err(ImageError::Damaged(_))));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn claims_are_checked_before_memory_is_taken() {
    let huge = but(&[(tag::WIDTH, true, u32::MAX), (tag::HEIGHT, true, u32::MAX)]);
    assert!(matches!(decode(&file(&[0; 4], &[huge], 0), 10_000), Err(ImageError::TooLarge { .. })));
    let pages = vec![but(&[]); 100];
    let error = decode(&file(&[0; 4], &pages, 0), 399).unwrap_err();
    assert_eq!(error, ImageError::TooLarge { width: 2, height: 2, slices: 100, limit: 399 });
    // One pixel in a tile of 2^40, on the first page or a later one, packed by deflate.
    let mut tile: Vec<Entry> = PLAIN[..5].to_vec();
    tile[3].2 = 8;
    let side = (1 << 20, 1 << 20);
    tile.extend([
        (tag::TILE_WIDTH, true, side.0),
        (tag::TILE_HEIGHT, true, side.1),
        (tag::TILE_OFFSETS, true, 8),
        (tag::TILE_LENGTHS, true, 4),
    ]);
    for pages in [vec![tile.clone()], vec![but(&[]), tile]] {
        assert!(message(&file(&[0; 4], &pages, 0)).contains("unpack to far more than 2 x 2 pixels"));
    }
    // A JPEG strip of 65500 x 65500 in a page of 2 x 2.
    let jpeg = b"\xff\xd8\xff\xc0\0\x0b\x08\xff\xdc\xff\xdc\x01\x01\x11\0\xff\xd9";
    let page = but(&[(tag::COMPRESSION, false, 7), (tag::STRIP_LENGTHS, true, jpeg.len() as u32)]);
    assert!(message(&file(jpeg, &[page], 0)).contains("another size"));
    let outside = but(&[(tag::STRIP_OFFSETS, true, u32::MAX)]);
    assert!(message(&file(&[0; 4], &[outside], 0)).contains("outside the file"));
    let short = but(&[(tag::STRIP_LENGTHS, true, 3)]);
    assert!(message(&file(&[0; 4], &[short], 0)).contains("too short"));
    let many = but(&[(tag::ROWS_PER_STRIP, true, 1)]);
    assert!(message(&file(&[0; 4], &[many], 0)).contains("list of its strips or tiles is too short"));
    assert!(message(&file(&[0; 4], &[], 0)).contains("damaged"));
}

#[test]
fn what_is_refused_is_named() {
    let refused = |changes: &[Entry]| {
        let error = decode(&file(&[0; 64], &[but(changes)], 0), 10_000).unwrap_err();
        assert!(matches!(error, ImageError::Unsupported { format: "TIFF", .. }), "{error}");
        error.to_string()
    };
    let compression = |kind: u32| refused(&[(tag::COMPRESSION, false, kind)]);
    assert!(compression(3).starts_with("TIFF files with fax compression are not supported; save it"));
    assert!(compression(6).contains("old-style JPEG compression"));
    assert!(compression(34712).contains("JPEG 2000 compression"));
    assert!(compression(50000).contains("Zstandard compression"));
    assert!(compression(999).contains("compression of kind 999"));
    assert!(refused(&[(tag::PHOTOMETRIC, false, 8), (tag::SAMPLES, false, 3)]).contains("L*a*b* colours"));
    assert!(refused(&[(tag::PHOTOMETRIC, false, 32803)]).contains("raw sensor data"));
    assert!(refused(&[(tag::SAMPLE_FORMAT, false, 6), (tag::BITS, false, 64)]).contains("complex numbers"));
    assert!(refused(&[(tag::BITS, false, 24)]).contains("24 bits per value"));
    assert!(refused(&[(tag::FILL_ORDER, false, 2)]).contains("reversed order"));
    assert!(refused(&[(tag::SAMPLES, false, 65)]).contains("65 samples per pixel"));
    let inverted = [(tag::PHOTOMETRIC, false, 0), (tag::BITS, false, 32), (tag::SAMPLE_FORMAT, false, 3)];
    assert!(refused(&inverted).contains("WhiteIsZero"));
    let subsampled = [(tag::PHOTOMETRIC, false, 6), (tag::SAMPLES, false, 3)];
    assert!(refused(&subsampled).contains("YCbCr colours at reduced resolution"));
}
