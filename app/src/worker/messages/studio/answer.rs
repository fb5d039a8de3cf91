//! What the studio can answer.

use serde::{Deserialize, Serialize};

use super::{
    EditState, EntryCard, EntryId, LabelBox, ProjectCard, StorageState, TaskId, TunePlan, TuneProgress,
};
use crate::worker::messages::{FoundBox, Refusal};

/// What the studio can answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StudioAnswer {
    /// The whole project's card, after anything but a change of one entry.
    Project(ProjectCard),
    /// The project could not be opened; a new one was begun, and its files stay in the storage.
    ProjectFailed(String),
    /// An image is in the project.
    Added(EntryCard),
    /// It is not.
    NotAdded {
        /// The file's name.
        name: String,
        /// Why.
        reason: Refusal,
    },
    /// Labels were read for these images.
    LabelsImported {
        /// The file's name.
        name: String,
        /// Their number.
        entries: u32,
    },
    /// A wish could not be fulfilled.
    Failed(Failure),
    /// A small picture, RGBA in the buffer.
    Thumbnail {
        /// Whose.
        entry: EntryId,
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// An image to show. In the buffer: RGBA (4 bytes per pixel); then, where `view.labels`, the label of each
    /// pixel; then, where `view.prediction` is a mask, its label of each pixel.
    Opened(EntryView),
    /// A change of labels was made. The pixels of `rect` are in the buffer, unless the page painted them itself.
    Edited(EditState),
    /// The card of an entry has changed.
    EntryChanged(EntryCard),
    /// What the model says of an entry. For a mask the labels are in the buffer.
    Predicted {
        /// The image.
        entry: EntryId,
        /// The slice.
        slice: u32,
        /// The task.
        task: TaskId,
        /// The answer.
        prediction: StudioPrediction,
    },
    /// All images have a prediction.
    PredictedAll {
        /// The task.
        task: TaskId,
    },
    /// The image to label next; none when all are labelled.
    Suggested {
        /// Which.
        entry: Option<EntryId>,
        /// Its slice.
        slice: u32,
    },
    /// How unsure the model is, a byte per pixel in the buffer.
    Uncertainty {
        /// The image.
        entry: EntryId,
        /// The slice.
        slice: u32,
    },
    /// What tuning would mean.
    Planned(TunePlan),
    /// How tuning goes.
    Tuning(TuneProgress),
    /// The table of objects.
    Measured(Vec<ObjectRow>),
    /// A file, in the buffer.
    Exported {
        /// A name for it.
        name: String,
        /// Its media type.
        media: String,
    },
    /// Where the project is kept.
    Stored(StorageState),
    /// To [`StudioAsk::Ping`](super::StudioAsk::Ping).
    Here {
        /// Connections of the Worker to other computers, as the browser has noted them.
        elsewhere: u32,
    },
}

/// An image to show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntryView {
    /// Its number.
    pub entry: EntryId,
    /// The slice.
    pub slice: u32,
    /// The task of the labels and the prediction.
    pub task: TaskId,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// 1 (grey) or 3 (RGB).
    pub channels: u8,
    /// Least and greatest value, for window and level.
    pub range: (f32, f32),
    /// Values shown as black and white.
    pub window: (f32, f32),
    /// Length of a pixel's sides in millimetres, (x, y), where known.
    pub spacing: Option<(f32, f32)>,
    /// A label per pixel is in the buffer: always so in a segmentation.
    pub labels: bool,
    /// Boxes of a detection.
    pub boxes: Vec<LabelBox>,
    /// Class of a classification.
    pub class: Option<u8>,
    /// What the model said.
    pub prediction: Option<StudioPrediction>,
}

/// The model's answer about a slice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StudioPrediction {
    /// A label per pixel is in the buffer.
    Mask {
        /// Per class of the task, in its order: separate pieces.
        objects: Vec<u32>,
        /// Pixels, likewise.
        pixels: Vec<u64>,
    },
    /// Best first; `class` is the class's number.
    Boxes(Vec<FoundBox>),
    /// Probability of each class of the task, in its order.
    Classes(Vec<f32>),
}

/// An object of a label or prediction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectRow {
    /// The image.
    pub entry: EntryId,
    /// The slice.
    pub slice: u32,
    /// Its class's name.
    pub class: String,
    /// From a prediction, not a label.
    pub predicted: bool,
    /// Number in the image, from 1.
    pub number: u32,
    /// Pixels.
    pub pixels: u64,
    /// Area in `unit`².
    pub area: f64,
    /// Longest extent in `unit`.
    pub length: f64,
    /// `mm` or `px`.
    pub unit: String,
    /// Mean value of the image in it.
    pub mean: f64,
    /// Centre in pixels, (x, y).
    pub centre: (f32, f32),
    /// How sure the model is, where it says.
    pub score: Option<f32>,
}

/// Why a wish was not fulfilled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Failure {
    /// The image, or its slice, is no longer in the project.
    NoImage,
    /// The image's bytes are no longer in the storage.
    ImageLost,
    /// Labels of these images could not be read from the storage; everything else could.
    LabelsSpoilt(Vec<String>),
    /// The task is no longer in the project.
    NoTask,
    /// The model has not arrived yet.
    NoModel,
    /// There is no prediction to accept yet.
    NothingSaid,
    /// No model has learnt the task yet.
    NotLearnt,
    /// The classes of the task have changed since it was learnt.
    ClassesChanged,
    /// A tuning is under way already.
    Underway,
    /// Nothing is labelled, or nothing to tell it apart from.
    NothingToLearn,
    /// A tuning could not go on for this reason; the best weights so far are in use.
    EndedEarly(String),
    /// A tuning could not go on for this reason before anything was learnt; model and labels are as they were.
    LearntNothing(String),
    /// The device does not answer any more, for this reason. What was stored of the tuning goes on at the next visit.
    DeviceLost(String),
    /// Accepting the prediction would change nothing.
    NothingToAccept,
    /// A map of uncertainty is drawn for segmentations alone.
    NoMap,
    /// In the words of the library, in English.
    Other(String),
}

impl From<String> for Failure {
    fn from(reason: String) -> Self {
        Self::Other(reason)
    }
}
