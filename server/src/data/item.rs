//! One labelled image, before its pixels are read.

use std::path::PathBuf;

use medley_core::dataset::{BoxLabel, Split, Task};

/// Where the pixels are.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// An image file.
    File(PathBuf),
    /// Picture `index` of a split of the data set's `.npz`.
    Npz {
        /// The split.
        split: Split,
        /// Its position, from 0.
        index: usize,
    },
}

/// What is known about the image; masks stay on disk until they are needed.
#[derive(Clone, Debug, PartialEq)]
pub enum Label {
    /// Its class.
    Class(usize),
    /// The file with its mask.
    MaskFile(PathBuf),
    /// Its objects, and the (width, height) they were drawn on.
    Boxes {
        /// The objects.
        boxes: Vec<BoxLabel>,
        /// (width, height) of the image.
        size: (usize, usize),
    },
}

/// One labelled image of a data set.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Unique in its task: the file name, or split and number in an `.npz`.
    pub name: String,
    /// Where the pixels are.
    pub source: Source,
    /// What is known about them.
    pub label: Label,
    /// The patient, where the data set names one.
    pub patient: Option<String>,
}

/// One task of a data set with its images.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskData {
    /// What is to be learnt.
    pub task: Task,
    /// Images to learn from.
    pub train: Vec<Item>,
    /// Images to watch while learning.
    pub val: Vec<Item>,
    /// Images to report on.
    pub test: Vec<Item>,
}

impl TaskData {
    /// A task without images.
    pub(super) fn new(task: Task) -> Self {
        Self { task, train: Vec::new(), val: Vec::new(), test: Vec::new() }
    }

    /// The images of a split.
    pub fn items(&self, split: Split) -> &[Item] {
        match split {
            Split::Train => &self.train,
            Split::Val => &self.val,
            Split::Test => &self.test,
        }
    }

    pub(super) fn items_mut(&mut self, split: Split) -> &mut Vec<Item> {
        match split {
            Split::Train => &mut self.train,
            Split::Val => &mut self.val,
            Split::Test => &mut self.test,
        }
    }
}
