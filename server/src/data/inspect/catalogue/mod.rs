//! Everything that a data set folder lists, read leniently: what cannot be used becomes a finding, and the
//! rest is there.
//!
//! The rows and entries themselves are read by the strict readers of `medley_core::dataset::formats`, each
//! on its own, so that nothing passes here which training refuses.

pub(in crate::data) mod coco;
mod manifest;
mod tables;
pub(in crate::data) mod walk;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use medley_core::dataset::formats::npz::Npz;
use medley_core::dataset::{BoxLabel, Manifest, Split, Task, TaskKind};
use medley_core::imaging::dicom::DicomInfo;
use medley_core::imaging::{DEFAULT_MAX_PIXELS, Format, Image, decode};

use super::finding::{Check, Finding};
use crate::data::series::SeriesFolder;

/// Where the pixels of an image are.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// A file, or the folder of a DICOM series.
    File(PathBuf),
    /// Picture `index` of a split of the `.npz`.
    Npz(Split, usize),
}

/// What is said about an image for one task.
#[derive(Clone, Debug, PartialEq)]
pub enum Truth {
    /// Its class.
    Class(usize),
    /// For every class, whether it is present.
    Labels(Vec<bool>),
    /// Its numbers.
    Values(Vec<f32>),
    /// Its mask.
    Mask(PathBuf),
    /// Its objects, and the (width, height) they were drawn on.
    Boxes {
        /// The objects.
        boxes: Vec<BoxLabel>,
        /// (width, height) of the image.
        size: (usize, usize),
    },
}

/// One image of a data set with all that is said about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// The file name, or split and number in an `.npz`.
    pub name: String,
    /// Where the pixels are.
    pub place: Place,
    /// The part of the data set; none where no label file names it.
    pub split: Option<Split>,
    /// The patient, where stated.
    pub patient: Option<String>,
    /// Task (as an index into [`Catalogue::tasks`]) and label.
    pub truths: Vec<(usize, Truth)>,
}

/// An image that was read.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its pixels.
    pub pixels: Image,
    /// The patient that DICOM files name.
    pub patient: Option<String>,
    /// What is wrong with a series although it can be read.
    pub problems: Vec<String>,
}

/// A data set folder as far as it can be used.
#[derive(Debug)]
pub struct Catalogue {
    /// The folder.
    pub root: PathBuf,
    /// Its description; none where that cannot be used.
    pub manifest: Option<Manifest>,
    /// Its tasks.
    pub tasks: Vec<Task>,
    /// Its images, in the order in which they are listed.
    pub images: Vec<Listed>,
    npz: Option<Npz>,
}

impl Catalogue {
    /// Reads all that a folder lists.
    pub fn read(root: &Path) -> (Self, Vec<Finding>) {
        let mut findings = Vec::new();
        let manifest = manifest::read(root, &mut findings);
        let tasks = manifest.as_ref().map(|manifest| manifest.tasks(256)).unwrap_or_default();
        let catalogue = Self { root: root.to_path_buf(), manifest, tasks, images: Vec::new(), npz: None };
        let mut reader = Reader { catalogue, findings, places: HashMap::new() };
        for index in 0..reader.catalogue.tasks.len() {
            match reader.catalogue.tasks[index].kind {
                TaskKind::Classification | TaskKind::MultiLabel => reader.classification(index),
                TaskKind::Segmentation => reader.segmentation(index),
                TaskKind::Detection => reader.detection(index),
                TaskKind::Regression => reader.regression(index),
            }
        }
        reader.licenses();
        reader.unlisted();
        (reader.catalogue, reader.findings)
    }

    /// The name of the data set: its id, or that of its folder.
    pub fn id(&self) -> String {
        match &self.manifest {
            Some(manifest) => manifest.id.clone(),
            None => self.root.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        }
    }

    /// Reads the pixels of an image.
    ///
    /// # Errors
    /// The reason, where it cannot be read.
    pub fn pixels(&self, image: &Listed) -> Result<Image, String> {
        self.open(image).map(|opened| opened.pixels)
    }

    /// Reads the pixels of an image, and what DICOM files say beside.
    ///
    /// # Errors
    /// The reason, where it cannot be read.
    pub fn open(&self, image: &Listed) -> Result<Opened, String> {
        let plain = |pixels| Opened { pixels, patient: None, problems: Vec::new() };
        let named = |patient: Option<String>| patient.filter(|id| !id.trim().is_empty());
        match &image.place {
            Place::File(path) if path.is_dir() => {
                let series = SeriesFolder::open(path).map_err(|error| error.to_string())?;
                let pixels = series.decode().map_err(|error| error.to_string())?;
                Ok(Opened { pixels, patient: named(series.patient()), problems: series.problems() })
            }
            Place::File(path) => {
                let bytes = fs::read(path).map_err(|error| error.to_string())?;
                let pixels = decode(&bytes, DEFAULT_MAX_PIXELS).map_err(|error| error.to_string())?;
                let dicom = pixels.origin().format == Format::Dicom;
                let info = if dicom { DicomInfo::read(&bytes).ok() } else { None };
                Ok(Opened { patient: named(info.and_then(|info| info.patient_id)), ..plain(pixels) })
            }
            Place::Npz(split, index) => self
                .npz
                .as_ref()
                .and_then(|npz| npz.part(*split).image(*index))
                .map(plain)
                .ok_or_else(|| "it is not in the .npz file".to_owned()),
        }
    }

    /// A path below the folder, as people write it.
    pub fn relative(&self, path: &Path) -> String {
        let inside = path.strip_prefix(&self.root).unwrap_or(path);
        inside.to_string_lossy().replace('\\', "/")
    }

    /// How a finding names an image.
    pub fn file_of(&self, image: &Listed) -> String {
        match &image.place {
            Place::File(path) => self.relative(path),
            Place::Npz(..) => image.name.clone(),
        }
    }
}

/// A catalogue that is being read.
struct Reader {
    catalogue: Catalogue,
    findings: Vec<Finding>,
    /// Positions of images by name.
    places: HashMap<String, usize>,
}

impl Reader {
    fn find(&mut self, check: Check, file: impl Into<String>, problem: impl Into<String>) {
        self.findings.push(Finding::new(check, file, problem));
    }

    /// The bytes of a label file, which must be there.
    fn label_file(&mut self, name: &str) -> Option<Vec<u8>> {
        match fs::read(self.catalogue.root.join(name)) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                self.find(Check::LabelFile, name, format!("it cannot be read: {error}"));
                None
            }
        }
    }

    /// Adds what a task says about an image.
    fn add(&mut self, name: &str, split: Split, patient: Option<String>, task: usize, truth: Truth) {
        let file = format!("images/{name}");
        let patient = patient.filter(|patient| !patient.is_empty());
        if let Some(place) = self.places.get(name) {
            let known = &mut self.catalogue.images[*place];
            known.truths.push((task, truth));
            known.patient = known.patient.take().or(patient);
            if let Some(other) = known.split.filter(|other| *other != split) {
                self.find(
                    Check::SplitDisagreement,
                    file,
                    format!("in {other} for one task, in {split} for another"),
                );
            }
            return;
        }
        let path = self.catalogue.root.join("images").join(name);
        if !path.exists() {
            self.find(Check::MissingImage, file, format!("it is listed in {split}, but not there"));
            return;
        }
        self.places.insert(name.to_owned(), self.catalogue.images.len());
        self.catalogue.images.push(Listed {
            name: name.to_owned(),
            place: Place::File(path),
            split: Some(split),
            patient,
            truths: vec![(task, truth)],
        });
    }
}
