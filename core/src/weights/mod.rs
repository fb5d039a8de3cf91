//! The model file, and weights that others trained.

mod arrays;
mod file;
mod metadata;
mod torchvision;

pub use arrays::{Array, Arrays, export, import, read_back};
pub use file::{FloatType, Precision, read, write};
pub use metadata::{ModelMetadata, Provenance, Source};
pub use torchvision::import_swin_v2;

use thiserror::Error;

/// Why a file of weights cannot be used.
#[derive(Debug, Error)]
pub enum WeightsError {
    /// The bytes are not safetensors.
    #[error("this is not a safetensors file, or it is damaged ({0}); download or export it again")]
    Damaged(String),
    /// A safetensors file of something else.
    #[error(
        "this file holds no Medley model: its metadata has no `{0}`; choose a file written by `medley pretrain`"
    )]
    NotAModel(&'static str),
    /// Written by a newer Medley.
    #[error(
        "this model has file format {found}, and this version of Medley reads up to {supported}; update Medley"
    )]
    TooNew {
        /// Format of the file.
        found: u32,
        /// Newest format that this version reads.
        supported: u32,
    },
    /// Metadata that cannot be parsed.
    #[error("the model's metadata `{key}` cannot be read ({reason}); the file is damaged, export it again")]
    Metadata {
        /// The metadata key.
        key: &'static str,
        /// What the parser says.
        reason: String,
    },
    /// A parameter is missing.
    #[error("the file has no weights for `{0}`; it belongs to another architecture or is incomplete")]
    Missing(String),
    /// A parameter has another shape.
    #[error(
        "the weights for `{name}` have shape {found:?} instead of {expected:?}; the file belongs to another architecture"
    )]
    Shape {
        /// The parameter.
        name: String,
        /// What the model needs.
        expected: Vec<usize>,
        /// What the file has.
        found: Vec<usize>,
    },
    /// A tensor of a type that weights are not stored in.
    #[error("the weights for `{name}` are stored as {found}; Medley reads F16, BF16, F32 and F64")]
    Precision {
        /// The tensor.
        name: String,
        /// Its type.
        found: String,
    },
    /// The device could not give the values back.
    #[error("the device could not return the weights ({0}); try again, or use the CPU")]
    Device(String),
}
