//! Against nibabel, against itself, against hostile bytes, and on real volumes.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::imaging::{
    Affine, DEFAULT_MAX_PIXELS, Format, Geometry, Image, ImageError, Pixels, Window, decode,
};

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/nifti"));
    std::fs::read(folder.join(name)).unwrap()
}

fn reference() -> Value {
    serde_json::from_slice(&fixture("reference.json")).unwrap()
}

fn affine_of(value: &Value) -> Affine {
    serde_json::from_value(value.clone()).unwrap()
}

fn type_name(pixels: &Pixels) -> &'static str {
    match pixels {
        Pixels::U8(_) => "U8",
        Pixels::U16(_) => "U16",
        Pixels::I16(_) => "I16",
        Pixels::F32(_) => "F32",
    }
}

fn assert_close(found: &Affine, expected: &Affine, tolerance: f64, name: &str) {
    let scale = expected.iter().flatten().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let mut pairs = found.iter().flatten().zip(expected.iter().flatten());
    assert!(pairs.all(|(a, b)| (a - b).abs() <= tolerance * scale), "{name}: {found:?} is not {expected:?}");
}

#[test]
fn values_and_places_are_those_of_nibabel() {
    let reference = reference();
    let files = reference["read"].as_object().unwrap();
    assert!(files.len() > 50);
    for (name, expected) in files {
        let image =
            decode(&fixture(name), DEFAULT_MAX_PIXELS).unwrap_or_else(|error| panic!("{name}: {error}"));
        let size: [usize; 3] = serde_json::from_value(expected["size"].clone()).unwrap();
        assert_eq!((image.size(), image.origin().format), (size, Format::Nifti), "{name}");
        assert_eq!(expected["channels"], image.channels(), "{name}");
        assert_eq!(expected["pixels"], type_name(image.pixels()), "{name}");
        let values = expected["values"].as_array().unwrap();
        assert_eq!(values.len(), image.pixels().len(), "{name}");
        for (found, expected) in image.pixels().values().into_iter().zip(values) {
            let Some(expected) = expected.as_f64() else {
                assert!(!found.is_finite(), "{name}");
                continue;
            };
            // Whole types are exact; others are the nearest of 32 bits.
            let tolerance = if image.pixels().bits() < 32 { 0.0 } else { 1e-6 };
            assert!((f64::from(found) - expected).abs() <= tolerance * expected.abs(), "{name}");
        }
        let affine = image.geometry().affine.unwrap();
        assert_close(&affine, &affine_of(&expected["affine"]), 1e-6, name);
        assert_eq!(image.geometry().spacing, Geometry::from_affine(affine).spacing);
    }
}

#[test]
fn infinities_and_gaps_stay_what_they_are() {
    let Pixels::F32(values) = read(&fixture("not-finite.nii"), 100).unwrap().pixels().clone() else {
        panic!()
    };
    let kinds = (
        values.iter().filter(|value| value.is_nan()).count(),
        values.iter().filter(|value| **value == f32::INFINITY).count(),
        values.iter().filter(|value| **value == f32::NEG_INFINITY).count(),
    );
    assert_eq!(kinds, (1, 1, 1));
}

#[test]
fn what_cannot_be_read_is_refused_with_the_reason() {
    let reference = reference();
    let files = reference["refused"].as_object().unwrap();
    assert!(files.len() > 25);
    for (name, word) in files {
        let message = read(&fixture(name), DEFAULT_MAX_PIXELS).unwrap_err().to_string();
        assert!(message.contains(word.as_str().unwrap()), "{name}: {message}");
        assert!(decode(&fixture(name), DEFAULT_MAX_PIXELS).is_err());
    }
    assert_eq!(decode(&fixture("magic.nii"), 1000), Err(ImageError::UnknownFormat));
}

#[test]
fn limits_hold_before_anything_is_allocated() {
    for name in ["huge.nii", "huge.nii.gz"] {
        let found = read(&fixture(name), DEFAULT_MAX_PIXELS);
        let (width, height, slices) = (1 << 20, 1 << 10, 1 << 10);
        assert_eq!(found, Err(ImageError::TooLarge { width, height, slices, limit: DEFAULT_MAX_PIXELS }));
    }
    let bytes = fixture("bomb.nii.gz");
    assert_eq!(read(&bytes, 60).unwrap().size(), [5, 4, 3]);
    assert!(matches!(read(&bytes, 59), Err(ImageError::TooLarge { limit: 59, .. })));
}

