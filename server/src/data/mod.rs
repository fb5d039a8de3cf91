//! Data sets on disk: folders with labels, what they hold, reading it.

mod error;
mod folder;
mod item;

pub use error::DataError;
pub use folder::{DataFolder, FolderOptions};
pub use item::{Item, Label, Source, TaskData};

#[cfg(test)]
mod tests;
