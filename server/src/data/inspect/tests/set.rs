//! Small sound data sets to plant defects in.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use image::{DynamicImage, GrayImage, Luma};
use medley_core::dataset::sample_seed;
use tempfile::TempDir;

use crate::data::inspect::{Check, Finding, Inspection};

/// The splits of the eight images of every set.
const SPLITS: [&str; 8] = ["train", "train", "train", "train", "val", "val", "test", "test"];

/// Columns and rows of the images.
pub(super) const SIZE: (u32, u32) = (48, 40);

/// A data set in a folder that goes with it. Each method but [`finds`](Self::finds) plants a defect.
pub(super) struct DataSet {
    folder: TempDir,
    /// What is found in it however sound it is.
    always: &'static [Check],
}

/// Images of two classes, in turn: 0.png is a, 1.png is b.
pub(super) fn classification() -> DataSet {
    let rows = SPLITS.iter().zip(0..).map(|(split, index)| {
        let class = ["a", "b"][index % 2];
        format!("{index}.png,{class},{split},p{index}\n")
    });
    let table = format!("file,label,split,patient\n{}", rows.collect::<String>());
    DataSet::new(r#""classification""#, r#""a", "b""#).text("labels.csv", &table)
}

/// Images with any number of two classes, in turn: 0.png is a and b, 1.png is neither.
pub(super) fn multilabel() -> DataSet {
    let rows = SPLITS.iter().zip(0..).map(|(split, index)| {
        let classes = ["a|b", "No Finding"][index % 2];
        format!("{index}.png,{classes},{split},p{index}\n")
    });
    let table = format!("file,label,split,patient\n{}", rows.collect::<String>());
    DataSet::new(r#""multilabel""#, r#""a", "b""#).text("labels.csv", &table)
}

/// Images with masks of a background and two classes.
pub(super) fn segmentation() -> DataSet {
    let rows = SPLITS.iter().zip(0..).map(|(split, index)| format!("{index}.png,{split},p{index}\n"));
    let table = format!("file,split,patient\n{}", rows.collect::<String>());
    let set = DataSet::new(r#""segmentation""#, r#""background", "a", "b""#).text("split.csv", &table);
    (0..SPLITS.len()).fold(set, |set, index| set.picture(&format!("masks/{index}.png"), mask(3)))
}

/// Images with a box of each of two classes.
pub(super) fn detection() -> DataSet {
    let set = ["train", "val", "test"]
        .into_iter()
        .fold(DataSet::new(r#""detection""#, r#""a", "b""#), |set, split| {
            set.text(&format!("annotations/{split}.json"), &coco(split))
        });
    DataSet { always: &[Check::NoPatients], ..set }
}

/// The boxes of a split.
fn coco(split: &str) -> String {
    let own = || (0..SPLITS.len()).filter(|index| SPLITS[*index] == split);
    let image = |i| format!(r#"{{"id": {i}, "file_name": "{i}.png", "width": 48, "height": 40}}"#);
    let boxes = |i| {
        [1, 2].map(|class| {
            let x = 10 * class;
            format!(r#"{{"image_id": {i}, "category_id": {class}, "bbox": [{x}, 5, 8, 9]}}"#)
        })
    };
    format!(
        r#"{{"images": [{}], "annotations": [{}],
            "categories": [{{"id": 1, "name": "a"}}, {{"id": 2, "name": "b"}}]}}"#,
        own().map(image).collect::<Vec<_>>().join(", "),
        own().flat_map(boxes).collect::<Vec<_>>().join(", ")
    )
}

impl DataSet {
    /// A manifest and eight images. `task` and `classes` are in the form of JSON.
    fn new(task: &str, classes: &str) -> Self {
        let set = Self { folder: TempDir::new().unwrap(), always: &[] }.manifest(task, classes);
        (0..SPLITS.len()).fold(set, |set, index| set.picture(&format!("images/{index}.png"), noise(index)))
    }

    pub(super) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn manifest(self, task: &str, classes: &str) -> Self {
        write_manifest(self.root(), task, classes);
        self
    }

    /// Writes a file.
    pub(super) fn text(self, file: &str, text: &str) -> Self {
        fs::write(self.place(file), text).unwrap();
        self
    }

    /// Writes a picture.
    pub(super) fn picture(self, file: &str, picture: impl Into<DynamicImage>) -> Self {
        picture.into().save(self.place(file)).unwrap();
        self
    }

    /// Where a file belongs; its folder is there.
    fn place(&self, file: &str) -> PathBuf {
        let path = self.root().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }

    /// Removes a file.
    pub(super) fn without(self, file: &str) -> Self {
        fs::remove_file(self.root().join(file)).unwrap();
        self
    }

    /// Leaves half of a file.
    pub(super) fn cut(self, file: &str) -> Self {
        let bytes = fs::read(self.root().join(file)).unwrap();
        fs::write(self.root().join(file), &bytes[..bytes.len() / 2]).unwrap();
        self
    }

    /// Replaces a text where it is first found in a file; it must be there.
    #[track_caller]
    pub(super) fn replace(self, file: &str, from: &str, to: &str) -> Self {
        let text = fs::read_to_string(self.root().join(file)).unwrap();
        assert!(text.contains(from), "{file} lacks {from:?}");
        self.text(file, &text.replacen(from, to, 1))
    }

    pub(super) fn inspect(&self) -> Inspection {
        inspect(self.root())
    }

    /// Asserts that just these checks find something, that one of them says `message`, and how many images stay
    /// usable.
    #[track_caller]
    pub(super) fn finds<const N: usize>(&self, expected: [Check; N], message: &str, usable: usize) {
        let inspection = self.inspect();
        let mut found = checks(&inspection);
        found.retain(|check| !self.always.contains(check));
        assert_eq!(found, BTreeSet::from(expected), "{:#?}", inspection.findings);
        let said = |finding: &Finding| format!("{}: {}", finding.file, finding.problem).contains(message);
        assert!(inspection.findings.iter().any(said), "{message:?} in {:#?}", inspection.findings);
        assert_eq!(inspection.usable(), usable);
    }
}

pub(super) fn inspect(root: &Path) -> Inspection {
    Inspection::new(root, |_| {}, || {})
}

/// The checks that found something.
pub(super) fn checks(inspection: &Inspection) -> BTreeSet<Check> {
    inspection.findings.iter().map(|finding| finding.check).collect()
}

/// Writes the `dataset.json` of eight images.
pub(super) fn write_manifest(root: &Path, task: &str, classes: &str) {
    let text = format!(
        r#"{{"id": "set", "modality": "noise", "task": {task}, "classes": [{classes}],
            "license": "CC0-1.0", "splits": {{"train": 4, "val": 2, "test": 2}}}}"#
    );
    fs::create_dir_all(root).unwrap();
    fs::write(root.join("dataset.json"), text).unwrap();
}

/// Grey noise that a seed decides on; no two seeds look alike.
pub(super) fn noise(seed: usize) -> GrayImage {
    let value = |x: u32, y: u32| {
        let cell = sample_seed(seed as u64, u64::from(x / 6), (y / 6) as usize);
        (cell >> 57) as u8 + ((x + y) % 7) as u8
    };
    GrayImage::from_fn(SIZE.0, SIZE.1, |x, y| Luma([value(x, y)]))
}

/// A mask with an object of each class from 1 to `classes - 1`.
pub(super) fn mask(classes: u8) -> GrayImage {
    let value = |x, y| if y < 10 { (x as u8 / 8).min(classes - 1) } else { 0 };
    GrayImage::from_fn(SIZE.0, SIZE.1, |x, y| Luma([value(x, y)]))
}
