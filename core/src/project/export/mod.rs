//! Labels and predictions as files that other programs read, and back.
//!
//! What is exported is a list of places and what a function says of each: [`target`](super::training::target) for
//! labels, or predictions in the same form, with the model's indices. Files name the class indices in `classes.csv`.

mod archive;
mod classes;
mod found;
mod import;
mod masks;
mod names;
mod objects;
mod tables;

use thiserror::Error;

pub use archive::import_archive;
pub use found::{FoundBox, found_coco, found_table};
pub use import::{ImportError, Imported, import_labels};
pub use masks::{instances_png, masks_nifti, masks_png};
pub use objects::{coco, geojson};
pub use tables::table;

use super::archive::ArchiveError;
use crate::dataset::LabelVolumeError;
use crate::dataset::formats::TableError;
use crate::dataset::formats::coco::CocoError;
use crate::dataset::formats::geojson::GeoJsonError;
use crate::dataset::formats::instance_png::InstancePngError;
use crate::dataset::formats::mask_png::MaskWriteError;
use crate::imaging::ImageError;

/// Why a file cannot be written.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The task is gone, or has no such labels.
    #[error("the task has no labels of this kind; choose another format or task")]
    Kind,
    /// A mask as PNG.
    #[error(transparent)]
    Mask(#[from] MaskWriteError),
    /// Objects as PNG.
    #[error(transparent)]
    Instances(#[from] InstancePngError),
    /// Slices that make no volume.
    #[error(transparent)]
    Volume(#[from] LabelVolumeError),
    /// A volume as `NIfTI`.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// Objects as COCO.
    #[error(transparent)]
    Coco(#[from] CocoError),
    /// Objects as `GeoJSON`.
    #[error(transparent)]
    GeoJson(#[from] GeoJsonError),
    /// A table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// Several files as one.
    #[error(transparent)]
    Bundle(#[from] ArchiveError),
}

#[cfg(test)]
mod tests;
