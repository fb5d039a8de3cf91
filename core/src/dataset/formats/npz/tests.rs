#![allow(clippy::unwrap_used)]
use std::io::Write;

use proptest::prelude::*;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::*;

const LIMIT: u64 = 1 << 16;

fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\0".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

fn archive(arrays: &[(&str, Vec<u8>)], method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in arrays {
        zip.start_file(format!("{name}.npy"), options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Two grey images of 3 x 2 in train, one RGB pixel in val, nothing in test.
fn arrays() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("train_images", npy("|u1", "(2, 2, 3)", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])),
        ("train_labels", npy("|u1", "(2, 1)", &[1, 0])),
        ("val_images", npy("|u1", "(1, 1, 1, 3)", &[9, 8, 7])),
        ("val_labels", npy("<i8", "(1,)", &[1, 0, 0, 0, 0, 0, 0, 0])),
        ("test_images", npy("|u1", "(0, 2, 3)", &[])),
        ("test_labels", npy("<i4", "(0, 1)", &[])),
    ]
}

#[test]
fn grey_and_colour_stored_and_deflated() {
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let npz = Npz::parse(&archive(&arrays(), method), 2, LIMIT).unwrap();
        assert_eq!(npz.part(Split::Train).classes().unwrap(), [1, 0]);
        let image = npz.part(Split::Train).image(1).unwrap();
        assert_eq!((image.width(), image.height(), image.channels()), (3, 2, 1));
        assert_eq!(image.pixels(), &Pixels::U8(vec![7, 8, 9, 10, 11, 12]));
        assert!(npz.part(Split::Train).image(2).is_none());
        assert_eq!(npz.part(Split::Val).image(0).unwrap().pixels(), &Pixels::U8(vec![9, 8, 7]));
        assert!(npz.part(Split::Test).classes().unwrap().is_empty());
    }
}

#[test]
fn errors_name_the_array() {
    let refused = |index: usize, array: Option<Vec<u8>>| {
        let mut arrays = arrays();
        match array {
            Some(array) => arrays[index].1 = array,
            None => drop(arrays.remove(index)),
        }
        Npz::parse(&archive(&arrays, CompressionMethod::Stored), 2, LIMIT).unwrap_err().to_string()
    };
    for (index, array, expected) in [
        (2, None, "the array val_images is missing"),
        (1, Some(npy("|u1", "(2, 1)", &[1, 2])), "the array train_labels has the label 2 at 1"),
        (1, Some(npy("|i1", "(2, 1)", &[1, 255])), "the array train_labels has the label -1 at 1"),
        (1, Some(npy("|u1", "(1, 2)", &[1, 0])), "the array train_labels has the shape [1, 2]"),
        (0, Some(npy("<f4", "(2, 2, 3)", &[0; 48])), "the array train_images cannot be used: its form"),
        (0, Some(npy("|u1", "(2, 6)", &[0; 12])), "the array train_images has the shape [2, 6]"),
        (
            4,
            Some(npy("|u1", "(0, 9999999999999, 9999999999999)", &[])),
            "the array test_images has the shape",
        ),
        (0, Some(npy("|u1", "(2, 2, 3)", &[0; 11])), "the array train_images cannot be used: it is cut"),
        (0, Some(npy("|u1", "(99999, 9, 9)", &[])), "the array train_images cannot be used: it has 8099919"),
        (
            0,
            Some(npy("|u1", "(9999999999999999, 9999999999999999, 3)", &[])),
            "the array train_images cannot be used: it has 18446744073709551615 bytes",
        ),
    ] {
        let message = refused(index, array);
        assert!(message.starts_with(expected), "{message}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_an_answer_not_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Npz::parse(&bytes, 2, LIMIT);
        let mut arrays = arrays();
        arrays[0].1 = [b"\x93NUMPY\x01\0".as_slice(), &bytes].concat();
        prop_assert!(Npz::parse(&archive(&arrays, CompressionMethod::Stored), 2, LIMIT).is_err());
    }

    #[test]
    fn a_changed_or_cut_file_never_panics(
        deflated: bool, changes in prop::collection::vec((0_usize..4000, any::<u8>()), 0..4), cut in 0_usize..4000
    ) {
        let method = if deflated { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        let mut bytes = archive(&arrays(), method);
        for (at, value) in changes {
            let at = at % bytes.len();
            bytes[at] = value;
        }
        bytes.truncate(cut);
        if let Ok(npz) = Npz::parse(&bytes, 2, LIMIT) {
            prop_assert!(npz.part(Split::Train).classes().unwrap().iter().all(|class| *class < 2));
        }
    }
}

#[test]
fn several_labels_per_image_are_flags() {
    let mut arrays = arrays();
    arrays[1].1 = npy("<f4", "(2, 2)", &[1.0_f32, 0.0, 1.0, 1.0].map(f32::to_le_bytes).concat());
    arrays[3].1 = npy("<i8", "(1, 2)", &[0_i64, 0].map(i64::to_le_bytes).concat());
    arrays[5].1 = npy("|u1", "(0, 2)", &[]);
    let npz = Npz::parse(&archive(&arrays, CompressionMethod::Deflated), 2, LIMIT).unwrap();
    let flags = NpzLabels::Flags(vec![vec![true, false], vec![true, true]]);
    assert_eq!(npz.part(Split::Train).labels(), &flags);
    assert_eq!(npz.part(Split::Train).classes(), None);
    assert_eq!(npz.part(Split::Val).labels(), &NpzLabels::Flags(vec![vec![false, false]]));
    assert_eq!(npz.part(Split::Test).labels(), &NpzLabels::Flags(Vec::new()));
}

#[test]
fn whole_floating_point_labels_are_classes() {
    let mut arrays = arrays();
    arrays[1].1 = npy("<f8", "(2, 1)", &[1.0_f64, 0.0].map(f64::to_le_bytes).concat());
    let npz = Npz::parse(&archive(&arrays, CompressionMethod::Stored), 2, LIMIT).unwrap();
    assert_eq!(npz.part(Split::Train).classes().unwrap(), [1, 0]);
}

#[test]
fn what_is_no_label_or_image_is_refused_with_the_reason() {
    for (index, array, expected) in [
        (
            1,
            npy("<f8", "(2,)", &[1.0_f64, 0.5].map(f64::to_le_bytes).concat()),
            "the array train_labels cannot be used: it has the value 0.5",
        ),
        (
            1,
            npy("<f8", "(2,)", &[1.0_f64, f64::NAN].map(f64::to_le_bytes).concat()),
            "the array train_labels cannot be used: it has the value NaN",
        ),
        (1, npy("|u1", "(2, 2)", &[1, 0, 0, 2]), "the array train_labels has the label 2 for image 1"),
        (
            1,
            npy("|u1", "(2, 3)", &[1, 0, 0, 1, 0, 0]),
            "the array train_labels has the shape [2, 3]; needed is",
        ),
        (
            0,
            npy("|u1", "(2, 2, 2, 2)", &[0; 16]),
            "the array train_images holds volumes of the shape [2, 2, 2, 2]",
        ),
    ] {
        let mut arrays = arrays();
        arrays[index].1 = array;
        let message =
            Npz::parse(&archive(&arrays, CompressionMethod::Stored), 2, LIMIT).unwrap_err().to_string();
        assert!(message.starts_with(expected), "{message}");
    }
}
