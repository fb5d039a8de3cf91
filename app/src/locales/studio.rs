//! The words of the studio.

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
    /// The model before.
    pub base: &'static str,
    /// The model after.
    pub tuned: &'static str,
    /// Slider between the two.
    pub divider: &'static str,
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
    /// An estimated time.
    pub about: fn(&str) -> String,
    /// Estimated memory.
    pub memory: fn(&str) -> String,
    /// What was picked.
    pub sizes: fn(training: usize, held_out: usize, side: u32, batch: u32) -> String,
    /// Steps made.
    pub steps: fn(step: u32, steps: u32) -> String,
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
    /// Button.
    pub use_base: &'static str,
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
    pub one_class: fn(&str) -> String,
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

/// English.
pub const ENGLISH: StudioWords = StudioWords {
    name: "Studio",
    title: "Studio: Medley",
    teach: "Teach it on your images",
    project: "Project name",
    new_name: "New project",
    opening: "Opening the project…",
    saved: "Saved",
    saving: "Saving…",
    not_saved: "Not saved",
    storage_refused: "This browser gives no storage (perhaps a private window). You can work on, but closing the tab loses everything: export the project before.",
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
    tuned: "fine-tuned",
    divider: "Divider between the pretrained and the fine-tuned model",
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
        Export::MeasurementsCsv => "Measurements, CSV",
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
        Export::PredictionsPng => "Labels where there are any, else predictions",
        Export::MeasurementsCsv => "Count, area, length, intensity per object",
        Export::Model => "Opens in `medley predict` and in another page",
        Export::Head => "Only what was learnt here",
        Export::Project => "Everything in one zip; opens on another computer",
        Export::Report => "Data, settings, curves and scores as one web page",
    },
    import: "Import",
    import_labels: "Labels",
    import_project: "Project",
    import_model: "Model",
    import_hint: "Labels: PNG masks and NIfTI are matched by file name, or put on the image shown; COCO and CSV are for all images.",
    new_project: "New project",
    new_project_hint: "Replaces this project: export it first if you need it.",
    wish_failed: |reason| format!("That did not work: {reason}"),
    project_failed: |reason| format!("The project could not be opened, so a new one was begun: {reason}"),
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
        one_class: |class| {
            format!("Only “{class}” is labelled. Paint some background too, or mark an image as complete.")
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

/// Japanese.
pub const JAPANESE: StudioWords = StudioWords {
    name: "スタジオ",
    title: "スタジオ：Medley",
    teach: "自分の画像で追加学習",
    project: "プロジェクト名",
    new_name: "新しいプロジェクト",
    opening: "プロジェクトを開いています…",
    saved: "保存済み",
    saving: "保存中…",
    not_saved: "未保存",
    storage_refused: "このブラウザーでは保存領域が使えません（プライベートウィンドウの可能性があります）。作業は続けられますが、タブを閉じるとすべて失われます。その前にプロジェクトを書き出してください。",
    storage_full: "ブラウザーの保存領域がいっぱいです。これ以降の変更はメモリーにのみ残ります。プロジェクトを書き出してから、不要な画像を削除してください。",
    first_task: "対象物",
    first_class: "対象",
    background: "背景",
    canvas: |name, width, height| {
        format!("{name}、{width} × {height} 画素。ラベルと予測を重ねて表示しています。道具を選ぶと描けます。")
    },
    images: |n| format!("画像 {n} 枚"),
    filter: "表示する画像",
    filter_name: |filter| match filter {
        Filter::All => "すべて",
        Filter::Labelled => "● ラベルあり",
        Filter::Predicted => "◐ 要確認",
        Filter::Untouched => "○ 未着手",
        Filter::HeldOut => "評価用",
    },
    progress: |progress| match progress {
        Progress::Labelled => "ラベルあり",
        Progress::Predicted => "予測済み、未確認",
        Progress::Untouched => "未着手",
    },
    mark: |name| format!("{name} を選択"),
    marked: |n| format!("{n} 枚を選択中"),
    marked_images: "選択した画像",
    select_all: "すべて選択・解除",
    remove: "プロジェクトから削除",
    held_out: "評価用",
    held_out_hint: "評価用画像にする（学習には使わない）",
    adding: "画像を追加しています",
    add_folder: "フォルダーを追加",
    empty_title: "自分の画像でMedleyに追加学習",
    empty_text: "画像を何枚か追加し、対象をいくつか塗ると、モデルがそこから学習します。ファイルやフォルダーをドロップするか、サンプルから始められます。",
    add_samples: "サンプルで始める",
    task_name: "タスク名",
    add_task: "タスクを追加",
    remove_task: "このタスクを削除",
    kind_hint: |kind| match kind {
        TaskKind::Segmentation => "対象の画素を塗ります",
        TaskKind::Detection => "対象を枠で囲みます",
        TaskKind::Classification => "画像ごとにクラスを付けます",
    },
    class_name: "クラス名",
    new_class: "新しいクラス",
    add_class: "クラスを追加",
    remove_class: "このクラスを削除",
    recolour: "次の色",
    tools: "道具",
    tool: |tool| match tool {
        Tool::Move => "移動",
        Tool::Brush => "ブラシ",
        Tool::Eraser => "消しゴム",
        Tool::Polygon => "多角形",
        Tool::Fill => "塗りつぶし",
        Tool::Box => "枠",
        Tool::Smart => "自動塗り",
    },
    undo: "元に戻す",
    redo: "やり直す",
    brush_size: "太さ",
    pixels: |n| format!("{n} 画素"),
    slice: "スライス",
    window: "表示階調 (WW/WL)",
    level: "レベル (WL)",
    width: "ウィンドウ幅 (WW)",
    no_prediction: "この画像の予測はまだありません。",
    accept: "採用",
    accept_hint: "予測をラベルとして採用",
    predict: "予測",
    predict_all: "すべて予測",
    suggest: "次にラベルする画像",
    suggest_hint: "モデルの確信が最も低い画像へ移動",
    labels: "ラベル",
    prediction: "予測",
    uncertainty: "不確かさ",
    compare: "学習前・学習後",
    base: "事前学習モデル",
    tuned: "追加学習後",
    divider: "学習前と学習後の境界",
    complete: "ラベル完了",
    complete_hint: "この画像はすべてラベル済みです（塗っていない部分は背景として学習します）",
    clear: "ラベルを消去",
    predicting: "予測しています…",
    searching: "不確かさを調べています…",
    measuring: "計測しています…",
    exporting: "ファイルを作成しています…",
    tune: "追加学習",
    labelled: |n| format!("ラベル済み {n} 枚"),
    tune_start: "追加学習を開始",
    modes: "学習する範囲",
    mode: |mode| match mode {
        TuneMode::Quick => "高速",
        TuneMode::Lora => "LoRA",
        TuneMode::Full => "全体",
    },
    mode_hint: |mode| match mode {
        TuneMode::Quick => "エンコーダーは固定し、後段だけを学習します。多くの場合、1分程度で十分です。",
        TuneMode::Lora => {
            "エンコーダーにも小さな変更を加えて学習します。時間はかかりますが、未知の種類の画像に向いています。"
        }
        TuneMode::Full => "すべてを学習します。最も時間がかかり、多くのラベルとメモリーが必要です。",
    },
    about: |time| format!("最長で約{time}"),
    memory: |memory| format!("メモリー {memory}"),
    sizes: |training, held_out, side, batch| {
        format!("学習用 {training} 枚、評価用 {held_out} 枚、{side} 画素、バッチ {batch}")
    },
    steps: |step, steps| format!("ステップ {step} / {steps}"),
    left: |time| format!("残り最長 {time}"),
    preparing: "画像の特徴を計算しています",
    paused: "一時停止中",
    done: "完了",
    cancelled: "中止しました。モデルは元のままです。",
    failed: |reason| format!("追加学習が止まりました：{reason}"),
    failure: |failure| {
        match failure {
            Failure::NoImage => "画像がプロジェクトから削除されています。",
            Failure::ImageLost => "画像がブラウザの保存領域に見つかりません。もう一度追加してください。",
            Failure::NoTask => "タスクがプロジェクトから削除されています。",
            Failure::NoModel => "モデルの準備ができていません。少し待ってからお試しください。",
            Failure::NothingSaid => "この画像にはまだ予測がありません。",
            Failure::NotLearnt => {
                "モデルはこのタスクをまだ学習していません。ラベルを付けて追加学習をしてください。"
            }
            Failure::ClassesChanged => "学習後にクラスが変わりました。もう一度追加学習をしてください。",
            Failure::Underway => "すでに追加学習中です。先に停止してください。",
            Failure::NothingToLearn => "学習できるラベルがありません。対象と背景にラベルを付けてください。",
            Failure::NoMap => "不確かさの地図は領域分割だけで表示できます。",
            Failure::Other(reason) => reason,
        }
        .to_owned()
    },
    pause: "一時停止",
    resume: "再開",
    stop: "停止",
    stop_hint: "ここで終え、最良の状態を残す",
    cancel: "中止",
    cancel_hint: "ここで終え、モデルを元に戻す",
    use_base: "事前学習モデルに戻す",
    use_tuned: "追加学習後のモデルを使う",
    score: "スコア",
    loss: "損失",
    held_out_measure: |measure| format!("評価用画像での {measure}"),
    was: |value| format!("学習前 {value}"),
    dice: "Dice",
    map: "mAP（0.5）",
    f1: "マクロF1",
    curve: |measure| format!("ステップごとの損失と、評価用画像での {measure}。最新の値は下にあります。"),
    table: "表",
    per_image: "画像ごと",
    per_object: "対象ごと",
    measure: "再計測",
    class: "クラス",
    number: "番号",
    number_of: "個数",
    area: "面積",
    length: "長さ",
    mean: "平均輝度",
    nothing_measured: "対象がまだありません。画像にラベルを付けるか、予測してください。",
    more_rows: |n| format!("残り {n} 行はCSVファイルに含まれます。"),
    export: "書き出し",
    export_name: |what| match what {
        Export::MasksPng => "マスク（PNG）",
        Export::MasksNifti => "マスク（NIfTI）",
        Export::Coco => "ラベル（COCO）",
        Export::GeoJson => "ラベル（GeoJSON）",
        Export::PredictionsPng => "予測（PNG）",
        Export::MeasurementsCsv => "計測値（CSV）",
        Export::Model => "モデル",
        Export::Head => "小さなモデルファイル",
        Export::Project => "プロジェクト",
        Export::Report => "レポート",
    },
    export_hint: |what| match what {
        Export::MasksPng => "画像ごとのインデックスマスク（zip）",
        Export::MasksNifti => "元画像と同じ座標系（zip）",
        Export::Coco => "多角形と枠を含む1つのJSON",
        Export::GeoJson => "QuPath用（zip）",
        Export::PredictionsPng => "ラベルがなければ予測を使います",
        Export::MeasurementsCsv => "対象ごとの個数、面積、長さ、輝度",
        Export::Model => "`medley predict` や別のページで開けます",
        Export::Head => "ここで学習した部分だけ",
        Export::Project => "すべてを1つのzipに。別のコンピューターでも開けます",
        Export::Report => "データ、設定、曲線、スコアを1つのページに",
    },
    import: "読み込み",
    import_labels: "ラベル",
    import_project: "プロジェクト",
    import_model: "モデル",
    import_hint: "ラベル：PNGマスクとNIfTIはファイル名で対応付けるか、表示中の画像に付けます。COCOとCSVは全画像が対象です。",
    new_project: "新しいプロジェクト",
    new_project_hint: "このプロジェクトを置き換えます。必要なら先に書き出してください。",
    wish_failed: |reason| format!("実行できませんでした：{reason}"),
    project_failed: |reason| {
        format!("プロジェクトを開けなかったため、新しいプロジェクトを作成しました：{reason}")
    },
    labels_imported: |name, entries| format!("「{name}」から {entries} 枚分のラベルを読み込みました。"),
    recovered: "計算が中断しましたが、再起動し、最後に保存した状態から続けています。",
    nothing_to_suggest: "ラベルのない画像は残っていません。",
    more_notices: |n| format!("ほか {n} 件"),
    warnings: WarningWords {
        nothing_labelled: "まだラベルがありません。2枚以上の画像で対象を塗ってください。",
        all_held_out: "ラベル済みの画像がすべて評価用のため、学習に使えません。別の画像にラベルを付けるか、評価用から外してください。",
        one_image: "ラベル済みの画像が1枚だけのため、結果を評価できません。もう1枚ラベルを付けてください。",
        few_labels: |images| {
            format!("学習に使える画像が {images} 枚と少なめです。3〜5枚あると結果が大きく良くなります。")
        },
        one_class: |class| {
            format!("「{class}」だけがラベルされています。背景も塗るか、画像を「ラベル完了」にしてください。")
        },
        class_without_labels: |class| format!("「{class}」にはラベルがないため、学習されません。"),
        imbalance: |rare, common, factor| {
            format!(
                "「{common}」は「{rare}」の {factor} 倍あります。「{rare}」のラベルを増やすと良くなります。"
            )
        },
        automatic_split: |names| {
            format!("結果を評価するため、次の画像は学習に使いません：{}", names.join("、"))
        },
        scaled_down: |side| format!("メモリーに収めるため、学習時は画像を {side} 画素に縮小します。"),
    },
    tour: TourWords {
        name: "ツアー",
        step: |step| match step {
            Step::Add => (
                "画像を追加する",
                "まずは数枚で十分です。画像はこのコンピューターの外に出ません。手元に画像がなければ、サンプルで始められます。",
            ),
            Step::Paint => (
                "対象を塗る",
                "ブラシ（B）で、2枚以上の画像の対象をいくつか塗り、背景も少し塗ってください。ホイールで拡大・縮小、[ と ] で太さを変えられます。",
            ),
            Step::Tune => (
                "追加学習",
                "「追加学習を開始」（T）を押すとスコアが表示されます。誤りを直してもう一度学習し、マスク、計測値、モデルを書き出せます。",
            ),
        },
        use_samples: "次へ",
        next: "次へ",
        skip: "ツアーを省略",
        end: "始める",
    },
    keys: StudioKeyWords {
        intro: "数枚の画像で対象を塗るか枠で囲み、追加学習し、誤りを直して書き出します。すべてこのページの中で行われ、このブラウザーに保存されます。",
        size: "ブラシを細く・太く",
        size_wheel_key: "Shift + ホイール",
        size_wheel: "ブラシの太さ",
        class: "クラス",
        space: "スペース + ドラッグ",
        slice: "前後のスライス",
        image: "前後の画像",
        finish: "多角形を閉じる",
        delete: "枠、または最後の頂点を削除",
        cancel: "途中の操作を取り消す",
    },
};
