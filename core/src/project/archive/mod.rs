//! The whole project as one zip file: `project.json`, `images/` with the bytes of the files as they were,
//! `labels/` with a PNG per mask (the value of a pixel is the id of its class), `models/`.

mod bundle;
mod read;
mod write;

use thiserror::Error;
use zip::result::ZipError;

pub use bundle::Bundle;
pub use read::ProjectArchive;
pub(in crate::project) use write::plain;
pub use write::write_project;

use super::DocumentError;
use crate::dataset::formats::mask_png::{MaskError, MaskWriteError};

/// The document's name in the file.
const DOCUMENT: &str = "project.json";

/// Why a project cannot be written, or bytes are not one.
#[derive(Debug, Error)]
pub enum ArchiveError {
    /// Not a zip file, or a damaged one.
    #[error("the file is not a readable zip ({0}); it may be incomplete: copy or export it again")]
    Zip(#[from] ZipError),
    /// A zip of something else.
    #[error("the zip has no project.json: it is no project of Medley")]
    NoDocument,
    /// A bad document.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A name that leads out of a folder.
    #[error("the zip has a file named {0:?}, which leads elsewhere; it is not opened")]
    Path(String),
    /// More than this reads.
    #[error("the zip has {0} files, far more than a project has; it is not opened")]
    Files(usize),
    /// A file that would take too much memory.
    #[error("the file {name:?} in the zip is larger than the {limit} bytes that are allowed")]
    TooLarge {
        /// Which one.
        name: String,
        /// Allowed bytes.
        limit: u64,
    },
    /// A file that cannot be unpacked.
    #[error("the file {name:?} in the zip is damaged ({problem}); copy or export the project again")]
    Damaged {
        /// Which one.
        name: String,
        /// Why.
        problem: std::io::Error,
    },
    /// A mask that is none.
    #[error("{name:?} in the zip: {source}")]
    Mask {
        /// Which one.
        name: String,
        /// Why.
        source: MaskError,
    },
    /// A mask that cannot be written.
    #[error(transparent)]
    Write(#[from] MaskWriteError),
    /// An image that the caller does not have.
    #[error("the bytes of the image {0:?} are not there; remove it from the project and add it again")]
    NoImage(String),
}

#[cfg(test)]
mod tests;
