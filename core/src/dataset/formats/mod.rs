//! Readers and writers of label files, one per format: bytes in, values out, and back.
//!
//! None of them opens a file. Their errors say what is wrong where, and what to do; the caller, who knows
//! the path, puts it in front.

pub mod attribution_csv;
pub mod boxes_csv;
pub mod class_folders;
pub mod coco;
pub mod geojson;
pub mod instance_png;
pub mod labels_csv;
pub mod mask_png;
pub mod multilabel_csv;
pub mod nifti_labels;
mod npy;
pub mod npz;
pub mod split_csv;
mod stored_png;
mod table;
pub mod values_csv;
pub mod voc;
pub mod yolo;

pub use table::TableError;

/// Whether `name` is a file below a data set's own folder: relative, without `..`, so that a label file
/// from elsewhere cannot name files outside of it.
pub(crate) fn is_inside_folder(name: &str) -> bool {
    !name.is_empty()
        && !name.contains(['\\', ':', '\0'])
        && name.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
}
