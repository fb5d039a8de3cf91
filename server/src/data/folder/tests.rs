//! Small folders with volumes, stacks and windows.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::Path;

use medley_core::dataset::LabelVolume;
use medley_core::dataset::formats::nifti_labels;
use medley_core::imaging::nifti::{self, Compression};
use medley_core::imaging::{Geometry, Pixels};
use tempfile::TempDir;

use super::*;
use crate::data::pack::{Encoding, PackOptions, pack};

/// Columns, rows, slices; the steps are 1, 1 and 3 mm, so slices are cut across the last axis.
const SIZE: [usize; 3] = [6, 5, 4];

fn geometry() -> Geometry {
    // Stored as it is looked at: columns to the left, rows to the back, slices to the head.
    Geometry::from_affine([[-1.0, 0.0, 0.0, 9.0], [0.0, -1.0, 0.0, 8.0], [0.0, 0.0, 3.0, 0.0]])
}

fn values(seed: usize) -> Vec<i16> {
    (0..SIZE.iter().product()).map(|index: usize| ((index * 37 + seed * 11) % 1000) as i16 - 200).collect()
}

/// Background in the first slice; a cross of class 1 and 2 elsewhere.
fn labels() -> Vec<u8> {
    let area = SIZE[0] * SIZE[1];
    (0..area * SIZE[2]).map(|index| if index < area { 0 } else { (index % 3) as u8 }).collect()
}

fn write(path: &Path, content: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn manifest(task: &str, more: &str) -> String {
    format!(
        r#"{{"id": "volumes", "modality": "tomography (MR)", "task": "{task}", "license": "CC0-1.0",
            "classes": ["background", "front", "back"]{more}}}"#
    )
}

/// A folder with two volumes, for training and for test.
fn volumes(task: &str, more: &str) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    write(&root.path().join("dataset.json"), manifest(task, more).as_bytes());
    for (seed, name) in ["first.nii.gz", "second.nii"].into_iter().enumerate() {
        let compression = if seed == 0 { Compression::Gzip } else { Compression::None };
        let image = Image::volume(SIZE, 1, Pixels::I16(values(seed))).unwrap().with_geometry(geometry());
        write(&root.path().join("images").join(name), &nifti::encode(&image, compression).unwrap());
        let labels = LabelVolume::new(SIZE, labels(), geometry()).unwrap();
        let path = root.path().join("labels").join(name);
        write(&path, &nifti_labels::encode(&labels, compression).unwrap());
    }
    let split = "file,split,patient\nfirst.nii.gz,train,7\nsecond.nii,test,8\n";
    write(&root.path().join("split.csv"), split.as_bytes());
    let labels = "file,label,split\nfirst.nii.gz,front,train\nsecond.nii,back,test\n";
    write(&root.path().join("labels.csv"), labels.as_bytes());
    root
}

#[test]
fn a_volume_is_its_slices_and_stays_in_its_part() {
    let root = volumes("segmentation", "");
    let folder = DataFolder::open(root.path()).unwrap();
    let data = &folder.tasks[0];
    assert_eq!([data.train.len(), data.val.len(), data.test.len()], [4, 0, 4]);
    for (index, item) in data.train.iter().enumerate() {
        assert_eq!(
            (item.name.as_str(), item.slice),
            (format!("first.nii.gz#{index:03}").as_str(), Some(index))
        );
        assert_eq!((item.case.as_str(), item.file()), ("first", "first.nii.gz"));
        assert_eq!(item.patient.as_deref(), Some("7"));
        let sample = folder.load(item).unwrap();
        let area = SIZE[0] * SIZE[1];
        let part = index * area..(index + 1) * area;
        assert_eq!(sample.image.pixels(), &Pixels::I16(values(0)[part.clone()].to_vec()));
        let Target::Mask(mask) = sample.target else { panic!("a mask") };
        assert_eq!((mask.width, mask.height, mask.labels.as_slice()), (6, 5, &labels()[part]));
        // All slices are shown in the window of the volume.
        let first = folder.load(&data.train[0]).unwrap().image.display_window();
        assert_eq!(sample.image.display_window(), first);
    }
}

#[test]
fn slices_are_cut_across_the_thick_axis_as_they_are_looked_at() {
    let root = volumes("segmentation", "");
    // The same volume, stored with slices along the columns' axis, and mirrored.
    let first = Image::volume(SIZE, 1, Pixels::I16(values(0))).unwrap().with_geometry(geometry());
    let codes = "SAR".parse().unwrap();
    let stored = nifti::encode(&first.reoriented(codes), Compression::None).unwrap();
    let turned = LabelVolume::new(SIZE, labels(), geometry()).unwrap().reoriented(codes);
    write(&root.path().join("images/second.nii"), &stored);
    write(&root.path().join("labels/second.nii"), &nifti_labels::encode(&turned, Compression::None).unwrap());
    let folder = DataFolder::open(root.path()).unwrap();
    let data = &folder.tasks[0];
    assert_eq!(data.test.len(), data.train.len());
    for (a, b) in data.train.iter().zip(&data.test) {
        let (a, b) = (folder.load(a).unwrap(), folder.load(b).unwrap());
        assert_eq!((a.image.pixels(), a.target), (b.image.pixels(), b.target));
    }
}

#[test]
fn slices_without_labels_can_be_left_out_of_training_only() {
    let root = volumes("segmentation", "");
    let options = FolderOptions { skip_empty_slices: true, ..FolderOptions::default() };
    let folder = DataFolder::open_with(root.path(), options).unwrap();
    let slices = |items: &[Item]| items.iter().filter_map(|item| item.slice).collect::<Vec<_>>();
    assert_eq!(slices(&folder.tasks[0].train), [1, 2, 3]);
    assert_eq!(slices(&folder.tasks[0].test), [0, 1, 2, 3]);
}

