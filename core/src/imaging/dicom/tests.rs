//! Against pydicom: pixel values, geometry, series; and against malformed files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde::Deserialize;

use super::super::{self as imaging, Format, Image, ImageError, Modality, Pixels, Window};
use super::{DicomInfo, Series, SeriesProblem};

#[derive(Deserialize)]
struct Reference {
    read: BTreeMap<String, Expected>,
    series: BTreeMap<String, Expected>,
    refused: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Expected {
    size: [usize; 3],
    channels: usize,
    values: Vec<f32>,
    pixels: String,
    tolerance: f32,
    window: Option<[f32; 2]>,
    spacing: Option<[f64; 3]>,
    affine: Option<[[f64; 4]; 3]>,
    names: Option<Vec<String>>,
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/dicom"))
}

fn reference() -> Reference {
    serde_json::from_slice(&std::fs::read(folder().join("reference.json")).unwrap()).unwrap()
}

fn bytes(part: &str, name: &str) -> Vec<u8> {
    std::fs::read(folder().join(part).join(format!("{name}.dcm"))).unwrap()
}

fn kind(pixels: &Pixels) -> &'static str {
    match pixels {
        Pixels::U8(_) => "U8",
        Pixels::U16(_) => "U16",
        Pixels::I16(_) => "I16",
        Pixels::F32(_) => "F32",
    }
}

/// What differs, in words.
fn difference(image: &Image, expected: &Expected) -> Option<String> {
    let size = [image.width(), image.height(), image.slices()];
    if (size, image.channels(), kind(image.pixels())) != (expected.size, expected.channels, &expected.pixels)
    {
        return Some(format!("{size:?} {} {}", image.channels(), kind(image.pixels())));
    }
    let values = image.pixels().values();
    let worst = values.iter().zip(&expected.values).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    let window = expected.window.map(|[centre, width]| Window { centre, width });
    let spacing = image.geometry().spacing;
    let near = |a: &f64, b: &f64| (a - b).abs() < 1e-4;
    let spacing_fits = match (spacing, expected.spacing) {
        (Some(a), Some(b)) => a.iter().zip(&b).all(|(a, b)| near(a, b)),
        (a, b) => a == b,
    };
    let affine_fits = match (image.geometry().affine, expected.affine) {
        (Some(a), Some(b)) => a.as_flattened().iter().zip(b.as_flattened()).all(|(a, b)| near(a, b)),
        (a, b) => a == b,
    };
    if values.len() == expected.values.len()
        && worst <= expected.tolerance
        && image.window() == window
        && spacing_fits
        && affine_fits
    {
        return None;
    }
    let found = (image.window(), image.geometry());
    Some(format!("worst value {worst}; {found:?} for {:?} {:?}", expected.spacing, expected.affine))
}

#[test]
fn every_variant_has_the_values_of_pydicom() {
    let reference = reference();
    let mut wrong = Vec::new();
    for (name, expected) in &reference.read {
        match imaging::decode(&bytes("read", name), 10_000) {
            Ok(image) => {
                assert_eq!(image.origin().format, Format::Dicom);
                let counted = imaging::count_slices(&bytes("read", name), 10_000);
                assert_eq!(counted, Ok(image.slices()), "{name}");
                wrong.extend(difference(&image, expected).map(|what| format!("{name}: {what}")));
            }
            Err(error) => wrong.push(format!("{name}: {error}")),
        }
    }
    assert!(wrong.is_empty() && reference.read.len() > 50, "{wrong:#?}");
}

#[test]
fn malformed_and_unsupported_files_are_refused_with_the_reason() {
    let reference = reference();
    let mut wrong = Vec::new();
    for (name, word) in &reference.refused {
        match super::decode(&bytes("refused", name), 64 << 10) {
            Ok(_) => wrong.push(format!("{name} is read")),
            Err(error) if error.to_string().contains(word.as_str()) => {}
            Err(error) => wrong.push(format!("{name}: {error}, without {word}")),
        }
    }
    assert!(wrong.is_empty() && reference.refused.len() > 25, "{wrong:#?}");
}

#[test]
fn jpeg_ls_names_the_way_out() {
    let error = super::decode(&bytes("refused", "jpeg_ls"), 10_000).unwrap_err();
    let ImageError::Unsupported { format, what, hint } = error else { panic!("{error}") };
    assert_eq!((format, what.as_str()), ("DICOM", "JPEG-LS compression (1.2.840.10008.1.2.4.80)"));
    assert!(hint.contains("gdcmconv"));
}

#[test]
fn size_is_checked_before_pixels() {
    let error = super::decode(&bytes("read", "frames"), 16 * 12 * 3 - 1).unwrap_err();
    assert_eq!(error, ImageError::TooLarge { width: 16, height: 12, slices: 3, limit: 575 });
}

#[test]
fn a_header_tells_patient_series_and_size() {
    let info = DicomInfo::read(&bytes("series", "a")).unwrap();
    assert_eq!(info.patient_id.as_deref(), Some("Medley"));
    assert_eq!(info.series_uid.as_deref(), Some("1.2.3.4"));
    assert_eq!(info.instance_uid.as_deref(), Some("1.2.3.4.2"));
    assert_eq!((info.modality.as_deref(), info.instance_number), (Some("CT"), Some(47)));
    assert_eq!((info.width, info.height, info.frames, info.samples), (16, 12, 1, 1));
    assert_eq!(DicomInfo::read(&bytes("read", "frames_rle")).unwrap().frames, 3);
    assert_eq!(DicomInfo::read(&bytes("read", "deflated")).unwrap().width, 16);
    assert_eq!(DicomInfo::read(b"no DICOM"), Err(ImageError::UnknownFormat));
}