/// The same header must say the same to another reader: the `nifti` crate.
fn other_reader(bytes: &[u8]) -> ::nifti::NiftiHeader {
    ::nifti::NiftiHeader::from_reader(bytes).unwrap()
}

#[test]
fn what_is_written_is_read_again() {
    let affine = read(&fixture("qform-left-handed.nii"), 100).unwrap().geometry().affine.unwrap();
    let signs: Vec<i16> = (0..24).map(|v| v * 1000 - 9000).collect();
    for (channels, pixels) in [
        (1, Pixels::U8((0..24).collect())),
        (1, Pixels::U16((0..24).map(|v| v * 2500).collect())),
        (1, Pixels::I16(signs)),
        (1, Pixels::F32((0..24).map(|v| v as f32 / 7.0).collect())),
        (3, Pixels::U8((0..72).collect())),
    ] {
        let image = Image::volume([2, 3, 4], channels, pixels)
            .unwrap()
            .with_geometry(Geometry::from_affine(affine))
            .with_window(Window::from_range(-5.0, 20.0));
        for compression in [Compression::None, Compression::Gzip] {
            let bytes = encode(&image, compression).unwrap();
            assert_eq!(bytes, encode(&image, compression).unwrap());
            let again = decode(&bytes, 24).unwrap();
            assert_eq!((again.pixels(), again.channels()), (image.pixels(), channels));
            assert_eq!(again.window(), image.window());
            assert_close(&again.geometry().affine.unwrap(), &affine, 1e-7, "sform");
        }
        let mut plain = encode(&image, Compression::None).unwrap();
        let header = other_reader(&plain);
        assert_eq!(header.dim, [3, 2, 3, 4, 1, 1, 1, 1]);
        assert_eq!((header.sform_code, header.qform_code, header.vox_offset), (1, 1, 352.0));
        assert_eq!(usize::from(header.bitpix.unsigned_abs()) * 24 / 8, plain.len() - 352);
        // The qform alone says the same as the sform.
        plain[254..256].fill(0);
        assert_close(&read(&plain, 24).unwrap().geometry().affine.unwrap(), &affine, 1e-6, "qform");
    }
}

#[test]
fn places_that_a_file_cannot_say_are_left_out() {
    let pixels = || Pixels::U8(vec![0; 8]);
    let shear = [[1.0, 0.0, 0.5, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 2.0, 0.0]];
    let image = Image::volume([2; 3], 1, pixels()).unwrap().with_geometry(Geometry::from_affine(shear));
    let bytes = encode(&image, Compression::None).unwrap();
    assert_eq!((other_reader(&bytes).qform_code, other_reader(&bytes).sform_code), (0, 1));
    assert_eq!(read(&bytes, 8).unwrap().geometry().affine, Some(shear));

    let stack = Geometry { spacing: Some([0.5, 0.5, 3.0]), affine: None };
    let bytes =
        encode(&Image::volume([2; 3], 1, pixels()).unwrap().with_geometry(stack), Compression::None).unwrap();
    let header = other_reader(&bytes);
    assert_eq!((header.qform_code, header.sform_code, header.xyzt_units), (0, 0, 2));
    assert_eq!(header.pixdim[1..4], [0.5, 0.5, 3.0]);
    assert_eq!(read(&bytes, 8).unwrap().geometry().spacing, stack.spacing);

    let deep = Image::volume([1; 3], 3, Pixels::U16(vec![0; 3])).unwrap();
    assert!(
        encode(&deep, Compression::None).unwrap_err().to_string().contains("colours of more than 8 bits")
    );
    let long = Image::new(1 << 15, 1, 1, Pixels::U8(vec![0; 1 << 15])).unwrap();
    assert!(encode(&long, Compression::None).unwrap_err().to_string().contains("32767"));
    let unfit = encode_labels(&[0; 7], [2; 3], &Geometry::default(), Compression::None);
    assert!(matches!(unfit, Err(ImageError::Size { expected: 8, found: 7, .. })));
}

