//! The data folder beside the project: every supported set opens, holds what its README says, and decodes.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use medley_core::dataset::{AugmentConfig, Batch, Split, Target, TaskKind};

use super::synthetic::{SynthOptions, write_synthetic};
use super::{
    BatchOptions, BatchSource, CacheBudget, DataError, DataFolder, FolderOptions, LoaderPool, Prefetch,
};

/// The shared data: `MEDLEY_DATA`, or `../shared/data` beside the project; none where it is absent.
pub(crate) fn data_root() -> Option<PathBuf> {
    let beside = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data"));
    let root = std::env::var_os("MEDLEY_DATA").map_or(beside, PathBuf::from);
    if root.is_dir() {
        return Some(root);
    }
    println!("skipped: no data at {}; set MEDLEY_DATA", root.display());
    None
}

/// Task, and images in train, val and test, as in the README of the data.
const TASKS: [(&str, &str, [usize; 3]); 11] = [
    ("pneumoniamnist-sub", "pneumoniamnist-sub", [2428, 270, 468]),
    ("nih-cxr-pneumonia", "nih-cxr-pneumonia", [540, 122, 117]),
    ("pbc-blood", "pbc-blood", [560, 120, 120]),
    ("brain-tumor-mr", "brain-tumor-mr", [578, 105, 240]),
    ("sarscov2-ct", "sarscov2-ct", [487, 106, 104]),
    ("ct-contrast-dicom", "ct-contrast-dicom", [67, 14, 13]),
    ("vnc-em", "vnc-em", [56, 12, 12]),
    ("cxr-lungs", "cxr-lungs", [25, 5, 12]),
    ("dsb2018-fluo", "dsb2018-fluo-segmentation", [379, 81, 81]),
    ("bccd", "bccd", [205, 87, 72]),
    ("ldc-cells", "ldc-cells", [355, 74, 65]),
];

/// Boxes in train, val and test, as in the README of the data.
const BOXES: [(&str, usize, [usize; 3]); 3] = [
    ("dsb2018-fluo", 1, [16_913, 2_859, 3_324]),
    ("bccd", 0, [2_804, 1_137, 945]),
    ("ldc-cells", 0, [1_129, 271, 270]),
];

#[test]
fn every_supported_set_has_the_images_of_its_readme() {
    let Some(root) = data_root() else { return };
    for (set, task, counts) in TASKS {
        let folder = DataFolder::open(root.join(set)).unwrap();
        let data = folder.tasks.iter().find(|data| data.task.id == task).unwrap();
        assert_eq!(Split::ALL.map(|split| data.items(split).len()), counts, "{task}");
        for data in &folder.tasks {
            for split in Split::ALL {
                assert_eq!(data.items(split).len(), folder.manifest.splits[&split], "{}", data.task.id);
            }
        }
    }
}

/// Task, volumes and slices in train, val and test. The first as in the README of the data; it does not count
/// the slices of the second.
const VOLUMES: [(&str, [usize; 3], [usize; 3]); 2] =
    [("mr-sequence", [4, 3, 4], [88, 72, 88]), ("msd-hippocampus", [140, 30, 30], [5021, 1073, 1069])];

#[test]
fn every_volume_is_its_slices() {
    let Some(root) = data_root() else { return };
    for (set, cases, slices) in VOLUMES {
        let folder = DataFolder::open(root.join(set)).unwrap();
        let data = &folder.tasks[0];
        let names = |split| data.items(split).iter().map(|item| item.case.as_str()).collect::<BTreeSet<_>>();
        assert_eq!(Split::ALL.map(|split| names(split).len()), cases, "{set}");
        assert_eq!(Split::ALL.map(|split| data.items(split).len()), slices, "{set}");
        for split in Split::ALL {
            let item = &data.items(split)[data.items(split).len() / 2];
            let sample = folder.load(item).unwrap();
            assert_eq!((sample.image.slices(), sample.image.channels()), (1, 1));
            if let Target::Mask(mask) = sample.target {
                assert_eq!((mask.width, mask.height), (sample.image.width(), sample.image.height()));
            }
        }
    }
}

#[test]
fn every_detection_has_the_boxes_of_its_readme() {
    let Some(root) = data_root() else { return };
    for (set, index, counts) in BOXES {
        let folder = DataFolder::open(root.join(set)).unwrap();
        let data = &folder.tasks[index];
        assert_eq!(data.task.kind, TaskKind::Detection);
        let found = Split::ALL.map(|split| {
            let boxes = |item| match folder.load(item).unwrap().target {
                Target::Boxes(boxes) => boxes.len(),
                other => panic!("{set}: {other:?}"),
            };
            data.items(split).iter().map(boxes).sum::<usize>()
        });
        assert_eq!(found, counts, "{set}");
    }
}

#[test]
fn a_sample_of_every_split_decodes_and_fits_its_label() {
    let Some(root) = data_root() else { return };
    for (set, ..) in TASKS {
        let folder = DataFolder::open(root.join(set)).unwrap();
        for data in &folder.tasks {
            for split in Split::ALL {
                let sample = folder.load(&data.items(split)[0]).unwrap();
                let classes = data.task.classes.len();
                match sample.target {
                    Target::Class(class) => assert!(class < classes),
                    Target::Labels(labels) => assert_eq!(labels.len(), classes),
                    Target::Values(values) => assert_eq!(values.len(), classes),
                    Target::Mask(mask) => {
                        assert_eq!((mask.width, mask.height), (sample.image.width(), sample.image.height()));
                        assert_eq!(mask.labels.len(), mask.width * mask.height);
                    }
                    Target::Boxes(boxes) => assert!(boxes.iter().all(|label| label.class < classes)),
                }
            }
        }
    }
}

