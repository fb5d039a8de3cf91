//! Names that never change.

use serde::{Deserialize, Serialize};

/// An image of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(pub u32);

/// A task of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskId(pub u32);

/// Where a label is: a slice of an image, for one task. Pictures have the slice 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The image.
    pub entry: EntryId,
    /// The task.
    pub task: TaskId,
    /// From 0.
    pub slice: u32,
}
