//! What the page and the Worker say about the studio.
//!
//! The Worker holds the project; the page shows a view of it. Layers and files travel in the buffer beside a
//! message; where several belong together they lie one after the other, in the order that the message tells.

use serde::{Deserialize, Serialize};

use super::{FoundBox, Refusal, TaskKind};

/// Identifies an image of the project; never used twice.
pub type EntryId = u32;
/// Identifies a task of the project; never used twice.
pub type TaskId = u32;

/// The label of a pixel about which nothing is said.
pub const UNLABELLED: u8 = 255;

/// What the page can ask the studio for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StudioAsk {
    /// Open the project that was open last, or a new one. Answered by [`StudioAnswer::Project`], and where a
    /// tuning was cut off, by [`StudioAnswer::Tuning`] in a paused state.
    Open {
        /// Name of a new one.
        name: String,
    },
    /// Begin an empty project; the one there was is left in storage only if it was exported.
    New {
        /// Its name.
        name: String,
    },
    /// Give the project another name.
    Rename {
        /// The name.
        name: String,
    },
    /// Replace the project by the zip in the buffer.
    ImportProject,
    /// Use the model in the buffer (a whole model, or a head or change of Medley's) from now on.
    ImportModel,

    /// Add the image in the buffer. Answered by [`StudioAnswer::Added`] or [`StudioAnswer::NotAdded`].
    AddImage {
        /// Its file's name.
        name: String,
    },
    /// Add six built-in sample images, all different (synthetic nuclei under a fluorescence microscope, 256 pixels a
    /// side). Each is answered by [`StudioAnswer::Added`].
    AddSamples,
    /// Read the file in the buffer as labels of a task: a PNG mask or `NIfTI` for one image (`entry`, or that whose name
    /// fits the file's), COCO or CSV for all.
    ImportLabels {
        /// The file's name.
        name: String,
        /// The task.
        task: TaskId,
        /// The image, where the file is for one.
        entry: Option<EntryId>,
    },
    /// Take images out of the project; can be undone.
    Remove {
        /// Which.
        entries: Vec<EntryId>,
    },
    /// A small picture. Answered by [`StudioAnswer::Thumbnail`].
    Thumbnail {
        /// Whose.
        entry: EntryId,
        /// Longer side in pixels.
        side: u32,
    },
    /// Show an image. Answered by [`StudioAnswer::Opened`].
    OpenEntry {
        /// Which.
        entry: EntryId,
        /// Slice of a volume; 0 for a picture.
        slice: u32,
        /// Task whose labels and predictions are wanted.
        task: TaskId,
        /// Values shown as black and white; none for the image's own window.
        window: Option<(f32, f32)>,
    },

    /// A new task with these classes (for segmentation without the background). Answered by
    /// [`StudioAnswer::Project`], as all changes of tasks and classes are.
    AddTask {
        /// Its name.
        name: String,
        /// The label type.
        kind: TaskKind,
        /// Names of the classes.
        classes: Vec<String>,
    },
    /// Take a task and its labels away; can be undone.
    RemoveTask {
        /// Which.
        task: TaskId,
    },
    /// Give a task another name.
    RenameTask {
        /// Which.
        task: TaskId,
        /// The name.
        name: String,
    },
    /// A further class, at the end.
    AddClass {
        /// Of which task.
        task: TaskId,
        /// Its name.
        name: String,
    },
    /// Give a class another name.
    RenameClass {
        /// Of which task.
        task: TaskId,
        /// Its [number](ProjectClass::id).
        class: u8,
        /// The name.
        name: String,
    },
    /// Give a class another colour.
    RecolourClass {
        /// Of which task.
        task: TaskId,
        /// Its number.
        class: u8,
        /// As in [`ProjectClass::colour`].
        colour: u8,
    },
    /// Take a class away: what is labelled with it counts as unlabelled; can be undone.
    RemoveClass {
        /// Of which task.
        task: TaskId,
        /// Its number.
        class: u8,
    },

    /// A change of labels. Answered by [`StudioAnswer::Edited`].
    Edit {
        /// The image.
        entry: EntryId,
        /// The slice.
        slice: u32,
        /// The task.
        task: TaskId,
        /// The change.
        edit: Edit,
    },
    /// Mark images as completely labelled (what is unlabelled is background), or no more.
    SetComplete {
        /// Which.
        entries: Vec<EntryId>,
        /// Of which task.
        task: TaskId,
        /// Mark or unmark.
        complete: bool,
    },
    /// Keep images out of training to measure on them, or no more.
    SetHeldOut {
        /// Which.
        entries: Vec<EntryId>,
        /// Mark or unmark.
        held_out: bool,
    },
    /// Take the last change back. Answered by [`StudioAnswer::Edited`] or, for other changes than of labels, by
    /// [`StudioAnswer::Project`].
    Undo,
    /// Make it again.
    Redo,

    /// Apply the newest model to one slice. Answered by [`StudioAnswer::Predicted`].
    Predict {
        /// The image.
        entry: EntryId,
        /// The slice.
        slice: u32,
        /// The task.
        task: TaskId,
    },
    /// Apply the model as it was before the last tuning to one slice, whichever is in use. Answered by
    /// [`StudioAnswer::Predicted`].
    PredictBefore {
        /// The image.
        entry: EntryId,
        /// The slice.
        slice: u32,
        /// The task.
        task: TaskId,
    },
    /// Apply it to all images; each is answered by [`StudioAnswer::EntryChanged`], the end by
    /// [`StudioAnswer::PredictedAll`].
    PredictAll {
        /// The task.
        task: TaskId,
    },
    /// Stop predicting all.
    StopPredicting,
    /// The unlabelled image of which the model is least sure. Answered by [`StudioAnswer::Suggested`].
    SuggestNext {
        /// The task.
        task: TaskId,
    },
    /// Where the model is unsure, from 0 to 255 per pixel. Answered by [`StudioAnswer::Uncertainty`].
    Uncertainty {
        /// The image.
        entry: EntryId,
        /// The slice.
        slice: u32,
        /// The task.
        task: TaskId,
    },

    /// What tuning would mean: warnings, time, memory. Answered by [`StudioAnswer::Planned`].
    PlanTuning(TuneWish),
    /// Begin. Answered by [`StudioAnswer::Tuning`] again and again.
    StartTuning(TuneWish),
    /// Wait after this step.
    PauseTuning,
    /// Go on.
    ResumeTuning,
    /// End now and keep the best weights so far.
    StopTuning,
    /// End now and keep the model as it was before.
    CancelTuning,
    /// Predict with the model as it was before the last tuning, or with the tuned one again.
    UseBase {
        /// The task.
        task: TaskId,
        /// The model before, instead of the tuned one.
        base: bool,
    },

    /// The objects of all labels or predictions. Answered by [`StudioAnswer::Measured`].
    Measure {
        /// The task.
        task: TaskId,
        /// Measure predictions where there is no label.
        predictions: bool,
    },
    /// Make a file. Answered by [`StudioAnswer::Exported`].
    Export {
        /// What.
        what: Export,
        /// Of which task, where it matters.
        task: TaskId,
        /// In Japanese instead of English, where it is for people.
        japanese: bool,
    },

    /// Are you there? Answered by [`StudioAnswer::Here`].
    Ping,
}

