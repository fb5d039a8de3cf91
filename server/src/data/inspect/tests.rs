//! Every defect is planted in a sound folder and found there, alone; nothing is found in a sound one.
#![allow(clippy::unwrap_used, clippy::panic, clippy::too_many_lines, clippy::type_complexity)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use image::{GrayImage, ImageBuffer, Luma, Rgb, RgbImage};
use medley_core::dataset::sample_seed;
use tempfile::TempDir;

use super::*;
use crate::data::tests::data_root;

/// Grey noise that a seed decides on; no two seeds look alike.
fn noise(seed: u32) -> GrayImage {
    let value = |x: u32, y: u32| {
        let cell = sample_seed(u64::from(seed), u64::from(x / 6), (y / 6) as usize);
        (cell >> 57) as u8 + ((x + y) % 7) as u8
    };
    GrayImage::from_fn(48, 40, |x, y| Luma([value(x, y)]))
}

/// A mask with an object of each class from 1 to `classes - 1`.
fn mask(classes: u8) -> GrayImage {
    GrayImage::from_fn(48, 40, |x, y| if y < 10 { Luma([(x as u8 / 8).min(classes - 1)]) } else { Luma([0]) })
}

fn write(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn save(root: &Path, file: &str, picture: &GrayImage) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    picture.save(path).unwrap();
}

/// Replaces text in a file; it must be there.
fn replace(root: &Path, file: &str, from: &str, to: &str) {
    let text = fs::read_to_string(root.join(file)).unwrap();
    assert!(text.contains(from), "{file} lacks {from:?}");
    fs::write(root.join(file), text.replacen(from, to, 1)).unwrap();
}

fn manifest(root: &Path, task: &str, classes: &str) {
    let text = format!(
        r#"{{"id": "set", "modality": "noise", "task": {task}, "classes": [{classes}],
            "license": "CC0-1.0", "splits": {{"train": 4, "val": 2, "test": 2}}}}"#
    );
    write(root, "dataset.json", &text);
}

const SPLITS: [&str; 8] = ["train", "train", "train", "train", "val", "val", "test", "test"];

