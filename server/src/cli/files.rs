//! Files that verbs read and write.

use std::path::{Path, PathBuf};
use std::{fs, io};

use medley_core::imaging::{DEFAULT_MAX_PIXELS, Image, ImageError, decode};
use medley_core::weights::WeightsError;
use medley_core::{Medley, PredictError};
use thiserror::Error;

use crate::device::DeviceChoice;
use crate::weights::StateDictError;

/// What can go wrong with a file.
#[derive(Debug, Error)]
pub enum FileError {
    /// It cannot be read.
    #[error("cannot read {}: check the name and your permission", .0.display())]
    Read(PathBuf, #[source] io::Error),
    /// It cannot be written.
    #[error("cannot write {}: check that the folder exists and the disk is not full", .0.display())]
    Write(PathBuf, #[source] io::Error),
    /// It is no model.
    #[error("cannot use {}", path.display())]
    Weights {
        /// The file.
        path: PathBuf,
        /// Why.
        source: WeightsError,
    },
    /// It holds no weights that can be imported.
    #[error(transparent)]
    StateDict(#[from] StateDictError),
    /// It is no image.
    #[error("cannot open {}", path.display())]
    Image {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ImageError,
    },
    /// An image could not be encoded.
    #[error("cannot write {}", path.display())]
    Encode {
        /// The file.
        path: PathBuf,
        /// Why.
        source: image::ImageError,
    },
    /// The model has no answer.
    #[error(transparent)]
    Predict(#[from] PredictError),
}

/// Reads a whole file.
pub fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    fs::read(path).map_err(|e| FileError::Read(path.to_path_buf(), e))
}

/// Writes a whole file.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    fs::write(path, bytes).map_err(|e| FileError::Write(path.to_path_buf(), e))
}

/// Reads and decodes an image.
pub fn read_image(path: &Path) -> Result<Image, FileError> {
    decode(&read(path)?, DEFAULT_MAX_PIXELS)
        .map_err(|source| FileError::Image { path: path.to_path_buf(), source })
}

/// Loads a model onto a device.
pub fn read_model(path: &Path, device: DeviceChoice) -> Result<Medley, FileError> {
    Medley::from_bytes(&read(path)?, &device.open())
        .map_err(|source| FileError::Weights { path: path.to_path_buf(), source })
}
