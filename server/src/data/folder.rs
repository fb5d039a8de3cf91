//! A data set folder: `dataset.json`, images, and labels in the plain form of each label type.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use medley_core::dataset::formats::{attribution_csv, coco, labels_csv, mask_png, npz, split_csv};
use medley_core::dataset::{Manifest, Sample, Split, Target, Task, TaskKind, is_non_commercial};
use medley_core::imaging::{DEFAULT_MAX_PIXELS, decode};

use super::{DataError, Item, Label, Source, TaskData};

/// Largest array of an `.npz`, in bytes: `MedMNIST` at 224 pixels stays below.
const MAX_NPZ_BYTES: u64 = 16 << 30;

/// What to take from a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FolderOptions {
    /// [`Task::input_size`] where the manifest names none.
    pub input_size: usize,
    /// Leave out images whose licence forbids commercial use, or is not stated where others are.
    pub commercial_only: bool,
}

impl Default for FolderOptions {
    fn default() -> Self {
        Self { input_size: 256, commercial_only: false }
    }
}

/// An opened data set: its labels are read and checked, its pixels are still on disk.
#[derive(Debug)]
pub struct DataFolder {
    root: PathBuf,
    /// What the data set says about itself.
    pub manifest: Manifest,
    /// Its tasks with their images.
    pub tasks: Vec<TaskData>,
    npz: Option<npz::Npz>,
}

