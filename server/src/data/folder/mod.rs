//! A data set folder: `dataset.json`, images, and labels in the plain form of each label type.

mod classification;
mod detection;
mod pictures;
mod regression;
mod segmentation;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use medley_core::dataset::formats::{attribution_csv, mask_png, npz};
use medley_core::dataset::{Manifest, Sample, Split, Target, Task, TaskKind, is_non_commercial};
use medley_core::imaging::{DEFAULT_MAX_PIXELS, Image, decode};

use super::error::read;
use super::{DataError, Item, Label, Source, TaskData, VolumeCache, VolumeFile, pack};

pub(super) use pictures::label_files;

/// Memory for decoded volumes where nothing else is said.
const VOLUME_BYTES: usize = 512 << 20;

/// What to take from a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FolderOptions {
    /// [`Task::input_size`] where the manifest names none.
    pub input_size: usize,
    /// Leave out images whose licence forbids commercial use, or is not stated where others are.
    pub commercial_only: bool,
    /// Leave out slices of training volumes in which nothing but background is labelled. Every label file of
    /// the training part is read for it when the folder is opened.
    pub skip_empty_slices: bool,
    /// [`Task::instances`] of the tasks whose labels are of whole images.
    pub instances: Option<NonZeroUsize>,
}

impl Default for FolderOptions {
    fn default() -> Self {
        Self { input_size: 256, commercial_only: false, skip_empty_slices: false, instances: None }
    }
}

/// An opened data set: its labels are read and checked, its pixels are still on disk.
///
/// An image with several slices (a `NIfTI` or multi-frame DICOM volume, a TIFF stack, the folder of a DICOM series) becomes one
/// [`Item`] per slice across its through-plane axis; all slices are in the part to which the file belongs.
#[derive(Debug)]
pub struct DataFolder {
    root: PathBuf,
    /// What the data set says about itself.
    pub manifest: Manifest,
    /// Its tasks with their images.
    pub tasks: Vec<TaskData>,
    npz: Option<npz::Npz>,
    volumes: Arc<VolumeCache>,
}

