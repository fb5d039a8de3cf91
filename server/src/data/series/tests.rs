//! Data sets whose volumes are folders of DICOM files.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;

use medley_core::dataset::formats::nifti_labels;
use medley_core::dataset::{LabelVolume, Split, Target};
use medley_core::imaging::nifti::Compression;
use tempfile::TempDir;

use super::*;
use crate::data::inspect::{Check, Inspection, Severity};
use crate::data::statistics::tiles;
use crate::data::tests::data_root;
use crate::data::{DataFolder, Item};

/// Five slices of 16 x 12 in no order of names, and others that are none of theirs; see `make.py` beside them.
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/dicom/series");

/// Lays the slices of `names` into a folder of `images/`.
fn lay(root: &Path, folder: &str, names: &[&str]) {
    let folder = root.join("images").join(folder);
    fs::create_dir_all(&folder).unwrap();
    for name in names {
        fs::copy(Path::new(FIXTURES).join(format!("{name}.dcm")), folder.join(format!("{name}.dcm")))
            .unwrap();
    }
}

fn manifest(root: &Path, task: &str) {
    let text = format!(
        r#"{{"id": "series", "modality": "tomography (CT)", "task": "{task}", "license": "CC0-1.0",
            "classes": ["air", "tissue"]}}"#
    );
    fs::write(root.join("dataset.json"), text).unwrap();
}

/// Values above 0 HU are tissue.
fn labels(image: &Image) -> Vec<u8> {
    image.pixels().values().iter().map(|value| u8::from(*value > 0.0)).collect()
}