fn classification() -> TempDir {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    manifest(root, r#""classification""#, r#""a", "b""#);
    let mut table = "file,label,split,patient\n".to_owned();
    for (index, split) in SPLITS.iter().enumerate() {
        save(root, &format!("images/{index}.png"), &noise(index as u32));
        table += &format!("{index}.png,{},{split},p{index}\n", ["a", "b"][index % 2]);
    }
    write(root, "labels.csv", &table);
    folder
}

fn segmentation() -> TempDir {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    manifest(root, r#""segmentation""#, r#""background", "a", "b""#);
    let mut table = "file,split,patient\n".to_owned();
    for (index, split) in SPLITS.iter().enumerate() {
        save(root, &format!("images/{index}.png"), &noise(index as u32));
        save(root, &format!("masks/{index}.png"), &mask(3));
        table += &format!("{index}.png,{split},p{index}\n");
    }
    write(root, "split.csv", &table);
    folder
}

fn detection() -> TempDir {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    manifest(root, r#""detection""#, r#""a", "b""#);
    for split in ["train", "val", "test"] {
        let own = || SPLITS.iter().enumerate().filter(|(_, of)| **of == split).map(|(index, _)| index);
        let images: Vec<String> = own()
            .map(|i| format!(r#"{{"id": {i}, "file_name": "{i}.png", "width": 48, "height": 40}}"#))
            .collect();
        let boxes: Vec<String> = own()
            .flat_map(|i| {
                [1, 2].map(|class| {
                    let x = 10 * class;
                    format!(r#"{{"image_id": {i}, "category_id": {class}, "bbox": [{x}, 5, 8, 9]}}"#)
                })
            })
            .collect();
        let text = format!(
            r#"{{"images": [{}], "annotations": [{}],
                "categories": [{{"id": 1, "name": "a"}}, {{"id": 2, "name": "b"}}]}}"#,
            images.join(", "),
            boxes.join(", ")
        );
        write(root, &format!("annotations/{split}.json"), &text);
    }
    for index in 0..SPLITS.len() {
        save(root, &format!("images/{index}.png"), &noise(index as u32));
    }
    folder
}

fn inspect(root: &Path) -> Inspection {
    Inspection::new(root, |_| {}, || {})
}

fn checks(inspection: &Inspection) -> BTreeSet<Check> {
    inspection.findings.iter().map(|finding| finding.check).collect()
}

#[test]
fn nothing_is_wrong_with_sound_folders() {
    for (folder, notes) in
        [(classification(), vec![]), (segmentation(), vec![]), (detection(), vec![Check::NoPatients])]
    {
        let inspection = inspect(folder.path());
        assert_eq!(checks(&inspection), notes.into_iter().collect(), "{:?}", inspection.findings);
        assert_eq!((inspection.usable(), inspection.catalogue.images.len()), (8, 8));
    }
}

/// A defect: what it is called, how it is planted, which checks find it, a part of a message, and how many
/// images stay usable.
type Defect = (&'static str, fn(&Path), &'static [Check], &'static str, usize);

fn find_all(folder: fn() -> TempDir, always: &[Check], defects: &[Defect]) {
    for (name, plant, expected, message, usable) in defects {
        let folder = folder();
        plant(folder.path());
        let inspection = inspect(folder.path());
        let found: BTreeSet<Check> =
            checks(&inspection).into_iter().filter(|check| !always.contains(check)).collect();
        assert_eq!(found, expected.iter().copied().collect(), "{name}: {:#?}", inspection.findings);
        let said = |finding: &Finding| format!("{}: {}", finding.file, finding.problem).contains(message);
        assert!(inspection.findings.iter().any(said), "{name}: {message:?} in {:#?}", inspection.findings);
        assert_eq!(inspection.usable(), *usable, "{name}");
    }
}

#[test]
fn defects_of_a_classification_are_found() {
    use Check as C;
    let defects: &[Defect] = &[
        (
            "no manifest",
            |r| fs::remove_file(r.join("dataset.json")).unwrap(),
            &[C::Manifest, C::NoPatients],
            "dataset.json: it cannot be read",
            0,
        ),
        (
            "broken manifest",
            |r| replace(r, "dataset.json", "{", "("),
            &[C::Manifest, C::NoPatients],
            "not valid JSON",
            0,
        ),
        (
            "list for a manifest",
            |r| write(r, "dataset.json", "[]"),
            &[C::Manifest, C::NoPatients],
            "in braces",
            0,
        ),
        (
            "unknown task",
            |r| replace(r, "dataset.json", "\"classification", "\"regression"),
            &[C::Manifest, C::NoPatients],
            "dataset.json",
            0,
        ),
        ("no licence", |r| replace(r, "dataset.json", "license", "lisence"), &[C::License], "license", 8),
        (
            "counts",
            |r| replace(r, "dataset.json", "\"val\": 2", "\"val\": 3"),
            &[C::Counts],
            "val: 3 stated, 2 found",
            8,
        ),
        (
            "no table",
            |r| fs::remove_file(r.join("labels.csv")).unwrap(),
            &[C::LabelFile, C::NoPatients, C::ClassWithoutImages, C::Counts],
            "labels.csv or exactly one .npz",
            0,
        ),
        (
            "no column",
            |r| replace(r, "labels.csv", "label", "class"),
            &[C::LabelFile, C::NoPatients, C::ClassWithoutImages, C::Counts],
            "the column \"label\"",
            0,
        ),
        (
            "unknown class and split",
            |r| {
                replace(r, "labels.csv", "0.png,a", "0.png,c");
                replace(r, "labels.csv", "1.png,b,train", "1.png,b,dev");
            },
            &[C::UnknownClass, C::Entry, C::NotListed, C::Counts],
            "line 3: a split is train, val or test",
            6,
        ),
        (
            "short row",
            |r| replace(r, "labels.csv", "2.png,a,train,p2", "2.png"),
            &[C::Entry, C::NotListed, C::Counts],
            "line 4: not as many columns",
            7,
        ),
        (
            "path outside",
            |r| replace(r, "labels.csv", "2.png", "../2.png"),
            &[C::Entry, C::NotListed, C::Counts],
            "line 4: \"../2.png\" must be",
            7,
        ),
        (
            "listed twice",
            |r| replace(r, "labels.csv", "7.png,b,test,p7", "7.png,b,test,p7\n7.png,b,val,p7"),
            &[C::ListedTwice],
            "line 10: \"7.png\" was listed in line 9",
            8,
        ),
        (
            "missing image",
            |r| fs::remove_file(r.join("images/3.png")).unwrap(),
            &[C::MissingImage, C::Counts],
            "images/3.png: it is listed in train",
            7,
        ),
        ("not listed", |r| save(r, "images/more/9.png", &noise(9)), &[C::NotListed], "images/more/9.png", 8),
        (
            "cut image",
            |r| {
                let bytes = fs::read(r.join("images/5.png")).unwrap();
                fs::write(r.join("images/5.png"), &bytes[..bytes.len() / 2]).unwrap();
            },
            &[C::Unreadable],
            "images/5.png: the image is damaged",
            7,
        ),
        (
            "no image",
            |r| write(r, "images/0.png", "hello"),
            &[C::Unreadable],
            "not an image that Medley reads",
            7,
        ),
        (
            "patient in two splits",
            |r| replace(r, "labels.csv", "p6", "p1"),
            &[C::PatientLeak],
            "patient \"p1\" has 1 in train (1.png), 1 in test (6.png)",
            8,
        ),
        (
            "patient not stated",
            |r| replace(r, "labels.csv", "p6", ""),
            &[C::NoPatients],
            "1 of 8 images state no patient",
            8,
        ),
        (
            "copy in another split",
            |r| save(r, "images/6.png", &noise(2)),
            &[C::DuplicateLeak],
            "images/2.png: in train, the same as images/6.png (test)",
            8,
        ),
        (
            "copy in the same split",
            |r| save(r, "images/2.png", &noise(0)),
            &[C::Duplicate],
            "images/0.png: in train, the same as images/2.png",
            8,
        ),
        (
            "copy with another label",
            |r| save(r, "images/1.png", &noise(0)),
            &[C::Duplicate, C::Contradiction],
            "images/0.png is a, images/1.png is b",
            8,
        ),
        (
            "nearly a copy elsewhere",
            |r| save(r, "images/4.png", &brighter(&noise(2))),
            &[C::NearDuplicateLeak],
            "images/2.png: in train, looks like images/4.png (val)",
            8,
        ),
        (
            "nearly a copy",
            |r| save(r, "images/0.png", &brighter(&noise(2))),
            &[C::NearDuplicate],
            "looks like images/2.png",
            8,
        ),
        (
            "constant",
            |r| save(r, "images/4.png", &GrayImage::from_pixel(48, 40, Luma([9]))),
            &[C::Constant],
            "images/4.png: every value is 9",
            8,
        ),
        (
            "nearly constant",
            |r| {
                let mut picture = GrayImage::new(48, 40);
                picture.put_pixel(7, 8, Luma([200]));
                save(r, "images/4.png", &picture);
            },
            &[C::NearlyConstant],
            "99.95 % of its values are the same",
            8,
        ),
        ("16 bits", |r| deep(r, 257), &[C::MixedDepth], "1 16 bit, 7 8 bit", 8),
        ("16 bits with 8", |r| deep(r, 1), &[C::MixedDepth, C::UnusedDepth], "1 of 8 images have 16 bits", 8),
        ("colour", |r| colour(r, 3), &[C::MixedChannels], "images/4.png: 1 colour, 7 grey", 8),
        (
            "grey as colour",
            |r| colour(r, 0),
            &[C::MixedChannels, C::GreyAsColour],
            "three channels that are equal",
            8,
        ),
        (
            "class without images",
            |r| replace(r, "labels.csv", "5.png,b", "5.png,a"),
            &[C::ClassWithoutImages],
            "set: b has no images in val",
            8,
        ),
        (
            "uneven",
            |r| {
                let mut table = fs::read_to_string(r.join("labels.csv")).unwrap();
                for index in 10..30 {
                    save(r, &format!("images/{index}.png"), &noise(index));
                    table += &format!("{index}.png,a,train,p{index}\n");
                }
                write(r, "labels.csv", &table);
                replace(r, "dataset.json", "\"train\": 4", "\"train\": 24");
            },
            &[C::Imbalance],
            "set: in train a has 22 images, b only 2: 11 to 1",
            28,
        ),
        (
            "licence of one file",
            |r| {
                let rows: String = (0..7).map(|i| format!("{i}.png,CC BY\n")).collect();
                write(r, "attribution.csv", &format!("file,license\n{rows}"));
            },
            &[C::License],
            "images/7.png: attribution.csv states no licence",
            8,
        ),
    ];
    find_all(classification, &[], defects);
}

fn brighter(picture: &GrayImage) -> GrayImage {
    GrayImage::from_fn(48, 40, |x, y| Luma([picture.get_pixel(x, y).0[0] + 40 + (x * y % 3) as u8]))
}

fn deep(root: &Path, factor: u16) {
    let picture = noise(4);
    let value = |x, y| Luma([u16::from(picture.get_pixel(x, y).0[0]) * factor]);
    ImageBuffer::<Luma<u16>, Vec<u16>>::from_fn(48, 40, value).save(root.join("images/4.png")).unwrap();
}

fn colour(root: &Path, difference: u8) {
    let picture = noise(4);
    let value = |x, y| {
        let grey = picture.get_pixel(x, y).0[0];
        Rgb([grey + difference, grey, grey])
    };
    RgbImage::from_fn(48, 40, value).save(root.join("images/4.png")).unwrap();
}

#[test]
fn defects_of_a_segmentation_are_found() {
    use Check as C;
    let defects: &[Defect] = &[
        (
            "missing mask",
            |r| fs::remove_file(r.join("masks/3.png")).unwrap(),
            &[C::MissingMask, C::NotListed, C::Counts],
            "masks/3.png: its image is listed",
            7,
        ),
        (
            "mask too many",
            |r| save(r, "masks/9.png", &mask(3)),
            &[C::NotListed],
            "masks/9.png: it is the mask of no image",
            8,
        ),
        (
            "cut mask",
            |r| {
                let bytes = fs::read(r.join("masks/1.png")).unwrap();
                fs::write(r.join("masks/1.png"), &bytes[..40]).unwrap();
            },
            &[C::UnreadableMask],
            "masks/1.png: ",
            7,
        ),
        (
            "mask of another size",
            |r| {
                save(r, "masks/1.png", &GrayImage::from_fn(40, 48, |x, _| Luma([(x / 8) as u8 % 3])));
            },
            &[C::SizeMismatch],
            "masks/1.png: the image has 48 x 40, the mask has 40 x 48",
            7,
        ),
        (
            "classes out of range",
            |r| save(r, "masks/1.png", &mask(5)),
            &[C::ClassRange],
            "masks/1.png: classes are 0 to 2, but it has 3 (80 pixels), 4 (160 pixels)",
            7,
        ),
        (
            "empty mask",
            |r| save(r, "masks/1.png", &GrayImage::new(48, 40)),
            &[C::EmptyMask],
            "masks/1.png: all pixels are background",
            8,
        ),
        (
            "mask of 0 and 255",
            |r| {
                save(
                    r,
                    "masks/1.png",
                    &GrayImage::from_fn(48, 40, |x, _| Luma([if x < 9 { 255 } else { 0 }])),
                );
            },
            &[C::EmptyMask],
            "masks drawn with 0 and 255",
            8,
        ),
        (
            "rare class",
            |r| {
                for index in 0..4 {
                    save(r, &format!("masks/{index}.png"), &mask(2));
                }
                let mut picture = mask(2);
                picture.put_pixel(40, 30, Luma([2]));
                save(r, "masks/0.png", &picture);
            },
            &[C::RareClass],
            "set: b has 0.01 % of the train pixels",
            8,
        ),
        (
            "class without pixels",
            |r| {
                (4..6).for_each(|index| save(r, &format!("masks/{index}.png"), &mask(2)));
            },
            &[C::ClassWithoutImages],
            "set: b has no pixels in val",
            8,
        ),
    ];
    find_all(segmentation, &[], defects);
}

#[test]
fn defects_of_a_detection_are_found() {
    use Check as C;
    let first = r#"{"image_id": 0, "category_id": 1, "bbox": [10, 5, 8, 9]}"#;
    assert!(fs::read_to_string(detection().path().join("annotations/train.json")).unwrap().contains(first));
    let defects: &[Defect] = &[
        (
            "box without width",
            |r| boxes(r, "[10, 5, 0, 9]"),
            &[C::EmptyBox],
            "annotation 0 on 0.png: a at 10, 5 with 0 x 9",
            8,
        ),
        ("box outside", |r| boxes(r, "[48, 5, 8, 9]"), &[C::BoxOutside], "the image has 48 x 40", 8),
        (
            "box beyond",
            |r| boxes(r, "[43, 5, 8, 9]"),
            &[C::BoxClipped],
            "annotations/train.json: annotation 0",
            8,
        ),
        ("half a pixel beyond", |r| boxes(r, "[40, 5, 8.6, 9]"), &[], "", 8),
        (
            "same box",
            |r| boxes(r, "[20, 5, 8, 9]"),
            &[C::DuplicateBox],
            "annotation 1 on 0.png: b at 20, 5 with 8 x 9; the same as annotation 0, which is a a",
            8,
        ),
        ("three numbers", |r| boxes(r, "[20, 5, 8]"), &[C::Entry], "annotation 0 needs", 8),
        (
            "unknown image",
            |r| replace(r, "annotations/val.json", "\"image_id\": 4", "\"image_id\": 77"),
            &[C::Entry],
            "annotation 0 belongs to image 77",
            8,
        ),
        (
            "unknown category",
            |r| replace(r, "annotations/val.json", "\"category_id\": 1", "\"category_id\": 7"),
            &[C::UnknownClass],
            "annotation 0 has category 7",
            8,
        ),
        (
            "category that is no class",
            |r| replace(r, "annotations/val.json", "\"name\": \"b\"", "\"name\": \"x\""),
            &[C::UnknownClass, C::ClassWithoutImages],
            "category 2 (\"x\") is none of the classes (a, b)",
            8,
        ),
        (
            "image of another size",
            |r| replace(r, "annotations/val.json", "\"width\": 48", "\"width\": 96"),
            &[C::SizeMismatch],
            "images/4.png: the image has 48 x 40, its boxes were drawn on 96 x 40",
            7,
        ),
        (
            "image twice",
            |r| replace(r, "annotations/val.json", "\"id\": 5", "\"id\": 4"),
            &[C::ListedTwice, C::Entry, C::NotListed, C::Counts],
            "image 4 (\"5.png\") was listed before",
            7,
        ),
        (
            "image in two splits",
            |r| replace(r, "annotations/val.json", "\"4.png\"", "\"0.png\""),
            &[C::ListedTwice, C::NotListed, C::Counts],
            "\"0.png\" was listed in train before",
            7,
        ),
        (
            "path outside",
            |r| replace(r, "annotations/val.json", "\"4.png\"", "\"../4.png\""),
            &[C::Entry, C::NotListed, C::Counts],
            "is no file inside images/",
            7,
        ),
        (
            "images without boxes",
            |r| {
                let text = fs::read_to_string(r.join("annotations/test.json")).unwrap();
                write(
                    r,
                    "annotations/test.json",
                    &text
                        .replace("\"image_id\": 7", "\"image_id\": 6")
                        .replace("[10, 5", "[1, 5")
                        .replacen("[1, 5", "[30, 5", 1)
                        .replacen("[20, 5", "[0, 25", 1),
                );
            },
            &[C::NoObjects],
            "1 of 2 images have none",
            8,
        ),
        (
            "no JSON",
            |r| write(r, "annotations/val.json", "{"),
            &[C::LabelFile, C::NotListed, C::ClassWithoutImages, C::Counts],
            "annotations/val.json: it is not valid JSON",
            6,
        ),
        (
            "no list",
            |r| replace(r, "annotations/val.json", "\"images\"", "\"pictures\""),
            &[C::LabelFile, C::NotListed, C::ClassWithoutImages, C::Counts],
            "it has no list \"images\"",
            6,
        ),
        (
            "no file",
            |r| fs::remove_file(r.join("annotations/val.json")).unwrap(),
            &[C::LabelFile, C::NotListed, C::ClassWithoutImages, C::Counts],
            "annotations/val.json: it cannot be read",
            6,
        ),
    ];
    find_all(detection, &[C::NoPatients], defects);
}

/// Puts another box in the place of the first.
fn boxes(root: &Path, bbox: &str) {
    replace(root, "annotations/train.json", "[10, 5, 8, 9]", bbox);
}

#[test]
fn two_tasks_must_agree_on_the_split() {
    let folder = segmentation();
    let boxes = detection();
    manifest(folder.path(), r#"["segmentation", "detection"]"#, r#""background", "a", "b""#);
    fs::rename(boxes.path().join("annotations"), folder.path().join("annotations")).unwrap();
    assert_eq!(checks(&inspect(folder.path())), BTreeSet::new());
    replace(folder.path(), "split.csv", "7.png,test", "7.png,val");
    let inspection = inspect(folder.path());
    assert!(checks(&inspection).contains(&Check::SplitDisagreement), "{:?}", inspection.findings);
}

#[test]
fn folders_of_data_sets_are_opened_and_others_said_to_be_none() {
    let folder = TempDir::new().unwrap();
    for name in ["b", "a"] {
        manifest(&folder.path().join(name), r#""classification""#, r#""a", "b""#);
    }
    fs::create_dir(folder.path().join("notes")).unwrap();
    assert_eq!(data_sets(folder.path()), [folder.path().join("a"), folder.path().join("b")]);
    assert_eq!(data_sets(&folder.path().join("b")), [folder.path().join("b")]);
    let nowhere = folder.path().join("nowhere");
    assert_eq!(data_sets(&nowhere), std::slice::from_ref(&nowhere));
    assert_eq!(checks(&inspect(&nowhere)), [Check::Manifest].into());
}

#[test]
fn the_shared_data_have_no_defect_but_the_known_ones() {
    let Some(root) = data_root() else { return };
    // Three pictures of the copy of PneumoniaMNIST are in train and in val.
    for (set, leaks) in [("pneumoniamnist-sub", 3), ("cxr-lungs", 0), ("vnc-em", 0), ("dsb2018-fluo", 0)] {
        let inspection = inspect(&root.join(set));
        assert_eq!(inspection.count(Severity::Error), leaks, "{set}: {:?}", inspection.findings);
        assert_eq!(inspection.usable(), inspection.catalogue.images.len(), "{set}");
    }
}
