//! Data sets on disk: folders with labels, reading them, packing them, and batches made ahead of training.

pub mod bench;
mod cache;
mod cases;
pub mod download;
mod error;
mod folder;
pub mod import;
pub mod inspect;
mod item;
pub mod pack;
mod pool;
mod prefetch;
mod records;
mod series;
mod source;
pub mod statistics;
pub mod synthetic;
mod volume;
mod volumes;

pub use cache::{CacheBudget, SampleCache};
pub use cases::cases;
pub use error::DataError;
pub use folder::{DataFolder, FolderOptions};
pub use item::{Item, Label, Source, TaskData};
pub use pool::LoaderPool;
pub use prefetch::Prefetch;
pub use source::{BatchOptions, BatchSource};
pub use volume::{Volume, VolumeFile};
pub use volumes::VolumeCache;

#[cfg(test)]
pub(crate) mod tests;
