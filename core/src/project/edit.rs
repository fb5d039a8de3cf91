//! The changes that a person makes.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{EntryId, Patch, Place, Rect, TaskId};
use crate::dataset::{BoxLabel, TaskKind};

/// One change, undone in one go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Edit {
    /// Another name for the project.
    Rename(String),
    /// Images at the end of the list.
    AddEntries(Vec<NewEntry>),
    /// Images and their labels go.
    RemoveEntries(Vec<EntryId>),
    /// Shown and learnt in this window (centre, width); `None` for the file's own.
    Window {
        /// The image.
        entry: EntryId,
        /// Centre and width.
        window: Option<[f32; 2]>,
    },
    /// Kept for the score, or not any more.
    HoldOut {
        /// The images.
        entries: Vec<EntryId>,
        /// Whether they are.
        on: bool,
    },
    /// One more task.
    AddTask(NewTask),
    /// A task goes; its labels are not shown any more.
    RemoveTask(TaskId),
    /// Another name for a task.
    RenameTask {
        /// The task.
        task: TaskId,
        /// Its name.
        name: String,
    },
    /// One more class.
    AddClass {
        /// The task.
        task: TaskId,
        /// Its name.
        name: String,
    },
    /// A class goes; what is labelled with it counts as unlabelled.
    RemoveClass {
        /// The task.
        task: TaskId,
        /// Its id.
        class: u8,
    },
    /// Another name for a class.
    RenameClass {
        /// The task.
        task: TaskId,
        /// Its id.
        class: u8,
        /// Its name.
        name: String,
    },
    /// Another colour for a class.
    RecolourClass {
        /// The task.
        task: TaskId,
        /// Its id.
        class: u8,
        /// As in [`ClassInfo::colour`](super::ClassInfo::colour).
        colour: u8,
    },
    /// New pixels in a mask.
    Paint {
        /// Where.
        at: Place,
        /// What.
        patch: Patch,
    },
    /// Other boxes; `None`: nobody has looked. [`BoxLabel::class`] is the class's id.
    Boxes {
        /// Where.
        at: Place,
        /// All boxes of the slice.
        boxes: Option<Vec<BoxLabel>>,
    },
    /// Another class of an image; `None`: unlabelled.
    Class {
        /// The image.
        entry: EntryId,
        /// The task.
        task: TaskId,
        /// The class's id.
        class: Option<u8>,
    },
    /// All of a slice is labelled, or not any more.
    Complete {
        /// Where.
        at: Place,
        /// Whether it is.
        on: bool,
    },
    /// Several in this order, as one.
    Several(Vec<Edit>),
}

/// An image to be added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewEntry {
    /// The name of its file.
    pub file: String,
    /// Columns, rows, slices.
    pub size: [u32; 3],
    /// 1 or 3.
    pub channels: u8,
    /// Distances of columns, rows and slices in mm.
    pub spacing: Option<[f64; 3]>,
    /// Centre and width.
    pub window: Option<[f32; 2]>,
}

/// A task to be added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewTask {
    /// As people say it.
    pub name: String,
    /// Segmentation, detection or classification.
    pub kind: TaskKind,
    /// Names, without background.
    pub classes: Vec<String>,
}

/// What has changed, to be shown anew and stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// The project's name.
    Name,
    /// Images came or went.
    Entries {
        /// Those that came.
        added: Vec<EntryId>,
        /// Those that went.
        removed: Vec<EntryId>,
    },
    /// Held-out mark or window of these images.
    Marks(Vec<EntryId>),
    /// Tasks or their classes.
    Tasks,
    /// Pixels of a mask; [`Project::patch`](super::Project::patch) gives them.
    Mask {
        /// Where.
        at: Place,
        /// All changed pixels lie in it.
        rect: Rect,
    },
    /// The boxes of a slice.
    Boxes(Place),
    /// The class of an image.
    Class {
        /// The image.
        entry: EntryId,
        /// The task.
        task: TaskId,
    },
    /// The complete mark of a slice.
    Complete(Place),
}

/// Why a change is not possible. The project is as before.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum EditError {
    /// The image is gone.
    #[error("the project has no image number {}", .0.0)]
    NoEntry(EntryId),
    /// The task is gone.
    #[error("the project has no task number {}", .0.0)]
    NoTask(TaskId),
    /// The class is gone.
    #[error("the task {task:?} has no class number {class}; choose one of its classes")]
    NoClass {
        /// The task's name.
        task: String,
        /// The id asked for.
        class: usize,
    },
    /// A label of another kind.
    #[error("the task {0:?} is of another kind and does not take such labels")]
    Kind(String),
    /// Outside of the image.
    #[error("{file:?} has {} x {} pixels and {} slice(s); the label lies outside", size[0], size[1], size[2])]
    Outside {
        /// The image's name.
        file: String,
        /// Columns, rows, slices.
        size: [u32; 3],
    },
    /// A name that says nothing, or one that is taken.
    #[error("the name {0:?} is empty or taken; choose another one")]
    Name(String),
    /// The ids are used up.
    #[error("a task can have 254 classes in its life, and {0:?} has had them; begin a new task")]
    Classes(String),
    /// A size, window or number of channels that no image has.
    #[error("{0:?} cannot be added: its size, channels or window are none of an image")]
    Entry(String),
}