#[test]
fn one_set_can_hold_two_tasks_on_the_same_images() {
    let Some(root) = data_root() else { return };
    let options = FolderOptions { input_size: 192, ..FolderOptions::default() };
    let folder = DataFolder::open_with(root.join("dsb2018-fluo"), options).unwrap();
    let [segmentation, detection] = &folder.tasks[..] else { panic!("two tasks") };
    assert_eq!(segmentation.task.id, "dsb2018-fluo-segmentation");
    assert_eq!(segmentation.task.classes, ["background", "nucleus"]);
    assert_eq!(detection.task.id, "dsb2018-fluo-detection");
    assert_eq!(detection.task.classes, ["nucleus"]);
    assert_eq!(detection.task.input_size, 192);
}

#[test]
fn non_commercial_images_can_be_left_out() {
    let Some(root) = data_root() else { return };
    let options = FolderOptions { commercial_only: true, ..FolderOptions::default() };
    let lungs = DataFolder::open_with(root.join("cxr-lungs"), options).unwrap();
    let kept: usize = Split::ALL.into_iter().map(|split| lungs.tasks[0].items(split).len()).sum();
    assert_eq!(kept, 3);
    for set in ["sarscov2-ct", "vnc-em"] {
        let error = DataFolder::open_with(root.join(set), options).unwrap_err();
        assert!(matches!(error, DataError::NonCommercial { .. }), "{error}");
    }
    assert!(DataFolder::open_with(root.join("bccd"), options).is_ok());
}

fn batches(set: &str, options: BatchOptions) -> Option<BatchSource> {
    let folder_options = FolderOptions { input_size: 96, ..FolderOptions::default() };
    let folder = DataFolder::open_with(data_root()?.join(set), folder_options).unwrap();
    let (task, items) = (folder.tasks[0].task.clone(), folder.tasks[0].val.clone());
    Some(BatchSource::new(Arc::new(folder), task, items, options, CacheBudget::new(1 << 30)).unwrap())
}

#[test]
fn batches_are_the_same_in_any_order_and_from_any_thread() {
    let options = BatchOptions { pixel_budget: 8 * 96 * 96, augment: AugmentConfig::MICROSCOPY, seed: 11 };
    let Some(source) = batches("dsb2018-fluo", options) else { return };
    assert_eq!((source.batch_size(), source.batches_per_epoch()), (8, 11));
    let last = source.batch(10).unwrap();
    assert_eq!(last.batch, 1);
    let expected: Vec<Batch> = (9..15).map(|number| source.batch(number).unwrap()).collect();
    assert_eq!(expected[1], last);
    assert_ne!(expected[0], expected[5]);

    let Some(fresh) = batches("dsb2018-fluo", options) else { return };
    let pool = LoaderPool::new(3).unwrap();
    let ahead = Prefetch::new(&pool, 9.., 4, move |number| fresh.batch(number).unwrap());
    assert_eq!(ahead.take(6).collect::<Vec<_>>(), expected);
}

#[test]
fn every_image_comes_once_per_epoch() {
    let options = BatchOptions { pixel_budget: 50_000, augment: AugmentConfig::default(), seed: 3 };
    let Some(source) = batches("bccd", options) else { return };
    let shown: Vec<Batch> =
        (0..source.batches_per_epoch()).map(|number| source.batch(number).unwrap()).collect();
    assert_eq!(shown.iter().map(|batch| batch.batch).sum::<usize>(), 87);
    let boxes = |batch: &Batch| -> usize {
        let count = |target: &Target| if let Target::Boxes(boxes) = target { boxes.len() } else { 0 };
        batch.targets.iter().map(count).sum()
    };
    assert_eq!(shown.iter().map(boxes).sum::<usize>(), 1_137);
    // 640 x 480 at 96 is 96 x 72, and 72 is rounded up to a multiple of 32.
    assert_eq!((shown[0].height, shown[0].width, shown[0].valid[0]), (96, 96, (72, 96)));
}

/// A classification drawn into a folder of its own.
fn synthetic_batches(root: &std::path::Path, memory: usize) -> BatchSource {
    let options = FolderOptions { input_size: 64, ..FolderOptions::default() };
    let folder = DataFolder::open_with(root, options).unwrap();
    let (task, items) = (folder.tasks[0].task.clone(), folder.tasks[0].train.clone());
    let options =
        BatchOptions { pixel_budget: 4 * 64 * 64, augment: AugmentConfig::for_task(&task), seed: 5 };
    BatchSource::new(Arc::new(folder), task, items, options, CacheBudget::new(memory)).unwrap()
}

#[test]
fn a_resumed_training_sees_the_batches_it_would_have_seen() {
    let out = tempfile::tempdir().unwrap();
    let options = SynthOptions { images: 20, size: 64, ..SynthOptions::default() };
    let root = &write_synthetic(out.path(), options).unwrap()[0];
    let ahead = |threads, first, memory| {
        let source = synthetic_batches(root, memory);
        let pool = LoaderPool::new(threads).unwrap();
        Prefetch::new(&pool, first.., 3, move |number| source.batch(number).unwrap())
    };
    // Fourteen images make four batches an epoch: three epochs, on one thread, with everything kept.
    let whole: Vec<Batch> = ahead(1, 0, 1 << 30).take(12).collect();
    assert_ne!(whole[0], whole[4]);
    // Stopped anywhere and gone on with other threads and less memory, it is the same course.
    for (stopped, threads, memory) in [(0, 4, 0), (3, 2, 100_000), (7, 3, 1 << 30), (11, 1, 0)] {
        let resumed: Vec<Batch> = ahead(threads, stopped as u64, memory).take(12 - stopped).collect();
        assert!(resumed == whole[stopped..], "from batch {stopped}");
    }
}
