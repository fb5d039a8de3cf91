//! The `.npz` of `MedMNIST`: all images and classes of the three splits in one file.
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
            [count, height, width] if is_size(height, width) => (count, height, width, 1),
            [count, height, width, 3] if is_size(height, width) => (count, height, width, 3),
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
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Write;

    use proptest::prelude::*;
    use zip::CompressionMethod;
    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;

    const LIMIT: u64 = 1 << 16;

    fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
        let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
        let mut bytes = b"\x93NUMPY\x01\0".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        bytes
    }

    fn archive(arrays: &[(&str, Vec<u8>)], method: CompressionMethod) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(method);
        for (name, bytes) in arrays {
            zip.start_file(format!("{name}.npy"), options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    /// Two grey images of 3 x 2 in train, one RGB pixel in val, nothing in test.
    fn arrays() -> Vec<(&'static str, Vec<u8>)> {
        vec![
            ("train_images", npy("|u1", "(2, 2, 3)", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])),
            ("train_labels", npy("|u1", "(2, 1)", &[1, 0])),
            ("val_images", npy("|u1", "(1, 1, 1, 3)", &[9, 8, 7])),
            ("val_labels", npy("<i8", "(1,)", &[1, 0, 0, 0, 0, 0, 0, 0])),
            ("test_images", npy("|u1", "(0, 2, 3)", &[])),
            ("test_labels", npy("<i4", "(0, 1)", &[])),
        ]
    }

    #[test]
    fn grey_and_colour_stored_and_deflated() {
        for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
            let npz = Npz::parse(&archive(&arrays(), method), 2, LIMIT).unwrap();
            assert_eq!(npz.part(Split::Train).classes(), [1, 0]);
            let image = npz.part(Split::Train).image(1).unwrap();
            assert_eq!((image.width(), image.height(), image.channels()), (3, 2, 1));
            assert_eq!(image.pixels(), &Pixels::U8(vec![7, 8, 9, 10, 11, 12]));
            assert!(npz.part(Split::Train).image(2).is_none());
            assert_eq!(npz.part(Split::Val).image(0).unwrap().pixels(), &Pixels::U8(vec![9, 8, 7]));
            assert!(npz.part(Split::Test).classes().is_empty());
        }
    }

    #[test]
    fn errors_name_the_array() {
        let refused = |index: usize, array: Option<Vec<u8>>| {
            let mut arrays = arrays();
            match array {
                Some(array) => arrays[index].1 = array,
                None => drop(arrays.remove(index)),
            }
            Npz::parse(&archive(&arrays, CompressionMethod::Stored), 2, LIMIT).unwrap_err().to_string()
        };
        for (index, array, expected) in [
            (2, None, "the array val_images is missing"),
            (1, Some(npy("|u1", "(2, 1)", &[1, 2])), "the array train_labels has the label 2 at 1"),
            (1, Some(npy("|i1", "(2, 1)", &[1, 255])), "the array train_labels has the label -1 at 1"),
            (1, Some(npy("|u1", "(1, 2)", &[1, 0])), "the array train_labels has the shape [1, 2]"),
            (0, Some(npy("<f4", "(2, 2, 3)", &[0; 48])), "the array train_images cannot be used: its form"),
            (0, Some(npy("|u1", "(2, 6)", &[0; 12])), "the array train_images has the shape [2, 6]"),
            (
                4,
                Some(npy("|u1", "(0, 9999999999999, 9999999999999)", &[])),
                "the array test_images has the shape",
            ),
            (0, Some(npy("|u1", "(2, 2, 3)", &[0; 11])), "the array train_images cannot be used: it is cut"),
            (
                0,
                Some(npy("|u1", "(99999, 9, 9)", &[])),
                "the array train_images cannot be used: it has 8099919",
            ),
            (
                0,
                Some(npy("|u1", "(9999999999999999, 9999999999999999, 3)", &[])),
                "the array train_images cannot be used: it has 18446744073709551615 bytes",
            ),
        ] {
            let message = refused(index, array);
            assert!(message.starts_with(expected), "{message}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_not_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Npz::parse(&bytes, 2, LIMIT);
            let mut arrays = arrays();
            arrays[0].1 = [b"\x93NUMPY\x01\0".as_slice(), &bytes].concat();
            prop_assert!(Npz::parse(&archive(&arrays, CompressionMethod::Stored), 2, LIMIT).is_err());
        }

        #[test]
        fn a_changed_or_cut_file_never_panics(
            deflated: bool, changes in prop::collection::vec((0_usize..4000, any::<u8>()), 0..4), cut in 0_usize..4000
        ) {
            let method = if deflated { CompressionMethod::Deflated } else { CompressionMethod::Stored };
            let mut bytes = archive(&arrays(), method);
            for (at, value) in changes {
                let at = at % bytes.len();
                bytes[at] = value;
            }
            bytes.truncate(cut);
            if let Ok(npz) = Npz::parse(&bytes, 2, LIMIT) {
                prop_assert!(npz.part(Split::Train).classes().iter().all(|class| *class < 2));
            }
        }
    }
}