impl DataFolder {
    /// Opens a folder with default options.
    ///
    /// # Errors
    /// See [`DataFolder::open_with`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DataError> {
        Self::open_with(path, FolderOptions::default())
    }

    /// Opens a folder, packed or not.
    ///
    /// # Errors
    /// When a file is missing or not valid; [`DataError::is_skippable`] ones when the data set is not
    /// licensed as asked for.
    pub fn open_with(path: impl AsRef<Path>, options: FolderOptions) -> Result<Self, DataError> {
        let root = path.as_ref().to_path_buf();
        let manifest_path = root.join("dataset.json");
        let manifest = Manifest::parse(&read(&manifest_path)?)
            .map_err(|source| DataError::Manifest { path: manifest_path, source })?;
        let volumes = VolumeCache::new(VOLUME_BYTES);
        let mut folder = Self { root, manifest, tasks: Vec::new(), npz: None, volumes };

        let licenses = folder.licenses()?;
        let whole_license = &folder.manifest.license;
        if options.commercial_only && licenses.is_none() && is_non_commercial(whole_license) {
            let (id, license) = (folder.manifest.id.clone(), whole_license.clone());
            return Err(DataError::NonCommercial { id, license });
        }
        let tasks = folder.manifest.tasks(options.input_size);
        folder.tasks = if pack::is_packed(&folder.root) {
            pack::open(&folder.root, tasks)?
        } else {
            tasks.into_iter().map(|task| folder.labelled(task)).collect::<Result<_, _>>()?
        };
        if let (true, Some(licenses)) = (options.commercial_only, &licenses) {
            let allowed =
                |item: &Item| licenses.get(item.file()).is_some_and(|text| !is_non_commercial(text));
            for data in &mut folder.tasks {
                for split in Split::ALL {
                    data.items_mut(split).retain(allowed);
                }
            }
        }
        if options.instances.is_some() && !folder.tasks.iter().any(|data| data.task.kind.is_of_whole_images())
        {
            let problem =
                "`instances` is for labels of whole cases, and this data set has none; leave it out";
            return Err(DataError::layout(&folder.root, problem));
        }
        for data in &mut folder.tasks {
            if data.task.kind.is_of_whole_images() {
                data.task.instances = options.instances;
            }
            data.task = TaskData::scaled(&data.task, &data.train);
        }
        if options.skip_empty_slices {
            folder.skip_empty_slices()?;
        }
        Ok(folder)
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The same folder, keeping its decoded volumes in `volumes`, so that several folders share one limit.
    pub fn sharing(self, volumes: Arc<VolumeCache>) -> Self {
        Self { volumes, ..self }
    }

    /// Reads an image and its label.
    ///
    /// # Errors
    /// When a file cannot be read or decoded, or image and label differ in size.
    pub fn load(&self, item: &Item) -> Result<Sample, DataError> {
        let (path, image, mask) = match &item.source {
            Source::File(path) => (path.clone(), self.picture(path)?, None),
            Source::Npz { split, index } => {
                let path = self.root.join(&item.name);
                let image = self.npz.as_ref().and_then(|npz| npz.part(*split).image(*index));
                let missing = || DataError::layout(&path, "this image is not in the .npz of the data set");
                let image = image.ok_or_else(missing)?;
                (path, image, None)
            }
            Source::Slice { volume: file, index } => {
                let path = file.path().to_path_buf();
                let volume = self.volume(file)?;
                let missing = || DataError::layout(&path, format!("{} is not in this file", item.name));
                (path.clone(), volume.image.slice(*index).ok_or_else(missing)?, volume.mask(*index))
            }
        };
        let size = (image.width(), image.height());
        let (target, label_size) = match &item.label {
            Label::Class(class) => (Target::Class(*class), size),
            Label::Labels(labels) => (Target::Labels(labels.clone()), size),
            Label::Values(values) => (Target::Values(values.clone()), size),
            Label::Boxes { boxes, size } => (Target::Boxes(boxes.clone()), *size),
            Label::MaskFile(file) => {
                let mask = mask_png::parse(&read(file)?, self.manifest.classes.len(), DEFAULT_MAX_PIXELS)
                    .map_err(|source| DataError::Mask { path: file.clone(), source })?;
                let size = (mask.width, mask.height);
                (Target::Mask(mask), size)
            }
            Label::MaskSlice => {
                let missing = || DataError::layout(&path, format!("{} has no mask in this file", item.name));
                (Target::Mask(mask.ok_or_else(missing)?), size)
            }
        };
        if label_size != size {
            return Err(DataError::Size { path, image: size, label: label_size });
        }
        Ok(Sample { image, target })
    }

    fn labelled(&mut self, task: Task) -> Result<TaskData, DataError> {
        match task.kind {
            TaskKind::Classification | TaskKind::MultiLabel => self.classification(task),
            TaskKind::Segmentation => self.segmentation(task),
            TaskKind::Detection => self.detection(task),
            TaskKind::Regression => self.regression(task),
        }
    }

    fn picture(&self, path: &Path) -> Result<Image, DataError> {
        let image = decode(&read(path)?, DEFAULT_MAX_PIXELS)
            .map_err(|source| DataError::Image { path: path.to_path_buf(), source })?;
        Ok(match self.manifest.window {
            Some(window) => image.with_window(window.0),
            None => image,
        })
    }

    fn volume(&self, file: &VolumeFile) -> Result<Arc<super::Volume>, DataError> {
        let window = self.manifest.window.map(|window| window.0);
        self.volumes.get(file.key(), || file.read(self.manifest.classes.len(), window))
    }

    fn skip_empty_slices(&mut self) -> Result<(), DataError> {
        let mut tasks = std::mem::take(&mut self.tasks);
        for data in tasks.iter_mut().filter(|data| data.task.kind == TaskKind::Segmentation) {
            let mut kept = Vec::with_capacity(data.train.len());
            for item in data.train.drain(..) {
                let is_labelled = match (&item.source, item.slice) {
                    (Source::Slice { volume, index }, Some(_)) => {
                        self.volume(volume)?.labelled_slices().get(*index).copied().unwrap_or(true)
                    }
                    _ => true,
                };
                if is_labelled {
                    kept.push(item);
                }
            }
            data.train = kept;
        }
        self.tasks = tasks;
        Ok(())
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
