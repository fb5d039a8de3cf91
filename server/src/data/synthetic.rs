//! The built-in pictures as data set folders: examples of every label form, data for tests, and a first
//! training without a download.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use image::ImageError;
use medley_core::dataset::formats::mask_png;
use medley_core::dataset::formats::values_csv::{self, ValueRow};
use medley_core::dataset::{BoxLabel, Sample, Split, Target, Task, TaskKind, sample_seed};
use medley_core::imaging::Pixels;
use medley_core::synth;
use rayon::prelude::*;
use serde_json::{Value, json};

use super::DataError;
use super::pack::Encoding;

/// What to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SynthOptions {
    /// Pictures of each data set, at least 3; about 70 % are for training, the rest is halved.
    pub images: usize,
    /// Seed of all pictures.
    pub seed: u64,
    /// Longest side of a picture.
    pub size: usize,
    /// How the pictures are stored.
    pub encoding: Encoding,
}

impl Default for SynthOptions {
    fn default() -> Self {
        Self { images: 200, seed: 0, size: 192, encoding: Encoding::Lossless }
    }
}

/// Writes each [built-in task](synth::tasks) into a new folder `out/ID` and returns the folders. The same
/// options give the same bytes.
///
/// # Errors
/// When a folder is there already or cannot be written.
pub fn write_synthetic(out: &Path, options: SynthOptions) -> Result<Vec<PathBuf>, DataError> {
    synth::tasks().iter().map(|task| write_task(task, out, options)).collect()
}

/// As [`write_synthetic`], for one task.
pub(super) fn write_task(task: &Task, out: &Path, options: SynthOptions) -> Result<PathBuf, DataError> {
    let root = out.join(&task.id);
    if root.exists() {
        return Err(DataError::layout(
            &root,
            "this folder is there already; remove it or choose another --out",
        ));
    }
    let images = options.images.max(3);
    let pictures: Vec<Picture> = (0..images)
        .into_par_iter()
        .map(|index| Picture::draw(task, index, images, options, &root))
        .collect::<Result<_, _>>()?;

    let counts = Split::ALL.map(|split| (split, pictures.iter().filter(|p| p.split == split).count()));
    let manifest = json!({
        "id": task.id,
        "modality": task.modality,
        "task": task.kind,
        "classes": task.classes,
        "license": "MIT OR Apache-2.0",
        "source": format!("drawn by medley data synth, seed {}", options.seed),
        "splits": counts.into_iter().collect::<BTreeMap<_, _>>(),
    });
    write(&root.join("dataset.json"), format!("{manifest:#}\n").as_bytes())?;
    match task.kind {
        TaskKind::Classification | TaskKind::MultiLabel => {
            let name = |picture: &Picture| match &picture.target {
                Target::Class(class) => task.classes.get(*class).cloned().unwrap_or_default(),
                _ => String::new(),
            };
            let mut table = "file,label,split\n".to_owned();
            for picture in &pictures {
                // Writing to a string cannot fail.
                let _ = writeln!(table, "{},{},{}", picture.file, name(picture), picture.split);
            }
            write(&root.join("labels.csv"), table.as_bytes())?;
        }
        TaskKind::Regression => {
            let row = |picture: &Picture| {
                let Target::Values(values) = &picture.target else { return None };
                let (file, values) = (picture.file.clone(), values.clone());
                Some(ValueRow { file, values, split: picture.split, extra: BTreeMap::new() })
            };
            let rows: Vec<ValueRow> = pictures.iter().filter_map(row).collect();
            let path = root.join("labels.csv");
            let table = values_csv::write(&rows, &task.classes);
            write(&path, &table.map_err(|source| DataError::Table { path: path.clone(), source })?)?;
        }
        TaskKind::Segmentation => {
            let mut table = "file,split\n".to_owned();
            for picture in &pictures {
                let _ = writeln!(table, "{},{}", picture.file, picture.split);
            }
            write(&root.join("split.csv"), table.as_bytes())?;
        }
        TaskKind::Detection => {
            for split in Split::ALL {
                let document = coco(task, pictures.iter().filter(|picture| picture.split == split));
                let path = root.join("annotations").join(format!("{split}.json"));
                write(&path, format!("{document:#}\n").as_bytes())?;
            }
        }
    }
    Ok(root)
}

/// A picture that was drawn and stored, with what is left to store.
struct Picture {
    file: String,
    split: Split,
    size: (usize, usize),
    target: Target,
}

