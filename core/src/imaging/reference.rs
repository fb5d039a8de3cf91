//! Every file of `tests/fixtures/raster` against what Pillow and tifffile read from it, and the same files
//! cut off and changed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use proptest::prelude::*;
use serde::Deserialize;
use zip::ZipArchive;

use super::{Format, ImageError, Modality, Pixels, count_slices, decode};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/raster");

#[derive(Deserialize)]
struct Note {
    tolerance: f32,
    spacing: Option<[f64; 3]>,
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(format!("{FOLDER}/{name}")).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn notes() -> BTreeMap<String, Note> {
    serde_json::from_slice(&read("references.json")).unwrap()
}

/// Shape `[slices, rows, columns, channels]` and values of each file.
fn references() -> BTreeMap<String, (Vec<usize>, Pixels)> {
    let mut archive = ZipArchive::new(Cursor::new(read("references.npz"))).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).unwrap();
            let name = file.name().unwrap().strip_suffix(".npy").unwrap().to_owned();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (name, npy(&bytes))
        })
        .collect()
}

/// A `.npy` file, version 1, little endian.
fn npy(bytes: &[u8]) -> (Vec<usize>, Pixels) {
    let length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let (header, data) = bytes[10..].split_at(length);
    let header = std::str::from_utf8(header).unwrap();
    let shape = header.split_once("'shape': (").unwrap().1.split_once(')').unwrap().0;
    let shape = shape.split(',').filter_map(|side| side.trim().parse().ok()).collect();
    let pixels = match header.split('\'').nth(3).unwrap() {
        "|u1" => Pixels::U8(data.to_vec()),
        "<u2" => Pixels::U16(data.as_chunks().0.iter().map(|word| u16::from_le_bytes(*word)).collect()),
        "<i2" => Pixels::I16(data.as_chunks().0.iter().map(|word| i16::from_le_bytes(*word)).collect()),
        "<f4" => Pixels::F32(data.as_chunks().0.iter().map(|word| f32::from_le_bytes(*word)).collect()),
        other => panic!("{other}"),
    };
    (shape, pixels)
}

#[test]
fn values_are_those_of_pillow_and_tifffile() {
    let (notes, references) = (notes(), references());
    assert!(notes.keys().eq(references.keys()) && notes.len() > 60, "{}", notes.len());
    let mut wrong = Vec::new();
    for (name, (shape, expected)) in &references {
        let image = match decode(&read(name), 10_000) {
            Ok(image) => image,
            Err(error) => {
                wrong.push(format!("{name}: {error}"));
                continue;
            }
        };
        assert_eq!(count_slices(&read(name), 10_000), Ok(image.slices()), "{name}");
        let found_shape = [image.slices(), image.height(), image.width(), image.channels()];
        let kind = (image.pixels().bits(), std::mem::discriminant(image.pixels()));
        if found_shape[..] != shape[..] || kind != (expected.bits(), std::mem::discriminant(expected)) {
            wrong.push(format!("{name}: {found_shape:?} {kind:?}, not {shape:?}"));
            continue;
        }
        let pairs = image.pixels().values().into_iter().zip(expected.values());
        let largest = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        if largest > notes[name].tolerance {
            wrong.push(format!("{name}: values differ by {largest}"));
        }
        let close = |a: [f64; 3], b: [f64; 3]| a.iter().zip(b).all(|(a, b)| (a / b - 1.0).abs() < 1e-6);
        match (image.geometry().spacing, notes[name].spacing) {
            (None, None) => {}
            (Some(found), Some(expected)) if close(found, expected) => {}
            (found, expected) => wrong.push(format!("{name}: spacing {found:?}, not {expected:?}")),
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_format_is_noted() {
    let origin = |name| *decode(&read(name), 10_000).unwrap().origin();
    assert_eq!(origin("grey.jpg").format, Format::Jpeg);
    assert_eq!(origin("rgb24.bmp").format, Format::Bmp);
    assert_eq!(origin("lossy.webp").format, Format::WebP);
    assert_eq!(origin("u16_bigtiff.tif").format, Format::Tiff);
    assert_eq!(origin("ome_rgb.ome.tif").modality, Some(Modality::Microscopy));
}

#[test]
fn slices_count_for_the_limit() {
    let stack = read("stack.tif");
    let area = 21 * 13;
    assert!(decode(&stack, 4 * area).is_ok());
    let error = decode(&stack, 4 * area - 1).unwrap_err();
    assert_eq!(error, ImageError::TooLarge { width: 21, height: 13, slices: 4, limit: 4 * area - 1 });
    assert!(matches!(
        decode(&read("five_samples.tif"), 4 * area),
        Err(ImageError::TooLarge { slices: 5, .. })
    ));
    assert!(matches!(decode(&read("grey8.png"), area - 1), Err(ImageError::TooLarge { slices: 1, .. })));
}

proptest! {
    #[test]
    fn a_changed_or_cut_file_never_panics(
        pick: prop::sample::Index, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut: Option<prop::sample::Index>,
    ) {
        let names: Vec<String> = notes().into_keys().collect();
        let mut bytes = read(&names[pick.index(names.len())]);
        for (at, value) in changes {
            *at.get_mut(&mut bytes) = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let counted = count_slices(&bytes, 10_000);
        if let Ok(image) = decode(&bytes, 10_000) {
            prop_assert_eq!(counted, Ok(image.slices()));
            prop_assert!(image.width() * image.height() * image.slices() <= 10_000);
        }
    }

    #[test]
    fn any_bytes_behind_a_signature_never_panic(
        signature in prop::sample::select(vec![
            &b"\x89PNG\r\n\x1a\n"[..], b"\xff\xd8\xff", b"BM", b"RIFF\0\x01\0\0WEBPVP8 ", b"II*\0\x08\0\0\0",
            b"MM\0*\0\0\0\x08", b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0",
        ]),
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let _ = decode(&[signature, &bytes].concat(), 10_000);
    }
}
