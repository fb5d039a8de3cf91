//! An image of the project and its labels, masks apart.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{EntryId, TaskId};
use crate::dataset::BoxLabel;

/// One image of the project. Its bytes live outside, under its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Unique in the project.
    pub id: EntryId,
    /// The name of its file, as it was added.
    pub file: String,
    /// Columns, rows, slices.
    pub size: [u32; 3],
    /// 1 (grey) or 3 (RGB).
    pub channels: u8,
    /// Distances of columns, rows and slices in mm, where the file says.
    pub spacing: Option<[f64; 3]>,
    /// The window in which it is shown and learnt: centre and width.
    pub window: Option<[f32; 2]>,
    /// It is not learnt from, but kept for the score.
    pub held_out: bool,
    /// Tasks and slices whose pixels or objects are all labelled; unlabelled pixels are background there.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub complete: BTreeSet<(TaskId, u32)>,
    /// Its objects, by task and slice; an empty list says that there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub boxes: Vec<BoxesLabel>,
    /// Its class (id) for each classification task.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub classes: BTreeMap<TaskId, u8>,
    /// Which predictions there are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub predictions: Vec<PredictionState>,
}

/// The boxes of one slice. [`BoxLabel::class`] is the class's id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoxesLabel {
    /// The task.
    pub task: TaskId,
    /// From 0.
    pub slice: u32,
    /// In pixels.
    pub boxes: Vec<BoxLabel>,
}

/// A prediction that the caller stores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PredictionState {
    /// The task.
    pub task: TaskId,
    /// From 0.
    pub slice: u32,
    /// The tuning run whose model made it; `None` for the model that was opened.
    pub run: Option<u32>,
    /// How unsure the model is, from 0 to 1.
    pub uncertainty: Option<f32>,
}

impl Entry {
    /// The boxes of a slice; `None` where nobody has looked.
    pub fn boxes_at(&self, task: TaskId, slice: u32) -> Option<&[BoxLabel]> {
        let label = self.boxes.iter().find(|label| (label.task, label.slice) == (task, slice))?;
        Some(&label.boxes)
    }

    /// The prediction of a slice.
    pub fn prediction(&self, task: TaskId, slice: u32) -> Option<&PredictionState> {
        self.predictions.iter().find(|state| (state.task, state.slice) == (task, slice))
    }

    /// Pixels of a slice.
    pub fn area(&self) -> usize {
        self.size[0] as usize * self.size[1] as usize
    }

    /// Replaces the boxes of a slice and returns those before. The list stays sorted.
    pub(super) fn swap_boxes(
        &mut self,
        task: TaskId,
        slice: u32,
        boxes: Option<Vec<BoxLabel>>,
    ) -> Option<Vec<BoxLabel>> {
        let found = self.boxes.binary_search_by_key(&(task, slice), |label| (label.task, label.slice));
        match (found, boxes) {
            (Ok(index), Some(boxes)) => {
                self.boxes.get_mut(index).map(|label| std::mem::replace(&mut label.boxes, boxes))
            }
            (Ok(index), None) => Some(self.boxes.remove(index).boxes),
            (Err(index), Some(boxes)) => {
                self.boxes.insert(index, BoxesLabel { task, slice, boxes });
                None
            }
            (Err(_), None) => None,
        }
    }
}
