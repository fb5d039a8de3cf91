//! The studio in English.

use super::{StudioKeyWords, StudioWords, TourWords, WarningWords};
use crate::state::studio::pure::shortcuts::Tool;
use crate::state::studio::{Filter, Progress, Step};
use crate::worker::messages::{Export, Failure, TaskKind, TuneMode};

/// English.
pub const ENGLISH: StudioWords = StudioWords {
    name: "Studio",
    title: "Studio: Medley",
    teach: "Teach it on your images",
    connections: |n| format!("Connections to other computers so far: {n}."),
    project: "Project name",
    new_name: "New project",
    opening: "Opening the project…",
    saved: "Saved",
    saving: "Saving…",
    not_saved: "Not saved",
    storage_refused: "This browser gives no storage (perhaps a private window). You can work on, but closing the tab loses everything: export the project before.",
    storage_elsewhere: "The project is open in another tab. What you do here is not saved: close the other tab and reload this one to work on the project.",
    storage_full: "The browser's storage is full. From now on changes are kept in memory only: export the project, then remove images you no longer need.",
    first_task: "Objects",
    first_class: "object",
    background: "background",
    canvas: |name, width, height| {
        format!("{name}, {width} × {height} pixels, with labels and predictions. Choose a tool to draw.")
    },
    images: |n| if n == 1 { "1 image".to_owned() } else { format!("{n} images") },
    filter: "Show",
    filter_name: |filter| match filter {
        Filter::All => "All",
        Filter::Labelled => "● Labelled",
        Filter::Predicted => "◐ To review",
        Filter::Untouched => "○ Untouched",
        Filter::HeldOut => "Held out",
    },
    progress: |progress| match progress {
        Progress::Labelled => "labelled",
        Progress::Predicted => "predicted, not reviewed",
        Progress::Untouched => "untouched",
    },
    mark: |name| format!("Mark {name}"),
    marked: |n| format!("{n} marked"),
    marked_images: "Marked images",
    select_all: "Mark all or none",
    remove: "Remove from the project",
    held_out: "held out",
    held_out_hint: "Hold out: measure on it, do not learn from it",
    adding: "Adding images",
    add_folder: "Add a folder",
    empty_title: "Teach Medley on your own images",
    empty_text: "Add a few images, paint some objects, and let the model learn from them. Drop files or a folder anywhere, or begin with samples.",
    add_samples: "Begin with samples",
    task_name: "Task name",
    add_task: "Add a task",
    remove_task: "Remove this task",
    kind_hint: |kind| match kind {
        TaskKind::Segmentation => "Paint each pixel of an object",
        TaskKind::Detection => "Draw a box around each object",
        TaskKind::Classification => "Give each image a class",
    },
    class_name: "Class name",
    new_class: "New class",
    add_class: "Add the class",
    remove_class: "Remove this class",
    recolour: "Next colour",
    tools: "Tools",
    tool: |tool| match tool {
        Tool::Move => "Move",
        Tool::Brush => "Brush",
        Tool::Eraser => "Eraser",
        Tool::Polygon => "Polygon",
        Tool::Fill => "Fill",
        Tool::Box => "Box",
        Tool::Smart => "Smart fill",
    },
    undo: "Undo",
    redo: "Redo",
    brush_size: "Size",
    pixels: |n| format!("{n} px"),
    slice: "Slice",
    window: "Window and level",
    level: "Level",
    width: "Window",
    no_prediction: "No prediction for this image yet.",
    accept: "Accept",
    accept_hint: "Accept the prediction as label",
    predict: "Predict",
    predict_all: "Predict all",
    suggest: "Label this next",
    suggest_hint: "Go to the image of which the model is least sure",
    labels: "Labels",
    prediction: "Prediction",
    uncertainty: "Uncertainty",
    compare: "Before / after",
    base: "pretrained",
    previous: "before",
    tuned: "fine-tuned",
    divider: "Divider between the model before and the fine-tuned one",
    held_out_images: "Held-out images",
    held_out_back: "Held-out image before",
    held_out_on: "Next held-out image",
    complete: "Complete",
    complete_hint: "Everything in this image is labelled: what is unpainted is background",
    clear: "Clear labels",
    predicting: "Predicting…",
    searching: "Looking for uncertainty…",
    measuring: "Measuring…",
    exporting: "Making the file…",
    tune: "Fine-tune",
    labelled: |n| format!("{n} labelled"),
    tune_start: "Fine-tune",
    modes: "How much of the model learns",
    mode: |mode| match mode {
        TuneMode::Quick => "Quick",
        TuneMode::Lora => "LoRA",
        TuneMode::Full => "Full",
    },
    mode_hint: |mode| match mode {
        TuneMode::Quick => "The encoder stays as it is; only the last part learns. A minute is often enough.",
        TuneMode::Lora => "The encoder learns a small change too. Slower, for images unlike any it knows.",
        TuneMode::Full => "Everything learns. Slowest; needs many labels and memory.",
    },
    together: "All labelled tasks together",
    together_hint: "The tasks share what the model learns and take turns, step by step",
    about: |time| format!("about {time} at most"),
    memory: |memory| format!("{memory} of memory"),
    sizes: |training, held_out, side, batch| {
        let plural = |n: usize| if n == 1 { "image" } else { "images" };
        format!(
            "{training} {} to learn from, {held_out} to measure on, {side} px, batches of {batch}",
            plural(training)
        )
    },
    steps: |step, steps| format!("step {step} of {steps}"),
    steps_made: |steps| format!("{steps} steps"),
    history: |times| format!("Fine-tuned {times} times"),
    left: |time| format!("{time} left at most"),
    preparing: "Looking at the images",
    paused: "Paused",
    done: "Done",
    cancelled: "Cancelled. The model is as it was before.",
    failed: |reason| format!("Fine-tuning stopped: {reason}"),
    failure: |failure| {
        match failure {
            Failure::NoImage => "the image is no longer in the project.",
            Failure::ImageLost => "the image is no longer in the browser's storage; add it again.",
            Failure::LabelsSpoilt(images) => {
                return format!(
                    "some labels of {} could not be read from the browser's storage and were left out; label these images again.",
                    images.join(", ")
                );
            }
            Failure::NoTask => "the task is no longer in the project.",
            Failure::NoModel => "the model has not arrived yet; try again in a moment.",
            Failure::NothingSaid => "there is no prediction here yet.",
            Failure::NotLearnt => "the model has not learnt this task yet; label some images and fine-tune.",
            Failure::ClassesChanged => {
                "the classes have changed since the model learnt them; fine-tune again."
            }
            Failure::Underway => "the model is learning already; stop that first.",
            Failure::NothingToLearn => {
                "there is nothing to learn from yet; label an object and some background."
            }
            Failure::EndedEarly(reason) => {
                return format!("learning ended early; the best so far is kept and in use. The cause: {reason}");
            }
            Failure::LearntNothing(reason) => {
                return format!(
                    "nothing was learnt yet, and all labels are kept. Check them, then start again, in another mode if need be. The cause: {reason}"
                );
            }
            Failure::DeviceLost(reason) => {
                return format!(
                    "the device does not answer any more; the labels are as they were. If the project is not saved in this browser, export it first. Then reload the page to go on. The cause: {reason}"
                );
            }
            Failure::NothingToAccept => {
                "every label here was made by hand or agrees already. To take the whole prediction, clear the labels first."
            }
            Failure::NoMap => "a map of uncertainty is drawn for segmentations.",
            Failure::Other(reason) => reason,
        }
        .to_owned()
    },
    pause: "Pause",
    resume: "Resume",
    stop: "Stop",
    stop_hint: "End now and keep the best so far",
    cancel: "Cancel",
    cancel_hint: "End now and keep the model as it was",
    use_base: "Back to the pretrained model",
    use_previous: "Back to the model before",
    use_tuned: "Use the fine-tuned model",
    score: "Score",
    loss: "Loss",
    held_out_measure: |measure| format!("Held-out {measure}"),
    was: |value| format!("was {value}"),
    dice: "Dice",
    map: "mAP at 0.5",
    f1: "macro F1",
    curve: |measure| format!("Loss and held-out {measure} over the steps; the newest values are below."),
    table: "Table",
    per_image: "Per image",
    per_object: "Per object",
    measure: "Measure again",
    class: "Class",
    number: "No.",
    number_of: "Count",
    area: "Area",
    length: "Length",
    mean: "Mean intensity",
    nothing_measured: "No objects yet: label an image or let the model predict one.",
    more_rows: |n| format!("{n} more rows are in the CSV file."),
    export: "Export",
    export_name: |what| match what {
        Export::MasksPng => "Masks, PNG",
        Export::MasksNifti => "Masks, NIfTI",
        Export::Coco => "Labels, COCO",
        Export::GeoJson => "Labels, GeoJSON",
        Export::PredictionsPng => "Predictions, PNG",
        Export::PredictionsCoco => "Predictions, COCO",
        Export::PredictionsCsv => "Predictions, CSV",
        Export::MeasurementsCsv => "Measurements, CSV",
        Export::ImagesCsv => "Images, CSV",
        Export::Model => "Model",
        Export::Head => "Small model file",
        Export::Project => "Project",
        Export::Report => "Report",
    },
    export_hint: |what| match what {
        Export::MasksPng => "One index mask per image, zipped",
        Export::MasksNifti => "In the geometry of each image, zipped",
        Export::Coco => "One JSON file with polygons and boxes",
        Export::GeoJson => "For QuPath, zipped",
        Export::PredictionsPng | Export::PredictionsCoco => "Labels where there are any, else predictions",
        Export::PredictionsCsv => "Boxes with scores; labels where there are any",
        Export::MeasurementsCsv => "Count, area, length, intensity per object",
        Export::ImagesCsv => "Count, area and share per image and class",
        Export::Model => "Opens in `medley predict` and in another page",
        Export::Head => "Only what was learnt here",
        Export::Project => "Everything in one zip; opens on another computer",
        Export::Report => "Data, settings, curves and scores as one web page",
    },
    import: "Import",
    import_labels: "Labels",
    import_project: "Project",
    import_model: "Model",
    import_hint: "Labels: PNG masks and NIfTI are matched by file name, or put on the image shown; COCO and CSV are for all images. A zip of exported labels is read as it is.",
    new_project: "New project",
    new_project_hint: "Replaces this project: export it first if you need it.",
    wish_failed: |reason| format!("That did not work: {reason}"),
    project_failed: |reason| {
        format!(
            "The project could not be opened, so a new one was begun. The old one stays in the browser's storage. The reason: {reason}"
        )
    },
    labels_imported: |name, entries| {
        let images = if entries == 1 { "1 image".to_owned() } else { format!("{entries} images") };
        format!("“{name}”: labels for {images} were read.")
    },
    recovered: "The computation had stopped. It was started again and goes on from the last saved state.",
    nothing_to_suggest: "No unlabelled image is left to suggest.",
    more_notices: |n| format!("{n} more"),
    warnings: WarningWords {
        nothing_labelled: "Nothing is labelled yet. Paint some objects in two or more images.",
        all_held_out: "Every labelled image is held out, so nothing is left to learn from. Label another, or stop holding one out.",
        one_image: "Only one image is labelled, so the result cannot be measured. Label a second one.",
        few_labels: |images| {
            let images = if images == 1 { "1 image".to_owned() } else { format!("{images} images") };
            format!("{images} to learn from is little. Three to five usually give a much better result.")
        },
        one_class: |class| match class {
            Some(class) => {
                format!(
                    "Only “{class}” is labelled. Paint some background too, or mark an image as complete."
                )
            }
            None => "Only background is labelled. Paint some objects too.".to_owned(),
        },
        class_without_labels: |class| format!("“{class}” has no labels and will not be learnt."),
        imbalance: |rare, common, factor| {
            format!("“{common}” is {factor} times as common as “{rare}”. More labels of “{rare}” will help.")
        },
        automatic_split: |names| format!("To measure the result, these are held out: {}.", names.join(", ")),
        scaled_down: |side| format!("To fit into memory, images are scaled to {side} pixels for learning."),
    },
    tour: TourWords {
        name: "Tour",
        step: |step| match step {
            Step::Add => (
                "Add images",
                "A few are enough to begin with. They stay on this computer. No image at hand? Begin with samples.",
            ),
            Step::Paint => (
                "Paint some objects",
                "Take the brush (B) and paint a few objects in two or more images; paint some background as well. The wheel zooms, [ and ] change the brush.",
            ),
            Step::Tune => (
                "Fine-tune",
                "Press Fine-tune (T) and watch the score. Correct what is wrong, tune again, then export masks, measurements and the model.",
            ),
        },
        use_samples: "Next",
        next: "Next",
        skip: "Skip the tour",
        end: "Start",
    },
    keys: StudioKeyWords {
        intro: "Paint or box objects in a few images, fine-tune, correct what is wrong, and export. Everything happens in this page and is stored in this browser.",
        size: "Brush smaller, larger",
        size_wheel_key: "Shift + wheel",
        size_wheel: "Brush size",
        class: "Class",
        space: "Space + drag",
        slice: "Slice before, after",
        image: "Image before, after",
        finish: "Close the polygon",
        delete: "Delete the box or the last corner",
        cancel: "Give up what was begun",
    },
};