/// A change of labels of one slice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Edit {
    /// The pixels of a rectangle, row by row, are in the buffer. The page shows them already.
    Paint(Rect),
    /// The inside of a polygon; corners in pixels.
    Polygon {
        /// Corners, (x, y).
        points: Vec<(f32, f32)>,
        /// New label, [`UNLABELLED`] among them.
        class: u8,
    },
    /// The connected pixels of the same label around a pixel.
    Flood {
        /// Column.
        x: u32,
        /// Row.
        y: u32,
        /// New label.
        class: u8,
    },
    /// The object around a pixel that the model's pixel embedding proposes.
    Smart {
        /// Column.
        x: u32,
        /// Row.
        y: u32,
        /// New label.
        class: u8,
        /// How far pixels may differ from the one clicked: 0 takes nearly nothing, 1 nearly all.
        reach: f32,
    },
    /// What the model says becomes the label. Boxes below the score are left out.
    Accept {
        /// Least score of a box.
        score: f32,
        /// Unlabelled pixels alone, instead of all.
        only_unlabelled: bool,
    },
    /// All labels of the slice go away.
    Clear,
    /// All boxes of the slice.
    Boxes(Vec<LabelBox>),
    /// The class of the image, by its [number](ProjectClass::id); none takes it away.
    Class(Option<u8>),
}

/// A rectangle of pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rect {
    /// Left column.
    pub x: u32,
    /// Top row.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// A box that a person drew, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelBox {
    /// Left edge.
    pub x0: f32,
    /// Top edge.
    pub y0: f32,
    /// Right edge.
    pub x1: f32,
    /// Bottom edge.
    pub y1: f32,
    /// [Number](ProjectClass::id) of its class.
    pub class: u8,
}

/// How much of a model learns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TuneMode {
    /// The encoder stays, its features are computed once; decoder and head learn.
    #[default]
    Quick,
    /// The encoder learns a small change too.
    Lora,
    /// Everything learns.
    Full,
}

/// What to tune.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TuneWish {
    /// Tasks that learn together; those without labels are left out.
    pub tasks: Vec<TaskId>,
    /// How much learns.
    pub mode: TuneMode,
    /// Steps at most; none lets the studio choose.
    pub steps: Option<u32>,
}

/// What a file is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Export {
    /// Labels as PNG masks, a zip.
    MasksPng,
    /// Labels as `NIfTI` in the input's geometry, a zip.
    MasksNifti,
    /// Labels as one COCO file.
    Coco,
    /// Labels as `GeoJSON`, a zip.
    GeoJson,
    /// Predictions (labels where there are any) as PNG masks, a zip.
    PredictionsPng,
    /// The table of objects.
    MeasurementsCsv,
    /// The tuned model, whole.
    Model,
    /// The head and what changed of the shared blocks at low rank or in the decoder.
    Head,
    /// The whole project.
    Project,
    /// A page for people: data, settings, curves, scores, pictures.
    Report,
}

