//! The words of the studio.

mod en;
mod ja;

pub use en::ENGLISH;
pub use ja::JAPANESE;

use crate::state::studio::pure::shortcuts::Tool;
use crate::state::studio::{Filter, Progress, Step};
use crate::worker::messages::{Export, Failure, TaskKind, TuneMode};

/// What the studio says.
pub struct StudioWords {
    /// Name of the view.
    pub name: &'static str,
    /// The browser tab's title.
    pub title: &'static str,
    /// From a result to the studio.
    pub teach: &'static str,
    /// How many connections to other computers there were.
    pub connections: fn(u32) -> String,
    /// The project's name, for those who cannot see it.
    pub project: &'static str,
    /// Name of a new project.
    pub new_name: &'static str,
    /// While the project is being opened.
    pub opening: &'static str,
    /// Everything is stored.
    pub saved: &'static str,
    /// Something is being stored.
    pub saving: &'static str,
    /// Nothing is stored.
    pub not_saved: &'static str,
    /// The browser gives no storage.
    pub storage_refused: &'static str,
    /// Another tab works on the stored project.
    pub storage_elsewhere: &'static str,
    /// The storage is full.
    pub storage_full: &'static str,
    /// Name of the first task.
    pub first_task: &'static str,
    /// Name of the first class.
    pub first_class: &'static str,
    /// The background of a segmentation.
    pub background: &'static str,
    /// What the canvas is, for those who cannot see it.
    pub canvas: fn(name: &str, width: u32, height: u32) -> String,
    /// A number of images.
    pub images: fn(usize) -> String,
    /// The choice of images that are listed.
    pub filter: &'static str,
    /// A choice of images.
    pub filter_name: fn(Filter) -> &'static str,
    /// How far an image is.
    pub progress: fn(Progress) -> &'static str,
    /// The box that marks an image.
    pub mark: fn(name: &str) -> String,
    /// A number of marked images.
    pub marked: fn(usize) -> String,
    /// What can be done with marked images.
    pub marked_images: &'static str,
    /// Mark all, or none.
    pub select_all: &'static str,
    /// Take images out.
    pub remove: &'static str,
    /// An image to measure on.
    pub held_out: &'static str,
    /// Button for such images.
    pub held_out_hint: &'static str,
    /// Images are on their way.
    pub adding: &'static str,
    /// Button for a folder.
    pub add_folder: &'static str,
    /// Heading of an empty project.
    pub empty_title: &'static str,
    /// What to do in one.
    pub empty_text: &'static str,
    /// Button for samples.
    pub add_samples: &'static str,
    /// The task's name.
    pub task_name: &'static str,
    /// Button for a new task.
    pub add_task: &'static str,
    /// Button.
    pub remove_task: &'static str,
    /// What a label type is for.
    pub kind_hint: fn(TaskKind) -> &'static str,
    /// A class's name.
    pub class_name: &'static str,
    /// Field for a new class.
    pub new_class: &'static str,
    /// Button.
    pub add_class: &'static str,
    /// Button.
    pub remove_class: &'static str,
    /// Button.
    pub recolour: &'static str,
    /// Name of the tools' bar.
    pub tools: &'static str,
    /// A tool.
    pub tool: fn(Tool) -> &'static str,
    /// Button.
    pub undo: &'static str,
    /// Button.
    pub redo: &'static str,
    /// Slider.
    pub brush_size: &'static str,
    /// A length.
    pub pixels: fn(&str) -> String,
    /// Slider.
    pub slice: &'static str,
    /// Button for window and level.
    pub window: &'static str,
    /// Slider.
    pub level: &'static str,
    /// Slider.
    pub width: &'static str,
    /// Before a prediction.
    pub no_prediction: &'static str,
    /// Button.
    pub accept: &'static str,
    /// What it does.
    pub accept_hint: &'static str,
    /// Button.
    pub predict: &'static str,
    /// Button.
    pub predict_all: &'static str,
    /// Button.
    pub suggest: &'static str,
    /// What it does.
    pub suggest_hint: &'static str,
    /// Layer.
    pub labels: &'static str,
    /// Layer.
    pub prediction: &'static str,
    /// Layer.
    pub uncertainty: &'static str,
    /// Layer.
    pub compare: &'static str,
    /// The model before, where it is the pretrained one.
    pub base: &'static str,
    /// The model before, where it was tuned as well.
    pub previous: &'static str,
    /// The model after.
    pub tuned: &'static str,
    /// Slider between the two.
    pub divider: &'static str,
    /// The images to compare on.
    pub held_out_images: &'static str,
    /// Button.
    pub held_out_back: &'static str,
    /// Button.
    pub held_out_on: &'static str,
    /// Check box.
    pub complete: &'static str,
    /// What it means.
    pub complete_hint: &'static str,
    /// Button.
    pub clear: &'static str,
    /// The model computes.
    pub predicting: &'static str,
    /// The model computes.
    pub searching: &'static str,
    /// Objects are measured.
    pub measuring: &'static str,
    /// A file is made.
    pub exporting: &'static str,
    /// Heading of the card.
    pub tune: &'static str,
    /// A number of labelled images.
    pub labelled: fn(usize) -> String,
    /// Button.
    pub tune_start: &'static str,
    /// Name of the choice.
    pub modes: &'static str,
    /// How much learns.
    pub mode: fn(TuneMode) -> &'static str,
    /// What it means.
    pub mode_hint: fn(TuneMode) -> &'static str,
    /// Check box.
    pub together: &'static str,
    /// What it means.
    pub together_hint: &'static str,
    /// An estimated time.
    pub about: fn(&str) -> String,
    /// Estimated memory.
    pub memory: fn(&str) -> String,
    /// What was picked.
    pub sizes: fn(training: usize, held_out: usize, side: u32, batch: u32) -> String,
    /// Steps made.
    pub steps: fn(step: u32, steps: u32) -> String,
    /// Steps made in all.
    pub steps_made: fn(u32) -> String,
    /// What was learnt before.
    pub history: fn(usize) -> String,
    /// Time to go.
    pub left: fn(&str) -> String,
    /// Features are computed.
    pub preparing: &'static str,
    /// Tuning waits.
    pub paused: &'static str,
    /// Tuning has ended.
    pub done: &'static str,
    /// Tuning was given up.
    pub cancelled: &'static str,
    /// Tuning failed.
    pub failed: fn(&str) -> String,
    /// Why something did not work.
    pub failure: fn(&Failure) -> String,
    /// Button.
    pub pause: &'static str,
    /// Button.
    pub resume: &'static str,
    /// Button.
    pub stop: &'static str,
    /// What it does.
    pub stop_hint: &'static str,
    /// Button.
    pub cancel: &'static str,
    /// What it does.
    pub cancel_hint: &'static str,
    /// Button, where the model before is the pretrained one.
    pub use_base: &'static str,
    /// Button, where it was tuned as well.
    pub use_previous: &'static str,
    /// Button.
    pub use_tuned: &'static str,
    /// Where the measure is not known yet.
    pub score: &'static str,
    /// The thin curve.
    pub loss: &'static str,
    /// Name of the number that matters.
    pub held_out_measure: fn(&str) -> String,
    /// The number before.
    pub was: fn(&str) -> String,
    /// Measure.
    pub dice: &'static str,
    /// Measure.
    pub map: &'static str,
    /// Measure.
    pub f1: &'static str,
    /// The curve, for those who cannot see it.
    pub curve: fn(&str) -> String,
    /// Panel.
    pub table: &'static str,
    /// Choice.
    pub per_image: &'static str,
    /// Choice.
    pub per_object: &'static str,
    /// Button.
    pub measure: &'static str,
    /// Column.
    pub class: &'static str,
    /// Column.
    pub number: &'static str,
    /// Column.
    pub number_of: &'static str,
    /// Column.
    pub area: &'static str,
    /// Column.
    pub length: &'static str,
    /// Column.
    pub mean: &'static str,
    /// Where there is nothing.
    pub nothing_measured: &'static str,
    /// Rows that are not drawn.
    pub more_rows: fn(usize) -> String,
    /// Button and panel.
    pub export: &'static str,
    /// A file.
    pub export_name: fn(Export) -> &'static str,
    /// What it is for.
    pub export_hint: fn(Export) -> &'static str,
    /// Heading.
    pub import: &'static str,
    /// Button.
    pub import_labels: &'static str,
    /// Button.
    pub import_project: &'static str,
    /// Button.
    pub import_model: &'static str,
    /// What labels can be.
    pub import_hint: &'static str,
    /// Button.
    pub new_project: &'static str,
    /// What it does.
    pub new_project_hint: &'static str,
    /// The Worker could not do it.
    pub wish_failed: fn(&str) -> String,
    /// The project was not opened.
    pub project_failed: fn(&str) -> String,
    /// Labels were read.
    pub labels_imported: fn(name: &str, entries: u32) -> String,
    /// The Worker was replaced.
    pub recovered: &'static str,
    /// No image is left.
    pub nothing_to_suggest: &'static str,
    /// Further sentences.
    pub more_notices: fn(usize) -> String,
    /// What to know before fine-tuning.
    pub warnings: WarningWords,
    /// The first visit.
    pub tour: TourWords,
    /// The help sheet.
    pub keys: StudioKeyWords,
}