/// Two series of which the labels lie in `NIfTI` files, whose axes lead elsewhere as those of converters do.
fn segmentation() -> TempDir {
    let root = TempDir::new().unwrap();
    manifest(root.path(), "segmentation");
    lay(root.path(), "scans/one", &["a", "b", "c", "d", "e"]);
    lay(root.path(), "two", &["a", "c", "e"]);
    for (name, ending, codes) in [("scans/one", ".nii.gz", "RAS"), ("two", ".nii", "PSR")] {
        let image = SeriesFolder::open(&root.path().join("images").join(name)).unwrap().decode().unwrap();
        let volume = LabelVolume::new(image.size(), labels(&image), *image.geometry()).unwrap();
        let turned = volume.reoriented(codes.parse().unwrap());
        assert_ne!(turned.labels(), volume.labels());
        let compression = if ending == ".nii" { Compression::None } else { Compression::Gzip };
        let path = root.path().join("labels").join(format!("{name}{ending}"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, nifti_labels::encode(&turned, compression).unwrap()).unwrap();
    }
    fs::write(root.path().join("split.csv"), "file,split,patient\nscans/one,train,7\ntwo,test,8\n").unwrap();
    root
}

#[test]
fn a_folder_of_dicom_files_is_one_case_with_its_masks() {
    let root = segmentation();
    let folder = DataFolder::open(root.path()).unwrap();
    let data = &folder.tasks[0];
    assert_eq!((data.train.len(), data.test.len()), (5, 3));
    let volume = SeriesFolder::open(&root.path().join("images/scans/one")).unwrap().decode().unwrap();
    for (index, item) in data.train.iter().enumerate() {
        assert_eq!((item.case.as_str(), item.file(), item.slice), ("scans/one", "scans/one", Some(index)));
        assert_eq!(item.patient.as_deref(), Some("7"));
        let sample = folder.load(item).unwrap();
        assert_eq!(sample.image.pixels(), volume.slice(index).unwrap().pixels());
        let Target::Mask(mask) = sample.target else { panic!("a mask") };
        assert_eq!(mask.labels, labels(&sample.image));
    }
    // As pydicom orders them: c, a, e, b, d.
    let first = fs::read(Path::new(FIXTURES).join("c.dcm")).unwrap();
    let first = medley_core::imaging::decode(&first, DEFAULT_MAX_PIXELS).unwrap();
    assert_eq!(folder.load(&data.train[0]).unwrap().image.pixels(), first.pixels());
    let tissue = |item: &Item| match folder.load(item).unwrap().target {
        Target::Mask(mask) => mask.labels.iter().map(|label| usize::from(*label == 1)).sum::<usize>(),
        other => panic!("{other:?}"),
    };
    assert!(data.test.iter().all(|item| tissue(item) > 0));
}

#[test]
fn a_series_is_looked_over_like_any_volume() {
    let root = segmentation();
    let inspection = Inspection::new(root.path(), |_| {}, || {});
    assert_eq!(inspection.count(Severity::Error), 0, "{:?}", inspection.findings);
    let checks: Vec<Check> = inspection.findings.iter().map(|finding| finding.check).collect();
    assert!(!checks.contains(&Check::NotListed) && !checks.contains(&Check::Series), "{checks:?}");
    assert_eq!(inspection.usable(), 2);
    assert_eq!(inspection.scans[0].facts.as_ref().unwrap().size, [16, 12, 5]);
    assert_eq!(tiles(&inspection).len(), 1, "one of the train split");

    // A slice that is gone leaves a gap, one that is there twice is left out, and the labels no longer fit.
    fs::remove_file(root.path().join("images/scans/one/e.dcm")).unwrap();
    lay(root.path(), "two", &["e_again"]);
    let inspection = Inspection::new(root.path(), |_| {}, || {});
    let said: Vec<String> = inspection
        .findings
        .iter()
        .filter(|finding| finding.check == Check::Series)
        .map(|finding| format!("{}: {}", finding.file, finding.problem))
        .collect();
    let expected = [
        "images/scans/one: about 1 slice(s) are missing behind a.dcm",
        "images/two: e_again.dcm lies where e.dcm does, and is left out",
    ];
    assert_eq!(said, expected);
    let sizes = inspection.findings.iter().filter(|finding| finding.check == Check::SizeMismatch);
    assert_eq!(sizes.count(), 1, "{:?}", inspection.findings);
    let folder = DataFolder::open(root.path()).unwrap();
    let error = folder.load(&folder.tasks[0].train[0]).unwrap_err().to_string();
    assert!(error.contains("labels/scans/one.nii.gz") && error.contains("[16, 12, 4]"), "{error}");
}

#[test]
fn a_series_has_the_class_of_its_folder() {
    let root = TempDir::new().unwrap();
    manifest(root.path(), "classification");
    lay(root.path(), "one", &["a", "b", "c", "d", "e"]);
    lay(root.path(), "alone", &["b"]);
    lay(root.path(), ".", &["d", "e"]);
    let table = "file,label,split\none,tissue,train\nalone,air,val\nd.dcm,air,test\ne.dcm,air,test\n";
    fs::write(root.path().join("labels.csv"), table).unwrap();
    let folder = DataFolder::open(root.path()).unwrap();
    let data = &folder.tasks[0];
    assert_eq!(Split::ALL.map(|split| data.items(split).len()), [5, 1, 2]);
    assert!(data.train.iter().all(|item| item.case == "one"));
    assert_eq!((data.val[0].case.as_str(), data.val[0].slice), ("alone", Some(0)));
    assert_eq!(folder.load(&data.val[0]).unwrap().target, Target::Class(0));
    assert_eq!(folder.load(&data.train[4]).unwrap().target, Target::Class(1));
    // Files that are listed one by one stay together where they are of one series.
    assert!(data.test.iter().all(|item| item.case == "1.2.3.4" && item.slice.is_none()));
}

#[test]
fn what_is_not_one_series_is_refused_with_the_reason() {
    let root = TempDir::new().unwrap();
    manifest(root.path(), "classification");
    lay(root.path(), "two", &["a", "b", "scout"]);
    fs::create_dir_all(root.path().join("images/none")).unwrap();
    fs::write(root.path().join("images/none/note.txt"), "nothing").unwrap();
    lay(root.path(), "cut", &["a"]);
    let bytes = fs::read(root.path().join("images/cut/a.dcm")).unwrap();
    fs::write(root.path().join("images/cut/b.dcm"), &bytes[..300]).unwrap();
    for (folder, expected) in [
        ("two", "its DICOM files are 2 volumes and not one (they begin with a.dcm, scout.dcm)"),
        ("none", "this folder holds no DICOM files"),
        ("cut", "cut/b.dcm: the image is damaged"),
        ("missing", "listed but missing"),
    ] {
        fs::write(root.path().join("labels.csv"), format!("file,label,split\n{folder},air,train\n")).unwrap();
        let error = DataFolder::open(root.path()).unwrap_err().to_string();
        assert!(error.contains(expected) && error.contains(folder), "{folder}: {error}");
        let inspection = Inspection::new(root.path(), |_| {}, || {});
        assert!(inspection.count(Severity::Error) > 0, "{folder}");
    }
    // Pixels are looked at when they are asked for, and the file is named.
    lay(root.path(), "half", &["a", "b", "c"]);
    let path = root.path().join("images/half/b.dcm");
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 100]).unwrap();
    fs::write(root.path().join("labels.csv"), "file,label,split\nhalf,air,train\n").unwrap();
    let folder = DataFolder::open(root.path()).unwrap();
    let error = folder.load(&folder.tasks[0].train[0]).unwrap_err().to_string();
    assert!(error.contains("half/b.dcm: the image is damaged"), "{error}");
}

#[test]
fn a_real_slice_in_a_folder_is_a_series_of_one() {
    let Some(data) = data_root() else { return };
    let images = data.join("ct-contrast-dicom/images");
    let from = files(&images, 1).swap_remove(0);
    let root = TempDir::new().unwrap();
    manifest(root.path(), "classification");
    fs::create_dir_all(root.path().join("images/scan")).unwrap();
    fs::copy(&from, root.path().join("images/scan/slice")).unwrap();
    fs::write(root.path().join("labels.csv"), "file,label,split\nscan,air,train\n").unwrap();
    let folder = DataFolder::open(root.path()).unwrap();
    let sample = folder.load(&folder.tasks[0].train[0]).unwrap();
    let alone = medley_core::imaging::decode(&fs::read(from).unwrap(), DEFAULT_MAX_PIXELS).unwrap();
    assert_eq!(sample.image.pixels(), alone.pixels());
    // All of them together are many volumes.
    let error = SeriesFolder::open(&images).unwrap_err().to_string();
    assert!(error.contains("are 94 volumes and not one"), "{error}");
}
