//! What can be wrong with a data set folder.

use std::path::{Path, PathBuf};

use medley_core::dataset::ManifestError;
use medley_core::dataset::formats::TableError;
use medley_core::dataset::formats::coco::CocoError;
use medley_core::dataset::formats::mask_png::MaskError;
use medley_core::dataset::formats::npz::NpzError;
use medley_core::imaging::ImageError;
use thiserror::Error;

/// Why a data set, or one image of it, cannot be used.
#[derive(Debug, Error)]
pub enum DataError {
    /// Images of one case differ in what is said of the case.
    #[error(
        "{task}: {} and {} are of the case {case}, but have different labels; correct them, or leave `instances` out",
        images[0], images[1]
    )]
    Case {
        /// The task.
        task: String,
        /// The case.
        case: String,
        /// Two of its images.
        images: [String; 2],
    },
    /// A file cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The description is not usable.
    #[error("{}: {source}", path.display())]
    Manifest {
        /// The `dataset.json`.
        path: PathBuf,
        /// Why.
        source: ManifestError,
    },
    /// A CSV file is not usable.
    #[error("{}: {source}", path.display())]
    Table {
        /// The CSV file.
        path: PathBuf,
        /// Why.
        source: TableError,
    },
    /// Annotations are not usable.
    #[error("{}: {source}", path.display())]
    Coco {
        /// The JSON file.
        path: PathBuf,
        /// Why.
        source: CocoError,
    },
    /// A `MedMNIST` file is not usable.
    #[error("{}: {source}", path.display())]
    Npz {
        /// The file.
        path: PathBuf,
        /// Why.
        source: NpzError,
    },
    /// An image does not decode.
    #[error("{}: {source}", path.display())]
    Image {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ImageError,
    },
    /// A mask does not decode.
    #[error("{}: {source}", path.display())]
    Mask {
        /// The file.
        path: PathBuf,
        /// Why.
        source: MaskError,
    },
    /// A label was made for an image of another size.
    #[error("{}: the image has {} x {} pixels, but its label {} x {}; they must be equal",
        path.display(), image.0, image.1, label.0, label.1)]
    Size {
        /// The image.
        path: PathBuf,
        /// (width, height) of the image.
        image: (usize, usize),
        /// (width, height) of the label.
        label: (usize, usize),
    },
    /// A folder lacks what its `dataset.json` promises.
    #[error("{}: {problem}", path.display())]
    Layout {
        /// The file or folder.
        path: PathBuf,
        /// What is missing, and what is expected.
        problem: String,
    },
    /// A task without images.
    #[error("the task {task} has no images in the part that is asked for")]
    Empty {
        /// The task.
        task: String,
    },
    /// The threads of a loader cannot be started.
    #[error("cannot start {threads} threads to read images: {source}")]
    Threads {
        /// How many were wanted.
        threads: usize,
        /// Why.
        source: rayon::ThreadPoolBuildError,
    },
    /// Nothing is left of a data set when only commercially usable images are wanted.
    #[error("the data set {id} is licensed for non-commercial use only ({license}); leave it out")]
    NonCommercial {
        /// The data set.
        id: String,
        /// Its licence.
        license: String,
    },
}

impl DataError {
    /// Whether the data set is sound but outside of what was asked for, so that a caller with many data sets
    /// can go on without it.
    pub fn is_skippable(&self) -> bool {
        matches!(self, Self::NonCommercial { .. })
    }

    /// Something about a file or folder that is not as it must be.
    pub(crate) fn layout(path: &Path, problem: impl Into<String>) -> Self {
        Self::Layout { path: path.to_path_buf(), problem: problem.into() }
    }
}

/// Reads a whole file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, DataError> {
    std::fs::read(path).map_err(|source| DataError::Io { path: path.to_path_buf(), source })
}
