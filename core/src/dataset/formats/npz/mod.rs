//! The `.npz` of `MedMNIST`: all images and labels of the three splits in one file.
//!
//! For each split `{split}_images` (`uint8`, `[N, H, W]` grey or `[N, H, W, 3]`) and `{split}_labels`
//! (whole numbers, stored as such or as floating point; `[N]` or `[N, 1]`: one class per image, or `[N, L]` of 0 and
//! 1: any of L classes), stored or deflated.

use std::io::Cursor;

use thiserror::Error;
use zip::ZipArchive;
use zip::result::ZipError;

use super::npy::Array;
pub use super::npy::NpyError;
use crate::dataset::Split;
use crate::imaging::{Image, Pixels};

/// The images of all splits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Npz {
    parts: [NpzPart; 3],
}

/// The images of one split, all of one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NpzPart {
    width: usize,
    height: usize,
    channels: usize,
    images: Vec<u8>,
    labels: NpzLabels,
}

/// What is known about each image of a split.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NpzLabels {
    /// The one class of each image.
    Classes(Vec<usize>),
    /// For each image, which of the classes it shows; all or none is possible.
    Flags(Vec<Vec<bool>>),
}

/// Why bytes are not such a file.
#[derive(Debug, Error)]
pub enum NpzError {
    /// Not a zip file.
    #[error("not a readable .npz file ({0}); download it again")]
    Archive(ZipError),
    /// An array is not there.
    #[error("the array {0} is missing; a MedMNIST file has images and labels for train, val and test")]
    Missing(String),
    /// An array is not usable.
    #[error("the array {name} cannot be used: {source}")]
    Array {
        /// Its name.
        name: String,
        /// Why.
        source: NpyError,
    },
    /// An array has another shape.
    #[error("the array {name} has the shape {shape:?}; needed is {needed}")]
    Shape {
        /// Its name.
        name: String,
        /// As found.
        shape: Vec<usize>,
        /// What would do.
        needed: String,
    },
    /// Volumes in place of images.
    #[error(
        "the array {name} holds volumes of the shape {shape:?}; MedMNIST's 3D sets are not supported, use a 2D one"
    )]
    Volumes {
        /// Its name.
        name: String,
        /// As found.
        shape: Vec<usize>,
    },
    /// A value that is neither 0 nor 1, where several classes are possible.
    #[error(
        "the array {name} has the label {label} for image {index}; with several classes per image it must be 0 or 1"
    )]
    Flag {
        /// Its name.
        name: String,
        /// The label.
        label: i64,
        /// The image.
        index: usize,
    },
    /// A label that is no class.
    #[error("the array {name} has the label {label} at {index}, but dataset.json names {classes} classes")]
    Label {
        /// Its name.
        name: String,
        /// The label.
        label: i64,
        /// Its position.
        index: usize,
        /// Number of classes.
        classes: usize,
    },
}

impl Npz {
    /// Reads all splits; labels are indices below `classes`, or 0 and 1 for each of these. No array is larger than
    /// `max_bytes`.
    ///
    /// # Errors
    /// [`NpzError`], naming the array.
    pub fn parse(bytes: &[u8], classes: usize, max_bytes: u64) -> Result<Self, NpzError> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(NpzError::Archive)?;
        let mut part = |split: Split| -> Result<NpzPart, NpzError> {
            let images = format!("{split}_images");
            let labels = format!("{split}_labels");
            let image_array = array(&mut archive, &images, max_bytes)?;
            let label_array = array(&mut archive, &labels, max_bytes)?;
            NpzPart::new((images, image_array), (labels, label_array), classes)
        };
        Ok(Self { parts: [part(Split::Train)?, part(Split::Val)?, part(Split::Test)?] })
    }

    /// The images of one split.
    pub fn part(&self, split: Split) -> &NpzPart {
        match split {
            Split::Train => &self.parts[0],
            Split::Val => &self.parts[1],
            Split::Test => &self.parts[2],
        }
    }
}

impl NpzPart {
    fn new(images: (String, Array), labels: (String, Array), classes: usize) -> Result<Self, NpzError> {
        let (name, array) = images;
        let shape = array.shape.clone();
        let (count, height, width, channels) = match shape[..] {
            [count, height, width] if is_size(height, width) => (count, height, width, 1),
            [count, height, width, 3] if is_size(height, width) => (count, height, width, 3),
            [_, _, height, width] | [_, _, height, width, 1 | 3] if is_size(height, width) => {
                return Err(NpzError::Volumes { name, shape });
            }
            _ => {
                let needed = "[N, height, width] or [N, height, width, 3]".to_owned();
                return Err(NpzError::Shape { name, shape, needed });
            }
        };
        let pixels = array.into_bytes().map_err(|source| NpzError::Array { name, source })?;
        let labels = NpzLabels::new(labels, count, classes)?;
        Ok(Self { width, height, channels, images: pixels, labels })
    }

    /// What is known about each image.
    pub fn labels(&self) -> &NpzLabels {
        &self.labels
    }

    /// The class of each image; `None` if they have several classes each.
    pub fn classes(&self) -> Option<&[usize]> {
        match &self.labels {
            NpzLabels::Classes(classes) => Some(classes),
            NpzLabels::Flags(_) => None,
        }
    }

    /// Picture number `index`; none beyond the last.
    pub fn image(&self, index: usize) -> Option<Image> {
        let size = self.width * self.height * self.channels;
        let pixels = self.images.chunks_exact(size).nth(index)?;
        Image::new(self.width, self.height, self.channels, Pixels::U8(pixels.to_vec())).ok()
    }
}

impl NpzLabels {
    fn new((name, array): (String, Array), count: usize, classes: usize) -> Result<Self, NpzError> {
        let flags = match array.shape[..] {
            [images] | [images, 1] if images == count => false,
            [images, several] if images == count && several == classes => true,
            _ => {
                let needed = format!(
                    "[{count}] or [{count}, 1] (one class per image), \
                     or [{count}, {classes}] (0 or 1 for each class in dataset.json)"
                );
                return Err(NpzError::Shape { name, shape: array.shape, needed });
            }
        };
        let labels = array.integers().map_err(|source| NpzError::Array { name: name.clone(), source })?;
        if flags {
            let flag = |(position, label): (usize, &i64)| match label {
                0 => Ok(false),
                1 => Ok(true),
                _ => Err(NpzError::Flag { name: name.clone(), label: *label, index: position / classes }),
            };
            let flags: Vec<bool> = labels.iter().enumerate().map(flag).collect::<Result<_, _>>()?;
            return Ok(Self::Flags(flags.chunks_exact(classes.max(1)).map(<[bool]>::to_vec).collect()));
        }
        let class_of = |(index, label): (usize, i64)| match usize::try_from(label) {
            Ok(class) if class < classes => Ok(class),
            _ => Err(NpzError::Label { name: name.clone(), label, index, classes }),
        };
        labels.into_iter().enumerate().map(class_of).collect::<Result<_, _>>().map(Self::Classes)
    }
}

/// Whether this can be the size of a picture. An array of no pictures may claim any.
fn is_size(height: usize, width: usize) -> bool {
    (1..=1 << 14).contains(&height) && (1..=1 << 14).contains(&width)
}

fn array(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str, max_bytes: u64) -> Result<Array, NpzError> {
    let file = archive.by_name(&format!("{name}.npy")).map_err(|error| match error {
        ZipError::FileNotFound => NpzError::Missing(name.to_owned()),
        error => NpzError::Archive(error),
    })?;
    Array::read(file, max_bytes).map_err(|source| NpzError::Array { name: name.to_owned(), source })
}

#[cfg(test)]
mod tests;
