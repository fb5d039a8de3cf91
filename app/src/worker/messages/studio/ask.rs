//! What the page can ask the studio for.

use serde::{Deserialize, Serialize};

use super::{Edit, EntryId, TaskId, TuneWish};
use crate::worker::messages::TaskKind;

/// What the page can ask the studio for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StudioAsk {
    /// Open the project that was open last, or a new one. Answered by `StudioAnswer::Project`, and where a
    /// tuning was cut off, by `StudioAnswer::Tuning` in a paused state.
    Open {
        /// Of a new one.
        first: Beginning,
    },
    /// Begin an empty project; the one there was is left in storage only if it was exported.
    New {
        /// Of what it is made.
        first: Beginning,
    },
    /// Give the project another name.
    Rename {
        /// The name.
        name: String,
    },
    /// Replace the project by the zip in the buffer. One without a project, but with labels as they are exported, is read
    /// as labels instead; that is answered as [`Self::ImportLabels`].
    ImportProject {
        /// The file's name.
        name: String,
        /// The task that such labels are for.
        task: Option<TaskId>,
    },
    /// Use the model in the buffer (a whole model, or a head or change of Medley's) from now on.
    ImportModel,

    /// Add the image in the buffer. Answered by `StudioAnswer::Added` or `StudioAnswer::NotAdded`.
    AddImage {
        /// Its file's name.
        name: String,
    },
    /// Add the files in the buffer, which lie there one after the other: DICOM files of one series become one volume, others
    /// an image each. Answered as [`Self::AddImage`] for every image, and for every file that is none.
    AddSeries {
        /// Name and bytes of each file.
        files: Vec<(String, u32)>,
    },
    /// Add six built-in sample images, all different (synthetic nuclei under a fluorescence microscope, 256 pixels a
    /// side). Each is answered by `StudioAnswer::Added`.
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
    /// A small picture. Answered by `StudioAnswer::Thumbnail`.
    Thumbnail {
        /// Whose.
        entry: EntryId,
        /// Longer side in pixels.
        side: u32,
    },
    /// Show an image. Answered by `StudioAnswer::Opened`.
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
    /// Show an image, and let it be learnt, with these values as black and white from now on; can be undone. Answered by
    /// `StudioAnswer::Project`.
    SetWindow {
        /// Which.
        entry: EntryId,
        /// Values shown as black and white.
        window: (f32, f32),
    },

    /// A new task with these classes (for segmentation without the background). Answered by
    /// `StudioAnswer::Project`, as all changes of tasks and classes are.
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
        /// Its [number](super::ProjectClass::id).
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
        /// As in [`ProjectClass::colour`](super::ProjectClass::colour).
        colour: u8,
    },
    /// Take a class away: what is labelled with it counts as unlabelled; can be undone.
    RemoveClass {
        /// Of which task.
        task: TaskId,
        /// Its number.
        class: u8,
    },

    /// A change of labels. Answered by `StudioAnswer::Edited`.
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
    /// Take the last change back. Answered by `StudioAnswer::Edited` or, for other changes than of labels, by
    /// `StudioAnswer::Project`.
    Undo,
    /// Make it again.
    Redo,

    /// Apply the newest model to one slice. Answered by `StudioAnswer::Predicted`.
    Predict {
        /// The image.
        entry: EntryId,
        /// The slice.
        slice: u32,
        /// The task.
        task: TaskId,
    },
    /// Apply the model as it was before the last tuning to one slice, whichever is in use. Answered by
    /// `StudioAnswer::Predicted`.
    PredictBefore {
        /// The image.
        entry: EntryId,
        /// The slice.
        slice: u32,
        /// The task.
        task: TaskId,
    },
    /// Apply it to all images; each is answered by `StudioAnswer::EntryChanged`, the end by
    /// `StudioAnswer::PredictedAll`.
    PredictAll {
        /// The task.
        task: TaskId,
    },
    /// Stop predicting all.
    StopPredicting,
    /// The unlabelled image of which the model is least sure. Answered by `StudioAnswer::Suggested`.
    SuggestNext {
        /// The task.
        task: TaskId,
    },
    /// Where the model is unsure, from 0 to 255 per pixel. Answered by `StudioAnswer::Uncertainty`.
    Uncertainty {
        /// The image.
        entry: EntryId,
        /// The slice.
        slice: u32,
        /// The task.
        task: TaskId,
    },

    /// What tuning would mean: warnings, time, memory. Answered by `StudioAnswer::Planned`.
    PlanTuning(TuneWish),
    /// Begin. Answered by `StudioAnswer::Tuning` again and again.
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

    /// The objects of all labels or predictions. Answered by `StudioAnswer::Measured`.
    Measure {
        /// The task.
        task: TaskId,
        /// Measure predictions where there is no label.
        predictions: bool,
    },
    /// Make a file. Answered by `StudioAnswer::Exported`.
    Export {
        /// What.
        what: Export,
        /// Of which task, where it matters.
        task: TaskId,
        /// In Japanese instead of English, where it is for people.
        japanese: bool,
    },

    /// Are you there? Answered by `StudioAnswer::Here`.
    Ping,
}

/// What a new project has, in the words of the visitor's language. Its first task is a segmentation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beginning {
    /// The project's name.
    pub name: String,
    /// The task's name.
    pub task: String,
    /// Name of its class.
    pub class: String,
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
    /// The same as one COCO file; boxes of predictions have scores.
    PredictionsCoco,
    /// Boxes of predictions (labels where there are any) as a table with scores.
    PredictionsCsv,
    /// The table of objects.
    MeasurementsCsv,
    /// The table of images, a row per class.
    ImagesCsv,
    /// The tuned model, whole.
    Model,
    /// The head and what changed of the shared blocks at low rank or in the decoder.
    Head,
    /// The whole project.
    Project,
    /// A page for people: data, settings, curves, scores, pictures.
    Report,
}