fn infos(names: &[&str]) -> Vec<(String, DicomInfo)> {
    names.iter().map(|name| ((*name).to_owned(), DicomInfo::read(&bytes("series", name)).unwrap())).collect()
}

#[test]
fn a_series_is_ordered_by_position_and_becomes_a_volume() {
    let groups = Series::group(infos(&["a", "scout", "e_again", "b", "c", "d", "e"]));
    let [volume, scout] = &groups[..] else { panic!("{} groups", groups.len()) };
    assert_eq!(scout.names().collect::<Vec<_>>(), ["scout"]);
    let expected = &reference().series["volume"];
    assert_eq!(volume.names().collect::<Vec<_>>(), *expected.names.as_ref().unwrap());
    let again = SeriesProblem::Duplicate { file: "e_again".into(), of: "e".into() };
    assert_eq!(volume.problems(), [again]);
    let image = volume.decode(10_000, |name| Ok::<_, ImageError>(bytes("series", name))).unwrap();
    assert_eq!(difference(&image, expected), None);
    assert_eq!(image.origin().modality, Some(Modality::Ct));
    // A slice of the volume lies where its own file says.
    let own = super::decode(&bytes("series", "d"), 10_000).unwrap().geometry().affine.unwrap();
    let slice = image.slice(4).unwrap().geometry().affine.unwrap();
    for (own, slice) in own.iter().zip(slice) {
        assert!((own[3] - slice[3]).abs() < 1e-4 && (own[0] - slice[0]).abs() < 1e-9);
    }
    let too_large = volume.decode(900, |name| Ok::<_, ImageError>(bytes("series", name)));
    assert!(matches!(too_large, Err(ImageError::TooLarge { slices: 5, .. })));
}

#[test]
fn a_missing_slice_is_found() {
    let groups = Series::group(infos(&["a", "b", "c", "d"]));
    assert_eq!(groups[0].problems(), [SeriesProblem::Missing { after: "a".into(), slices: 1 }]);
    let image = groups[0].decode(10_000, |name| Ok::<_, ImageError>(bytes("series", name))).unwrap();
    assert_eq!((image.slices(), image.geometry().affine), (4, None));
}

/// All fixtures, well and malformed.
fn corpus() -> Vec<Vec<u8>> {
    let mut names: Vec<PathBuf> = ["read", "refused"]
        .iter()
        .flat_map(|part| std::fs::read_dir(folder().join(part)).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    names.sort();
    names
        .iter()
        .map(|path: &PathBuf| std::fs::read(path as &Path).unwrap())
        .filter(|bytes| bytes.len() < 20_000)
        .collect()
}

/// No panic, and within the limit.
fn survive(bytes: &[u8]) {
    if let Ok(image) = super::decode(bytes, 10_000) {
        assert!(image.width() * image.height() * image.slices() <= 10_000);
    }
    let _ = DicomInfo::read(bytes);
}

proptest! {
    #[test]
    fn a_changed_or_cut_file_never_panics(
        file in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        static CORPUS: std::sync::LazyLock<Vec<Vec<u8>>> = std::sync::LazyLock::new(corpus);
        let mut bytes = file.get(&CORPUS).clone();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        survive(&bytes);
    }

    #[test]
    fn any_bytes_behind_a_preamble_never_panic(bare: bool, bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let start: &[u8] = if bare { b"\x08\0\x05\0CS\x04\0abcd" } else { b"DICM" };
        survive(&[start, &bytes].concat());
    }
}

#[test]
fn the_shared_ct_slices_are_hounsfield_units() {
    let beside = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data"));
    let root = std::env::var_os("MEDLEY_DATA").map_or(beside, PathBuf::from).join("ct-contrast-dicom/images");
    if !root.is_dir() {
        println!("skipped: no data at {}; set MEDLEY_DATA", root.display());
        return;
    }
    let mut patients = std::collections::BTreeSet::new();
    let mut count = 0;
    for entry in std::fs::read_dir(root).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let image = imaging::decode(&bytes, imaging::DEFAULT_MAX_PIXELS).unwrap();
        assert_eq!((image.width(), image.height(), image.channels()), (256, 256, 1));
        assert_eq!(image.origin().modality, Some(Modality::Ct));
        assert!(image.geometry().affine.is_some());
        let values = image.pixels().values();
        // Air around the patient or padding, and soft tissue within.
        let share = |low, high| {
            values.iter().filter(|v| (low..high).contains(*v)).count() as f32 / values.len() as f32
        };
        assert!(share(-4000.0, -700.0) > 0.1 && share(-200.0, 300.0) > 0.1, "{:?}", kind(image.pixels()));
        patients.insert(DicomInfo::read(&bytes).unwrap().patient_id);
        count += 1;
    }
    assert_eq!((count, patients.len()), (94, 54));
}