#[test]
fn slices_have_the_class_of_their_volume_and_the_window_of_the_data_set() {
    let root = volumes("classification", r#", "window": [100, 200]"#);
    let folder = DataFolder::open(root.path()).unwrap();
    let item = &folder.tasks[0].test[2];
    let sample = folder.load(item).unwrap();
    assert_eq!((item.case.as_str(), sample.target), ("second", Target::Class(2)));
    let window = sample.image.display_window();
    assert_eq!((window.centre, window.width), (100.0, 200.0));
}

#[test]
fn images_and_volumes_may_have_several_classes() {
    let root = volumes("multilabel", "");
    let tables = [
        "file,label,split,patient\nfirst.nii.gz,front|back,train,7\nsecond.nii,No Finding,test,8\n",
        "file,split,patient,background,front,back\nfirst.nii.gz,train,7,0,1,1\nsecond.nii,test,8,0,0,0\n",
    ];
    for table in tables {
        write(&root.path().join("labels.csv"), table.as_bytes());
        let folder = DataFolder::open(root.path()).unwrap();
        let data = &folder.tasks[0];
        assert_eq!((data.task.kind, data.train.len(), data.test.len()), (TaskKind::MultiLabel, 4, 4));
        let target = |item| folder.load(item).unwrap().target;
        assert_eq!(target(&data.train[3]), Target::Labels(vec![false, true, true]));
        assert_eq!(target(&data.test[0]), Target::Labels(vec![false; 3]));
        assert_eq!(data.test[0].patient.as_deref(), Some("8"));
    }
    write(&root.path().join("labels.csv"), b"file,label,split\nfirst.nii.gz,front|up,train\n");
    let error = DataFolder::open(root.path()).unwrap_err().to_string();
    assert!(error.contains("labels.csv: line 2: \"up\" is none of the classes"), "{error}");
}

#[test]
fn labels_that_do_not_fit_their_volume_are_refused() {
    let root = volumes("segmentation", "");
    let path = root.path().join("labels/first.nii.gz");
    for (labels, expected) in [
        (LabelVolume::new([6, 5, 3], labels()[..90].to_vec(), geometry()).unwrap(), "[6, 5, 3]"),
        (LabelVolume::new(SIZE, vec![3; 120], geometry()).unwrap(), "value 3"),
    ] {
        write(&path, &nifti_labels::encode(&labels, Compression::Gzip).unwrap());
        let folder = DataFolder::open(root.path()).unwrap();
        let error = folder.load(&folder.tasks[0].train[0]).unwrap_err().to_string();
        assert!(error.contains("labels/first.nii.gz") && error.contains(expected), "{error}");
    }
}

#[test]
fn packed_slices_keep_their_cases_windows_and_masks() {
    let root = volumes("segmentation", r#", "window": [300, 1000]"#);
    let original = DataFolder::open(root.path()).unwrap();
    let out = tempfile::tempdir().unwrap();
    let options = PackOptions { size: 100, encoding: Encoding::Lossless };
    let packed = DataFolder::open(pack(&original, out.path(), options).unwrap().path).unwrap();
    for split in Split::ALL {
        let (found, expected) = (packed.tasks[0].items(split), original.tasks[0].items(split));
        assert_eq!(found.len(), expected.len());
        for (a, b) in found.iter().zip(expected) {
            let of = |item: &Item| (item.name.clone(), item.case.clone(), item.slice, item.patient.clone());
            assert_eq!(of(a), of(b));
            let (a, b) = (packed.load(a).unwrap(), original.load(b).unwrap());
            let pairs = a.image.to_unit_planes().into_iter().zip(b.image.to_unit_planes());
            assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() <= 0.501 / 255.0));
            assert_eq!(a.target, b.target);
        }
    }
}

#[test]
fn a_tiff_stack_is_its_pages() {
    let root = tempfile::tempdir().unwrap();
    write(&root.path().join("dataset.json"), manifest("classification", "").as_bytes());
    let stack = include_bytes!("../../../../tests/fixtures/raster/stack.tif");
    write(&root.path().join("images/cells.tif"), stack);
    write(&root.path().join("labels.csv"), b"file,label,split\ncells.tif,front,train\n");
    let folder = DataFolder::open(root.path()).unwrap();
    let volume = decode(stack, DEFAULT_MAX_PIXELS).unwrap();
    assert!(volume.slices() > 1);
    assert_eq!(folder.tasks[0].train.len(), volume.slices());
    for (index, item) in folder.tasks[0].train.iter().enumerate() {
        assert_eq!(folder.load(item).unwrap().image.pixels(), volume.slice(index).unwrap().pixels());
    }
    // Pixels are not looked at when a folder is opened; where they are damaged is found out when they are read.
    let mut damaged = stack.to_vec();
    damaged[912..1469].fill(0xFF);
    write(&root.path().join("images/cells.tif"), &damaged);
    let folder = DataFolder::open(root.path()).unwrap();
    assert_eq!(folder.tasks[0].train.len(), volume.slices());
    assert!(matches!(folder.load(&folder.tasks[0].train[0]), Err(DataError::Image { .. })));
    write(&root.path().join("images/cells.tif"), &stack[..stack.len() / 2]);
    assert!(matches!(DataFolder::open(root.path()), Err(DataError::Image { .. })));
}
