//! Files that hold several pictures: volumes, stacks, and the sheets of packed data sets.

use std::path::{Path, PathBuf};

use medley_core::dataset::{IGNORE, Mask};
use medley_core::imaging::{DEFAULT_MAX_PIXELS, Image, Pixels, Window, decode};

use super::error::read;
use super::pack::PackedSheet;
use super::{DataError, VolumeCache};

/// A file with several pictures, and where its labels are.
#[derive(Debug, PartialEq)]
pub struct VolumeFile {
    key: usize,
    content: Content,
}

#[derive(Debug, PartialEq)]
enum Content {
    Files { image: PathBuf, labels: Option<PathBuf> },
    Sheet(PackedSheet),
}

/// What such a file holds.
#[derive(Debug)]
pub struct Volume {
    /// The pictures as slices, in one window.
    pub image: Image,
    /// A class index for each pixel, slice by slice, where there are masks.
    pub labels: Option<Vec<u8>>,
}

impl VolumeFile {
    /// A volume on disk, with the file of its labels where it has such.
    pub(super) fn new(image: PathBuf, labels: Option<PathBuf>) -> Self {
        Self { key: VolumeCache::new_key(), content: Content::Files { image, labels } }
    }

    /// Pictures in the shard of a packed data set.
    pub(super) fn packed(sheet: PackedSheet) -> Self {
        Self { key: VolumeCache::new_key(), content: Content::Sheet(sheet) }
    }

    /// Unique in this process.
    pub(super) fn key(&self) -> usize {
        self.key
    }

    /// Whether its pictures have masks.
    pub fn has_masks(&self) -> bool {
        match &self.content {
            Content::Files { labels, .. } => labels.is_some(),
            Content::Sheet(sheet) => sheet.has_masks(),
        }
    }

    /// The file that holds the pixels.
    pub fn path(&self) -> &Path {
        match &self.content {
            Content::Files { image, .. } => image,
            Content::Sheet(sheet) => sheet.path(),
        }
    }

    /// Reads and decodes all slices. Labels are indices below `classes`; a `window` replaces the one that
    /// the file proposes.
    pub(super) fn read(&self, classes: usize, window: Option<Window>) -> Result<Volume, DataError> {
        match &self.content {
            Content::Files { image, labels } => {
                let volume = read_volume(image)?;
                let labels = match labels {
                    Some(path) => Some(read_labels(path, image, &volume, classes)?),
                    None => None,
                };
                // Fixed for all slices: left to each slice, an empty one would be noise at full contrast.
                let window = window.unwrap_or_else(|| volume.display_window());
                Ok(Volume { image: volume.with_window(window), labels })
            }
            Content::Sheet(sheet) => sheet.read(classes),
        }
    }
}

impl Volume {
    /// Memory that it takes.
    pub fn bytes(&self) -> usize {
        let pixels = self.image.pixels();
        size_of::<Self>()
            + pixels.len() * pixels.bits() as usize / 8
            + self.labels.as_ref().map_or(0, Vec::len)
    }

    /// The mask of one slice.
    pub fn mask(&self, slice: usize) -> Option<Mask> {
        let (width, height) = (self.image.width(), self.image.height());
        let labels = self.labels.as_ref()?.chunks_exact(width * height).nth(slice)?.to_vec();
        Some(Mask { width, height, labels })
    }

    /// Which slices show any class but the background.
    pub fn labelled_slices(&self) -> Vec<bool> {
        let area = self.image.width() * self.image.height();
        let is_labelled = |slice: &[u8]| slice.iter().any(|label| *label != 0 && *label != IGNORE);
        self.labels.iter().flat_map(|labels| labels.chunks_exact(area).map(is_labelled)).collect()
    }
}

/// Number of slices of the image in a file.
pub(super) fn count_slices(path: &Path) -> Result<usize, DataError> {
    Ok(read_volume(path)?.slices())
}

fn read_volume(path: &Path) -> Result<Image, DataError> {
    decode(&read(path)?, DEFAULT_MAX_PIXELS)
        .map_err(|source| DataError::Image { path: path.to_path_buf(), source })
}

fn read_labels(path: &Path, of: &Path, image: &Image, classes: usize) -> Result<Vec<u8>, DataError> {
    let labels = read_volume(path)?;
    let size = |image: &Image| [image.width(), image.height(), image.slices(), image.channels()];
    if size(&labels)[..3] != size(image)[..3] || labels.channels() != 1 {
        let problem = format!(
            "labels of {:?} columns, rows, slices and channels do not fit the {:?} of {}",
            size(&labels),
            size(image),
            of.display()
        );
        return Err(DataError::layout(path, problem));
    }
    class_indices(labels.pixels(), classes).map_err(|value| {
        let problem = format!(
            "the value {value} is no class: there are {classes} (0 to {}, and 255 for unlabelled); correct \
             the file or the classes in dataset.json",
            classes.saturating_sub(1)
        );
        DataError::layout(path, problem)
    })
}

/// The values as class indices, or the first one that is none.
fn class_indices(pixels: &Pixels, classes: usize) -> Result<Vec<u8>, f32> {
    fn indices<T: Copy + Into<f32>>(values: &[T], classes: usize) -> Result<Vec<u8>, f32> {
        let index = |value: &T| {
            let value: f32 = (*value).into();
            let index = value as u8;
            let is_class = usize::from(index) < classes || index == IGNORE;
            if is_class && f32::from(index) == value { Ok(index) } else { Err(value) }
        };
        values.iter().map(index).collect()
    }
    match pixels {
        Pixels::U8(values) => indices(values, classes),
        Pixels::U16(values) => indices(values, classes),
        Pixels::I16(values) => indices(values, classes),
        Pixels::F32(values) => indices(values, classes),
    }
}
