//! One labelled picture, before its pixels are read.

use std::path::PathBuf;
use std::sync::Arc;

use medley_core::dataset::{BoxLabel, Scaling, Split, Task, TaskKind};
use rayon::prelude::*;

use super::{DataError, VolumeFile};

/// Where the pixels are.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// An image file with one picture.
    File(PathBuf),
    /// Picture `index` of a split of the data set's `.npz`.
    Npz {
        /// The split.
        split: Split,
        /// Its position, from 0.
        index: usize,
    },
    /// One picture of a file that holds several.
    Slice {
        /// The file.
        volume: Arc<VolumeFile>,
        /// Its position, from 0.
        index: usize,
    },
}

/// What is known about a picture; masks stay on disk until they are needed.
#[derive(Clone, Debug, PartialEq)]
pub enum Label {
    /// Its class.
    Class(usize),
    /// For every class whether it is present.
    Labels(Vec<bool>),
    /// Its numbers, in the order of the task's names.
    Values(Vec<f32>),
    /// The file with its mask.
    MaskFile(PathBuf),
    /// The mask lies beside the picture, in its [`VolumeFile`].
    MaskSlice,
    /// Its objects, and the (width, height) they were drawn on.
    Boxes {
        /// The objects.
        boxes: Vec<BoxLabel>,
        /// (width, height) of the picture.
        size: (usize, usize),
    },
}

/// One labelled picture of a data set: an image, or a slice of a volume.
///
/// Slices of one volume are one case: a split never parts them, and scores can be computed per case.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Unique in its task: the file name (with `#` and the slice, `brain.nii.gz#012`), or split and number in
    /// an `.npz`.
    pub name: String,
    /// Where the pixels are.
    pub source: Source,
    /// What is known about them.
    pub label: Label,
    /// The patient, where the data set names one.
    pub patient: Option<String>,
    /// What belongs together when scores are computed: the volume of a slice; otherwise the patient where
    /// the data set names one, and the picture itself where it does not.
    pub case: String,
    /// The position in its volume along the through-plane axis, from 0.
    pub slice: Option<usize>,
}

impl Item {
    /// Whether two neighbours are slices of one volume. Slices of a volume lie together.
    pub fn is_same_case(&self, other: &Self) -> bool {
        self.slice.is_some() && self.case == other.case
    }

    /// The file as the data set's tables list it: the name without the slice.
    pub fn file(&self) -> &str {
        match (self.slice, self.name.rsplit_once('#')) {
            (Some(_), Some((file, _))) => file,
            _ => &self.name,
        }
    }
}

/// One task of a data set with its pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskData {
    /// What is to be learnt.
    pub task: Task,
    /// Pictures to learn from.
    pub train: Vec<Item>,
    /// Pictures to watch while learning.
    pub val: Vec<Item>,
    /// Pictures to report on.
    pub test: Vec<Item>,
}

impl TaskData {
    /// A task without pictures.
    pub(super) fn new(task: Task) -> Self {
        Self { task, train: Vec::new(), val: Vec::new(), test: Vec::new() }
    }

    /// A task with the pictures of several files, which are looked at by many threads and keep their order.
    pub(super) fn collect(
        task: Task,
        files: impl ParallelIterator<Item = Result<(Split, Vec<Item>), DataError>>,
    ) -> Result<Self, DataError> {
        let mut data = Self::new(task);
        for (split, items) in files.collect::<Result<Vec<_>, _>>()? {
            data.items_mut(split).extend(items);
        }
        Ok(data)
    }

    /// The task with the scaling of its numbers in `items`, where it is a regression.
    pub fn scaled(task: &Task, items: &[Item]) -> Task {
        let mut task = task.clone();
        if task.kind == TaskKind::Regression {
            let numbers = |index: usize| {
                items.iter().filter_map(move |item| match &item.label {
                    Label::Values(values) => values.get(index).copied(),
                    _ => None,
                })
            };
            task.scaling = (0..task.classes.len()).map(|index| Scaling::of(numbers(index))).collect();
        }
        task
    }

    /// The pictures of a split.
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