impl DataFolder {
    /// Opens a folder with default options.
    ///
    /// # Errors
    /// See [`DataFolder::open_with`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DataError> {
        Self::open_with(path, FolderOptions::default())
    }

    /// Opens a folder.
    ///
    /// # Errors
    /// When a file is missing or not valid; [`DataError::is_skippable`] ones when the data set is of a kind
    /// that is not supported, or is not licensed as asked for.
    pub fn open_with(path: impl AsRef<Path>, options: FolderOptions) -> Result<Self, DataError> {
        let root = path.as_ref().to_path_buf();
        let manifest_path = root.join("dataset.json");
        let manifest = Manifest::parse(&read(&manifest_path)?)
            .map_err(|source| DataError::Manifest { path: manifest_path, source })?;
        let mut folder = Self { root, manifest, tasks: Vec::new(), npz: None };

        let licenses = folder.licenses()?;
        let whole_license = &folder.manifest.license;
        if options.commercial_only && licenses.is_none() && is_non_commercial(whole_license) {
            let (id, license) = (folder.manifest.id.clone(), whole_license.clone());
            return Err(DataError::NonCommercial { id, license });
        }
        for task in folder.manifest.tasks(options.input_size) {
            let mut data = match task.kind {
                TaskKind::Classification | TaskKind::MultiLabel => folder.classification(task)?,
                TaskKind::Segmentation => folder.segmentation(task)?,
                TaskKind::Detection => folder.detection(task)?,
            };
            if let (true, Some(licenses)) = (options.commercial_only, &licenses) {
                let allowed =
                    |item: &Item| licenses.get(&item.name).is_some_and(|text| !is_non_commercial(text));
                for split in Split::ALL {
                    data.items_mut(split).retain(allowed);
                }
            }
            folder.tasks.push(data);
        }
        Ok(folder)
    }

    /// Reads an image and its label.
    ///
    /// # Errors
    /// When a file cannot be read or decoded, or image and label differ in size.
    pub fn load(&self, item: &Item) -> Result<Sample, DataError> {
        let path = match &item.source {
            Source::File(path) => path.clone(),
            Source::Npz { .. } => self.root.join(&item.name),
        };
        let image = match &item.source {
            Source::File(path) => decode(&read(path)?, DEFAULT_MAX_PIXELS)
                .map_err(|source| DataError::Image { path: path.clone(), source })?,
            Source::Npz { split, index } => self
                .npz
                .as_ref()
                .and_then(|npz| npz.part(*split).image(*index))
                .ok_or_else(|| layout(&path, "this image is not in the .npz of the data set"))?,
        };
        let size = (image.width(), image.height());
        let (target, label_size) = match &item.label {
            Label::Class(class) => (Target::Class(*class), size),
            Label::Boxes { boxes, size } => (Target::Boxes(boxes.clone()), *size),
            Label::MaskFile(file) => {
                let mask = mask_png::parse(&read(file)?, self.manifest.classes.len(), DEFAULT_MAX_PIXELS)
                    .map_err(|source| DataError::Mask { path: file.clone(), source })?;
                let size = (mask.width, mask.height);
                (Target::Mask(mask), size)
            }
        };
        if label_size != size {
            return Err(DataError::Size { path, image: size, label: label_size });
        }
        Ok(Sample { image, target })
    }

    fn classification(&mut self, task: Task) -> Result<TaskData, DataError> {
        let path = self.root.join("labels.csv");
        if !path.is_file() {
            return self.medmnist(task);
        }
        let rows = labels_csv::parse(&read(&path)?, &task.classes)
            .map_err(|source| DataError::Table { path, source })?;
        let mut data = TaskData::new(task);
        for row in rows {
            let item = Item {
                source: Source::File(self.image_file(&row.file)?),
                name: row.file,
                label: Label::Class(row.class),
                patient: row.extra.get("patient").cloned(),
            };
            data.items_mut(row.split).push(item);
        }
        Ok(data)
    }

    fn medmnist(&mut self, task: Task) -> Result<TaskData, DataError> {
        let path = self.only_npz()?;
        let npz = npz::Npz::parse(&read(&path)?, task.classes.len(), MAX_NPZ_BYTES)
            .map_err(|source| DataError::Npz { path: path.clone(), source })?;
        let mut data = TaskData::new(task);
        for split in Split::ALL {
            let classes = npz.part(split).classes().ok_or_else(|| {
                layout(&path, "its images have several classes each; a classification needs one per image")
            })?;
            *data.items_mut(split) = classes
                .iter()
                .enumerate()
                .map(|(index, class)| Item {
                    name: format!("{split}-{index:05}"),
                    source: Source::Npz { split, index },
                    label: Label::Class(*class),
                    patient: None,
                })
                .collect();
        }
        self.npz = Some(npz);
        Ok(data)
    }

    fn segmentation(&self, task: Task) -> Result<TaskData, DataError> {
        let path = self.root.join("split.csv");
        let rows = split_csv::parse(&read(&path)?).map_err(|source| DataError::Table { path, source })?;
        let mut data = TaskData::new(task);
        for row in rows {
            let image = self.image_file(&row.file)?;
            let mask = self.root.join("masks").join(&row.file).with_extension("png");
            if !mask.is_file() {
                return Err(layout(&mask, "this mask is missing; a mask has its image's name"));
            }
            let item = Item {
                source: Source::File(image),
                name: row.file,
                label: Label::MaskFile(mask),
                patient: row.extra.get("patient").cloned(),
            };
            data.items_mut(row.split).push(item);
        }
        Ok(data)
    }

    fn detection(&self, task: Task) -> Result<TaskData, DataError> {
        let mut data = TaskData::new(task);
        for split in Split::ALL {
            let path = self.root.join("annotations").join(format!("{split}.json"));
            let images = coco::parse(&read(&path)?, &data.task.classes)
                .map_err(|source| DataError::Coco { path, source })?;
            for image in images {
                let item = Item {
                    source: Source::File(self.image_file(&image.file)?),
                    name: image.file,
                    label: Label::Boxes { boxes: image.boxes(), size: (image.width, image.height) },
                    patient: None,
                };
                data.items_mut(split).push(item);
            }
        }
        Ok(data)
    }

    /// The path of an image that is there and of a kind that can be read.
    fn image_file(&self, name: &str) -> Result<PathBuf, DataError> {
        let lower = name.to_lowercase();
        let unsupported = [(".dcm", "DICOM images"), (".nii", "NIfTI volumes"), (".nii.gz", "NIfTI volumes")];
        if let Some((_, what)) = unsupported.into_iter().find(|(ending, _)| lower.ends_with(ending)) {
            return Err(DataError::Unsupported { id: self.manifest.id.clone(), what });
        }
        let path = self.root.join("images").join(name);
        if path.is_file() { Ok(path) } else { Err(layout(&path, "this image is listed but missing")) }
    }

    fn only_npz(&self) -> Result<PathBuf, DataError> {
        let io = |source| DataError::Io { path: self.root.clone(), source };
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.root).map_err(io)? {
            let path = entry.map_err(io)?.path();
            if path.extension().is_some_and(|extension| extension == "npz") {
                found.push(path);
            }
        }
        match (found.pop(), found.is_empty()) {
            (Some(path), true) => Ok(path),
            _ => Err(layout(&self.root, "a classification needs a labels.csv or exactly one .npz file")),
        }
    }

    /// The licence of each file, where the data set states one per file.
    fn licenses(&self) -> Result<Option<BTreeMap<String, String>>, DataError> {
        let path = self.root.join("attribution.csv");
        if !path.is_file() {
            return Ok(None);
        }
        let licenses =
            attribution_csv::parse(&read(&path)?).map_err(|source| DataError::Table { path, source })?;
        Ok(Some(licenses))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, DataError> {
    fs::read(path).map_err(|source| DataError::Io { path: path.to_path_buf(), source })
}

fn layout(path: &Path, problem: &str) -> DataError {
    DataError::Layout { path: path.to_path_buf(), problem: problem.to_owned() }
}
