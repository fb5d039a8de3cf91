//! Data sets on disk: folders with labels, reading them, and batches made ahead of training.

mod cache;
mod error;
mod folder;
pub mod inspect;
mod item;
mod prefetch;
mod source;
pub mod statistics;

pub use cache::{CacheBudget, SampleCache};
pub use error::DataError;
pub use folder::{DataFolder, FolderOptions};
pub use item::{Item, Label, Source, TaskData};
pub use prefetch::Prefetch;
pub use source::{BatchOptions, BatchSource};

#[cfg(test)]
mod tests;
