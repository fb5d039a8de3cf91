//! The project as the page shows it.

use serde::{Deserialize, Serialize};

use super::{EntryId, Score, TaskId, TuneMode};
use crate::worker::messages::TaskKind;

/// The project as the page shows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProjectCard {
    /// Counts the projects that were opened or brought since the Worker began.
    pub generation: u32,
    /// Its name.
    pub name: String,
    /// Its tasks.
    pub tasks: Vec<ProjectTask>,
    /// Its images, in the order in which they came.
    pub entries: Vec<EntryCard>,
    /// There is something to take back.
    pub can_undo: bool,
    /// There is something to make again.
    pub can_redo: bool,
    /// Where it is kept.
    pub storage: StorageState,
}

/// A task of the project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProjectTask {
    /// Its number.
    pub id: TaskId,
    /// Its name.
    pub name: String,
    /// The label type.
    pub kind: TaskKind,
    /// In the order of their buttons, without the background of a segmentation.
    pub classes: Vec<ProjectClass>,
    /// The model has learnt it in this project.
    pub tuned: bool,
    /// It was tuned before that, so that the model before the last tuning is not the pretrained one.
    pub tuned_before: bool,
    /// The model before the last tuning is in use.
    pub uses_base: bool,
    /// Held-out score of the model in use, once measured.
    pub score: Option<Score>,
    /// What it has learnt so far, oldest first.
    pub history: Vec<PastTuning>,
}

/// A fine-tuning that has ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PastTuning {
    /// How much learnt; none where it came with a model's file.
    pub mode: Option<TuneMode>,
    /// When it began, in seconds since 1970 (UTC).
    pub started: u64,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// Steps made.
    pub steps: u32,
    /// Images that it learnt from.
    pub images: u32,
    /// Held-out score afterwards.
    pub score: Option<Score>,
}

/// A class of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectClass {
    /// The value that stands for it in masks, boxes, image labels and predictions: 1 to 254, never given to another
    /// class of the task. In masks 0 is the background.
    pub id: u8,
    /// Its name.
    pub name: String,
    /// Which colour: position in the palette.
    pub colour: u8,
}

/// An image of the project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntryCard {
    /// Its number.
    pub id: EntryId,
    /// Its file's name.
    pub name: String,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Slices; 1 for a picture.
    pub slices: u32,
    /// Values shown as black and white, where somebody chose them.
    pub window: Option<(f32, f32)>,
    /// Kept out of training, to measure on.
    pub held_out: bool,
    /// Per task with a label or a prediction.
    pub tasks: Vec<EntryTask>,
}

/// How far an image is in a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntryTask {
    /// The task.
    pub task: TaskId,
    /// Something is labelled.
    pub labelled: bool,
    /// Marked as complete.
    pub complete: bool,
    /// There is a prediction.
    pub predicted: bool,
    /// How unsure the model is, where it was asked: 0 to 1.
    pub uncertainty: Option<f32>,
    /// Class of the image, where it has one.
    pub class: Option<u8>,
}

/// Where the project is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum StorageState {
    /// Not known yet.
    #[default]
    Opening,
    /// In the browser's storage, as it happens.
    Saved,
    /// Writing.
    Saving,
    /// The browser gives no storage (a private window): in memory alone.
    Refused,
    /// Another tab works on the stored project: in memory alone.
    Elsewhere,
    /// The storage is full: in memory alone until there is room.
    Full,
}
