//! MedMNIST's `.npz`: all images and classes of the three splits in one file.
//!
//! For each split `{split}_images` (`uint8`, `[N, H, W]` grey or `[N, H, W, 3]`) and `{split}_labels`
//! (whole numbers, `[N]` or `[N, 1]`), stored or deflated.

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
    classes: Vec<usize>,
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
    /// Reads all splits; labels are indices below `classes`, no array is larger than `max_bytes`.
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
            [count, height, width] if height * width > 0 => (count, height, width, 1),
            [count, height, width, 3] if height * width > 0 => (count, height, width, 3),
            _ => {
                let needed = "[N, height, width] or [N, height, width, 3]".to_owned();
                return Err(NpzError::Shape { name, shape, needed });
            }
        };
        let pixels = array.into_bytes().map_err(|source| NpzError::Array { name, source })?;

        let (name, array) = labels;
        if !(array.shape == [count] || array.shape == [count, 1]) {
            let needed = format!("[{count}] or [{count}, 1]: one class per image");
            return Err(NpzError::Shape { name, shape: array.shape, needed });
        }
        let labels = array.integers();
        let class_of = |(index, label): (usize, i64)| match usize::try_from(label) {
            Ok(class) if class < classes => Ok(class),
            _ => Err(NpzError::Label { name: name.clone(), label, index, classes }),
        };
        let classes = labels.into_iter().enumerate().map(class_of).collect::<Result<_, _>>()?;
        Ok(Self { width, height, channels, images: pixels, classes })
    }

    /// The class of each image.
    pub fn classes(&self) -> &[usize] {
        &self.classes
    }

    /// Picture number `index`; none beyond the last.
    pub fn image(&self, index: usize) -> Option<Image> {
        let size = self.width * self.height * self.channels;
        let pixels = self.images.chunks_exact(size).nth(index)?;
        Image::new(self.width, self.height, self.channels, Pixels::U8(pixels.to_vec())).ok()
    }
}

fn array(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str, max_bytes: u64) -> Result<Array, NpzError> {
    let file = archive.by_name(&format!("{name}.npy")).map_err(|error| match error {
        ZipError::FileNotFound => NpzError::Missing(name.to_owned()),
        error => NpzError::Archive(error),
    })?;
    Array::read(file, max_bytes).map_err(|source| NpzError::Array { name: name.to_owned(), source })
}