/// What the studio can answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StudioAnswer {
    /// The whole project's card, after anything but a change of one entry.
    Project(ProjectCard),
    /// The project could not be opened; a new one was begun.
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
    /// To [`StudioAsk::Ping`].
    Here,
}

/// The project as the page shows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProjectCard {
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
    /// The model before the last tuning is in use.
    pub uses_base: bool,
    /// Held-out score of the model in use, once measured.
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

/// What an edit led to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EditState {
    /// The image.
    pub entry: EntryId,
    /// The slice.
    pub slice: u32,
    /// The task.
    pub task: TaskId,
    /// What has changed of a mask; its pixels are in the buffer, unless the page painted them itself.
    pub rect: Option<Rect>,
    /// All boxes, where the task is a detection.
    pub boxes: Option<Vec<LabelBox>>,
    /// The class, where the task is a classification.
    pub class: Option<u8>,
    /// The entry's card afterwards.
    pub card: EntryCard,
    /// There is something to take back.
    pub can_undo: bool,
    /// There is something to make again.
    pub can_redo: bool,
}

/// Something to know before tuning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TuneWarning {
    /// Nothing is labelled: tuning cannot start.
    NothingLabelled,
    /// Everything labelled is held out: tuning cannot start.
    AllHeldOut,
    /// There is only one labelled image: tuning cannot be measured.
    OneImage,
    /// Fewer labelled images than needed for a good result.
    FewLabels {
        /// Labelled images that learn.
        images: u32,
    },
    /// A single class is labelled; without any other (the background of a segmentation among them) there is nothing
    /// to tell apart.
    OneClass {
        /// Its name.
        class: String,
    },
    /// A class has no labels.
    ClassWithoutLabels {
        /// Its name.
        class: String,
    },
    /// A class is much rarer than another.
    Imbalance {
        /// The rare class.
        rare: String,
        /// The common one.
        common: String,
        /// How many times as common.
        factor: f32,
    },
    /// Nothing was marked as held out: these images were chosen.
    AutomaticSplit {
        /// Images held out.
        entries: Vec<EntryId>,
    },
    /// Needs more memory than a tab has: the image is scaled down to this side.
    ScaledDown {
        /// Longest side, in pixels.
        side: u32,
    },
}

impl TuneWarning {
    /// Whether tuning cannot start.
    pub fn blocks(&self) -> bool {
        matches!(self, Self::NothingLabelled | Self::AllHeldOut | Self::OneClass { .. })
    }
}

/// What tuning would mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TunePlan {
    /// What to know.
    pub warnings: Vec<TuneWarning>,
    /// Images that learn.
    pub training: Vec<EntryId>,
    /// Images to measure on.
    pub held_out: Vec<EntryId>,
    /// Longest side at which the model sees images, in pixels.
    pub side: u32,
    /// Images per step.
    pub batch: u32,
    /// Steps at most.
    pub steps: u32,
    /// Memory, in bytes.
    pub memory: u64,
    /// Time in seconds; none before anything was timed on this device.
    pub seconds: Option<f64>,
}

/// Where tuning stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TuneState {
    /// Computing features.
    Preparing,
    /// Learning.
    Running,
    /// Waiting.
    Paused,
    /// Ended: the best weights are in use.
    Done,
    /// Ended without a change.
    Cancelled,
    /// Ended with an error.
    Failed(Failure),
}

/// Which number a score is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Measure {
    /// Mean Dice of the classes but the background.
    Dice,
    /// Mean average precision at an overlap of 0.5.
    Map50,
    /// Mean F1 of the classes.
    MacroF1,
}

/// A held-out score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Which number.
    pub measure: Measure,
    /// From 0 to 1.
    pub value: f64,
    /// 95 % interval over images, where there are enough.
    pub interval: Option<(f64, f64)>,
    /// Images.
    pub images: u32,
}

/// A score at a step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScorePoint {
    /// Steps made.
    pub step: u32,
    /// From 0 to 1.
    pub value: f64,
}

/// How tuning goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TuneProgress {
    /// Tasks that learn.
    pub tasks: Vec<TaskId>,
    /// How much learns.
    pub mode: TuneMode,
    /// Where it stands.
    pub state: TuneState,
    /// Steps made.
    pub step: u32,
    /// Steps at most.
    pub steps: u32,
    /// While preparing: parts done of parts in all.
    pub prepared: (u32, u32),
    /// Loss of each step, (step, loss), thinned to a few hundred.
    pub losses: Vec<(u32, f32)>,
    /// Held-out scores of the first task.
    pub scores: Vec<ScorePoint>,
    /// Held-out score of the model before.
    pub base: Option<Score>,
    /// The best so far.
    pub best: Option<Score>,
    /// Seconds to go at most.
    pub seconds_left: Option<f64>,
    /// Seconds so far, waiting not counted.
    pub seconds: f64,
    /// Memory in use, in bytes.
    pub memory: u64,
    /// It goes on after the Worker was replaced or the page was closed.
    pub recovered: bool,
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
    /// The storage is full: in memory alone from now on.
    Full,
}