/// The data folder: `MEDLEY_DATA`, or `../shared/data` beside the project; none where it is absent.
fn data(set: &str) -> Option<PathBuf> {
    let beside = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data"));
    let folder = std::env::var_os("MEDLEY_DATA").map_or(beside, PathBuf::from).join(set);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no data at {}; set MEDLEY_DATA", folder.display());
    None
}

#[test]
fn every_volume_of_mr_sequence_opens() {
    let Some(folder) = data("mr-sequence") else { return };
    let mut sizes = Vec::new();
    for entry in std::fs::read_dir(folder.join("images")).unwrap() {
        let image = decode(&std::fs::read(entry.unwrap().path()).unwrap(), DEFAULT_MAX_PIXELS).unwrap();
        sizes.push((image.size(), image.axis_codes().to_string()));
        let spacing = image.geometry().spacing.unwrap();
        assert!((1.0..2.0).contains(&spacing[0]) && (6.0..7.0).contains(&spacing[2]), "{spacing:?}");
        let again = read(&encode(&image, Compression::None).unwrap(), DEFAULT_MAX_PIXELS).unwrap();
        assert_eq!(again, image);
    }
    assert_eq!(sizes.len(), 11);
    // As its README says: 248 slices.
    assert_eq!(sizes.iter().map(|(size, _)| size[2]).sum::<usize>(), 88 + 72 + 88);
    assert!(sizes.iter().all(|(size, codes)| [128, 140].contains(&size[0]) && codes == "RAS"));
}

/// Files whose mutations reach every branch.
const SEEDS: [&str; 8] = [
    "type-i2-big.nii",
    "second-f8-little.nii",
    "second.nii.gz",
    "packed.nii.gz",
    "members.nii.gz",
    "scaled.nii",
    "qform-left-handed.nii",
    "extension.nii",
];

proptest! {
    #[test]
    fn a_changed_or_cut_file_never_panics(
        seed in prop::sample::select(&SEEDS[..]),
        packed: bool,
        changes in prop::collection::vec((0_usize..900, any::<u8>()), 0..8),
        cut in 100_usize..1400,
    ) {
        let mut bytes = fixture(seed);
        for (at, value) in changes {
            let at = at % bytes.len();
            bytes[at] = value;
        }
        bytes.truncate(cut);
        if packed {
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            std::io::Write::write_all(&mut packer, &bytes).unwrap();
            bytes = packer.finish().unwrap();
        }
        if let Ok(image) = decode(&bytes, 10_000) {
            let [width, height, slices] = image.size();
            prop_assert!(width * height * slices <= 10_000);
            prop_assert!(image.geometry().axis_codes().is_some());
        }
    }

    #[test]
    fn any_bytes_behind_a_signature_never_panic(
        kind in 0_usize..4, bytes in prop::collection::vec(any::<u8>(), 600)
    ) {
        let mut file = bytes;
        match kind {
            0 => file[..3].copy_from_slice(b"\x1f\x8b\x08"),
            1 => {
                file[..4].copy_from_slice(&348_i32.to_le_bytes());
                file[344..348].copy_from_slice(b"n+1\0");
                // Otherwise nearly all would end here.
                file[40..48].copy_from_slice(&[3, 0, 2, 0, 2, 0, 2, 0]);
                file[70..72].copy_from_slice(&[64, 0]);
                file[108..112].fill(0);
            }
            2 => file[..12].copy_from_slice(b"\x1c\x02\0\0n+2\0\r\n\x1a\n"),
            _ => file[..12].copy_from_slice(b"\0\0\x02\x1cn+2\0\r\n\x1a\n"),
        }
        let _ = decode(&file, 10_000);
    }

    #[test]
    fn a_volume_of_any_place_is_written_and_read(
        affine: [[f32; 4]; 3], size in prop::array::uniform3(1_usize..5), packed: bool
    ) {
        let geometry = Geometry::from_affine(affine.map(|row| row.map(f64::from)));
        let values = (0..size.iter().product::<usize>()).map(|value| value as u8).collect();
        let image = Image::volume(size, 1, Pixels::U8(values)).unwrap().with_geometry(geometry);
        let compression = if packed { Compression::Gzip } else { Compression::None };
        let again = read(&encode(&image, compression).unwrap(), 64).unwrap();
        prop_assert_eq!(again.pixels(), image.pixels());
        if geometry.axis_codes().is_some() {
            prop_assert_eq!(again.geometry().affine, geometry.affine);
        }
    }
}