impl Picture {
    fn draw(
        task: &Task,
        index: usize,
        count: usize,
        options: SynthOptions,
        root: &Path,
    ) -> Result<Self, DataError> {
        let seed = sample_seed(options.seed, 0, index);
        let drawn = synth::generate(&task.id, seed, options.size);
        let Sample { image, target } = drawn.ok_or_else(|| DataError::Empty { task: task.id.clone() })?;
        let size = (image.width(), image.height());
        let file = format!("{index:05}.{}", options.encoding.extension());
        let path = root.join("images").join(&file);
        let failed = |text: String| DataError::layout(&path, format!("not encoded: {text}"));
        let Pixels::U8(values) = image.pixels() else {
            return Err(failed("it has more than 8 bits".to_owned()));
        };
        let bytes = options.encoding.encode(values, size, image.channels());
        write(&path, &bytes.map_err(|error: ImageError| failed(error.to_string()))?)?;
        if let Target::Mask(mask) = &target {
            let bytes = mask_png::write_colored(mask).map_err(|error| failed(error.to_string()))?;
            write(&root.join("masks").join(&file).with_extension("png"), &bytes)?;
        }
        Ok(Self { file, split: split(index, count), size, target })
    }
}

/// The first 70 % are for training, half of the rest for validation; no part is empty.
fn split(index: usize, count: usize) -> Split {
    let val = count.saturating_sub(count * 3 / 20).saturating_sub(1).max(2);
    let train = (count * 7 / 10).clamp(1, val - 1);
    match index {
        index if index < train => Split::Train,
        index if index < val => Split::Val,
        _ => Split::Test,
    }
}

fn coco<'a>(task: &Task, pictures: impl Iterator<Item = &'a Picture>) -> Value {
    let (mut images, mut annotations) = (Vec::new(), Vec::new());
    for (id, picture) in (1..).zip(pictures) {
        let (width, height) = picture.size;
        images.push(json!({ "id": id, "file_name": picture.file, "width": width, "height": height }));
        let Target::Boxes(boxes) = &picture.target else { continue };
        for BoxLabel { x0, y0, x1, y1, class } in boxes {
            annotations.push(json!({
                "id": annotations.len() + 1,
                "image_id": id,
                "category_id": class + 1,
                "bbox": [x0, y0, x1 - x0, y1 - y0],
                "area": (x1 - x0) * (y1 - y0),
                "iscrowd": 0,
            }));
        }
    }
    let category = |(id, name): (usize, &String)| json!({ "id": id, "name": name });
    let categories: Vec<Value> = (1..).zip(&task.classes).map(category).collect();
    json!({ "images": images, "annotations": annotations, "categories": categories })
}

fn write(path: &Path, content: &[u8]) -> Result<(), DataError> {
    let io = |source| DataError::Io { path: path.to_path_buf(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(io)?;
    }
    fs::write(path, content).map_err(io)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::data::DataFolder;

    #[test]
    fn every_part_has_a_picture_and_most_are_for_training() {
        for (count, expected) in [(3, [1, 1, 1]), (4, [2, 1, 1]), (20, [14, 2, 4]), (200, [140, 29, 31])] {
            let of = |wanted| (0..count).filter(|index| split(*index, count) == wanted).count();
            assert_eq!(Split::ALL.map(of), expected, "{count}");
        }
    }

    #[test]
    fn all_built_in_tasks_open_again_with_the_labels_they_were_drawn_with() {
        let out = tempfile::tempdir().unwrap();
        let options = SynthOptions { images: 5, size: 64, seed: 3, ..SynthOptions::default() };
        let folders = write_synthetic(out.path(), options).unwrap();
        assert_eq!(folders.len(), synth::tasks().len());
        for (path, task) in folders.iter().zip(synth::tasks()) {
            let folder = DataFolder::open(path).unwrap();
            let data = &folder.tasks[0];
            assert_eq!(
                (&data.task.id, data.task.kind, &data.task.classes),
                (&task.id, task.kind, &task.classes)
            );
            let items: Vec<_> = Split::ALL.into_iter().flat_map(|split| data.items(split)).collect();
            assert_eq!(items.len(), 5);
            for (index, item) in items.into_iter().enumerate() {
                let expected = synth::generate(&task.id, sample_seed(3, 0, index), 64).unwrap();
                let found = folder.load(item).unwrap();
                assert_eq!(found.image.pixels(), expected.image.pixels());
                match (found.target, expected.target) {
                    (Target::Boxes(found), Target::Boxes(expected)) => {
                        assert_eq!(found.len(), expected.len());
                        for (a, b) in found.iter().zip(&expected) {
                            assert!((a.x0 - b.x0).abs() < 1e-3 && (a.y1 - b.y1).abs() < 1e-3);
                            assert_eq!(a.class, b.class);
                        }
                    }
                    (found, expected) => assert_eq!(found, expected),
                }
            }
        }
        let again = write_synthetic(out.path(), options).unwrap_err().to_string();
        assert!(again.contains("there already"), "{again}");
    }
}
