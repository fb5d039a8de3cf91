//! What a project learns: a task and its classes.

use serde::{Deserialize, Serialize};

use super::TaskId;
use crate::dataset::{IGNORE, Task, TaskKind};

/// The name that the background has as a class of the model.
const BACKGROUND: &str = "background";

/// One class of a task. In a segmentation the background is no class of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassInfo {
    /// The value that stands for it in masks, boxes and image labels: 1 to 254, never given to another class of the task.
    pub id: u8,
    /// As people say it.
    pub name: String,
    /// Which colour, as the value given to [`class_color`](crate::dataset::class_color).
    pub colour: u8,
}

/// One task of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectTask {
    /// Unique in the project.
    pub id: TaskId,
    /// As people say it.
    pub name: String,
    /// Segmentation, detection or classification.
    pub kind: TaskKind,
    /// In the order of their buttons, without background.
    pub classes: Vec<ClassInfo>,
    /// The id of the next class to be added.
    pub(super) next_class: u8,
}

impl ProjectTask {
    /// The class with this id.
    pub fn class(&self, id: u8) -> Option<&ClassInfo> {
        self.classes.iter().find(|class| class.id == id)
    }

    /// The model's index of a label. In a mask: 0 for the background, 1 and on for classes; elsewhere from 0. `None`
    /// for unlabelled pixels and classes that were removed.
    pub fn index_of(&self, label: u8) -> Option<usize> {
        let first = usize::from(self.kind == TaskKind::Segmentation);
        if first == 1 && label == 0 {
            return Some(0);
        }
        self.classes.iter().position(|class| class.id == label).map(|index| index + first)
    }

    /// The label of a model's index: the reverse of [`Self::index_of`]. `None` beyond the classes.
    pub fn label_of(&self, index: usize) -> Option<u8> {
        let first = usize::from(self.kind == TaskKind::Segmentation);
        match index.checked_sub(first) {
            None => Some(0),
            Some(position) => self.classes.get(position).map(|class| class.id),
        }
    }

    /// Each value of a mask as it is shown: classes that were removed are unlabelled.
    pub(super) fn known_labels(&self) -> [u8; 256] {
        std::array::from_fn(|label| if self.index_of(label as u8).is_some() { label as u8 } else { IGNORE })
    }

    /// What each value of a mask of labels is for the model; 255 where it is nothing.
    pub fn indices(&self) -> [u8; 256] {
        std::array::from_fn(|label| self.index_of(label as u8).map_or(IGNORE, |index| index as u8))
    }

    /// What each index of a model's mask is as a label; 255 beyond the classes.
    pub fn labels_of(&self) -> [u8; 256] {
        std::array::from_fn(|index| self.label_of(index).unwrap_or(IGNORE))
    }

    /// The names of the classes, without background.
    pub fn class_names(&self) -> Vec<String> {
        self.classes.iter().map(|class| class.name.clone()).collect()
    }

    /// The ids of the classes, without background.
    pub fn class_ids(&self) -> Vec<u8> {
        self.classes.iter().map(|class| class.id).collect()
    }

    /// The task as the model knows it: the same classes by index, in a segmentation after the background.
    /// `modality` and `input_size` as in [`Task`].
    pub fn model_task(&self, modality: &str, input_size: usize) -> Task {
        let background = (self.kind == TaskKind::Segmentation).then(|| BACKGROUND.to_owned());
        Task {
            id: self.model_id(),
            kind: self.kind,
            classes: background.into_iter().chain(self.class_names()).collect(),
            modality: modality.to_owned(),
            input_size,
            instances: None,
            scaling: Vec::new(),
        }
    }

    /// The id that the task has in a model: lower-case letters and digits of its name, and its number, which makes it
    /// unique among the tasks of the project.
    pub fn model_id(&self) -> String {
        let plain: String = self
            .name
            .to_lowercase()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
        let number = self.id.0.to_string();
        let words = words.into_iter().chain(["studio", number.as_str()]);
        words.collect::<Vec<_>>().join("-")
    }
}
