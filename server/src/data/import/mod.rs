//! Any form of labels into a data set folder.
//!
//! [`Found::look`] reads a source and says what is there, [`assign_splits`] decides on train, val and test where the
//! source does not, [`write()`] makes the folder. Nothing is changed in the source, and nothing overwritten.

mod form;
mod read;
mod split;
mod write;

use std::path::PathBuf;

use medley_core::dataset::formats::coco::CocoObject;
use medley_core::dataset::{Mask, Split, TaskKind};
use thiserror::Error;

pub use form::Form;
pub use split::assign_splits;
pub use write::{Settings, manifest, write};

use super::inspect::Finding;

/// What is known about an image of the source.
#[derive(Clone, Debug, PartialEq)]
pub enum CaseLabel {
    /// Its class.
    Class(usize),
    /// For every class, whether it is present.
    Labels(Vec<bool>),
    /// Its numbers.
    Values(Vec<f32>),
    /// The file with its mask, whose values are class indices.
    MaskFile(PathBuf),
    /// Its mask, of a form that must be converted.
    Mask(Mask),
    /// Its mask as it is stored: an index PNG.
    MaskPng(Vec<u8>),
    /// Its objects, and the (width, height) of the image.
    Objects {
        /// Boxes, with outlines where known.
        objects: Vec<CocoObject>,
        /// (width, height).
        size: (usize, usize),
    },
    /// An `.npz` that holds images and labels of all splits.
    Archive,
}

/// One image of the source.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The image file.
    pub source: PathBuf,
    /// Its name in `images/`.
    pub name: String,
    /// The patient, where known.
    pub patient: Option<String>,
    /// Its part of the data set, where known.
    pub split: Option<Split>,
    /// What is known about it.
    pub label: CaseLabel,
}

/// What a source holds.
#[derive(Clone, Debug)]
pub struct Found {
    /// How it is labelled.
    pub form: Form,
    /// The label type.
    pub kind: TaskKind,
    /// What its objects became, where it has such.
    pub objects: Option<ObjectsAs>,
    /// Class names in index order; for masks the first is the background, for a regression the names of the numbers.
    pub classes: Vec<String>,
    /// Its images that can be used.
    pub cases: Vec<Case>,
    /// What cannot be used.
    pub findings: Vec<Finding>,
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    /// The form, where it shall not be guessed.
    pub form: Option<Form>,
    /// The classes in index order, where they are not to be taken from the source.
    pub classes: Option<Vec<String>>,
    /// The column of a table that names the patient.
    pub patient_column: Option<String>,
    /// The columns of a table with the numbers of a regression.
    pub values: Vec<String>,
    /// What objects shall become: masks where every one has an outline, and else boxes, unless it is said.
    pub objects: Option<ObjectsAs>,
}

/// What outlined objects become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ObjectsAs {
    /// One class per pixel: their outlines, filled.
    Masks,
    /// A box for each.
    Boxes,
}

impl ObjectsAs {
    /// As it is written on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Masks => "masks",
            Self::Boxes => "boxes",
        }
    }
}

/// Why a source cannot be imported.
#[derive(Debug, Error)]
pub enum ImportError {
    /// A file or folder cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No form fits.
    #[error(
        "{}: no labels of a known form are here; expected is one of: {forms}. Name it with --form to hear why \
         it does not fit", path.display()
    )]
    NoForm {
        /// The source.
        path: PathBuf,
        /// The forms there are.
        forms: String,
    },
    /// The source is not what was said.
    #[error("{}: {problem}", path.display())]
    Source {
        /// The file or folder.
        path: PathBuf,
        /// Why, and what to do.
        problem: String,
    },
    /// The classes that are given do not fit those that were found.
    #[error("the source has {found} classes ({names}), but --classes names {given}")]
    Classes {
        /// How many there are.
        found: usize,
        /// Which.
        names: String,
        /// How many are given.
        given: usize,
    },
    /// The target is there already.
    #[error("{} exists and is not empty; nothing is overwritten, so name another folder", .0.display())]
    Exists(PathBuf),
    /// Something that the data set would not be valid with.
    #[error("{0}")]
    Setting(String),
}

impl ImportError {
    fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { path: path.into(), source }
    }

    fn source(path: impl Into<PathBuf>, problem: impl Into<String>) -> Self {
        Self::Source { path: path.into(), problem: problem.into() }
    }
}

#[cfg(test)]
mod tests;