/// What to know before fine-tuning.
pub struct WarningWords {
    /// Nothing to learn from.
    pub nothing_labelled: &'static str,
    /// Nothing to learn from.
    pub all_held_out: &'static str,
    /// Nothing to measure on.
    pub one_image: &'static str,
    /// Little to learn from.
    pub few_labels: fn(u32) -> String,
    /// Nothing to tell apart.
    pub one_class: fn(Option<&str>) -> String,
    /// A class without labels.
    pub class_without_labels: fn(&str) -> String,
    /// A rare class.
    pub imbalance: fn(rare: &str, common: &str, factor: &str) -> String,
    /// Images chosen to measure on.
    pub automatic_split: fn(&[String]) -> String,
    /// Images are made smaller.
    pub scaled_down: fn(u32) -> String,
}

/// The first visit.
pub struct TourWords {
    /// Name of the tour.
    pub name: &'static str,
    /// Heading and text of a step.
    pub step: fn(Step) -> (&'static str, &'static str),
    /// Button of the first step.
    pub use_samples: &'static str,
    /// Button.
    pub next: &'static str,
    /// Button.
    pub skip: &'static str,
    /// Button.
    pub end: &'static str,
}

/// Rows of the help sheet.
pub struct StudioKeyWords {
    /// What to do.
    pub intro: &'static str,
    /// Row.
    pub size: &'static str,
    /// Row.
    pub size_wheel_key: &'static str,
    /// Row.
    pub size_wheel: &'static str,
    /// Row.
    pub class: &'static str,
    /// Row.
    pub space: &'static str,
    /// Row.
    pub slice: &'static str,
    /// Row.
    pub image: &'static str,
    /// Row.
    pub finish: &'static str,
    /// Row.
    pub delete: &'static str,
    /// Row.
    pub cancel: &'static str,
}
