//! How fast the page is in a browser, and what it needs.

use serde::Deserialize;

use super::document;
use super::estimate::{Estimate, Laptop};
use crate::error::Error;
use crate::page::{self, Size, sizes};
use crate::tools;
use crate::workspace::{Workspace, figures, run as run_program};

/// What `measure-page` prints; it says what each means.
#[derive(Clone, Debug, Deserialize)]
struct Figures {
    load: Load,
    tuning: Vec<Course>,
    brush: Brush,
    list: List,
    gpu: Gpu,
}

#[derive(Clone, Debug, Deserialize)]
struct Load {
    cold: Opening,
    warm: Opening,
    first_inference: f64,
    next_inference: f64,
    sample: (f64, f64),
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct Opening {
    usable: f64,
    model: f64,
    result: f64,
}

#[derive(Clone, Debug, Deserialize)]
struct Course {
    mode: String,
    images: u32,
    held_out: u32,
    plan: String,
    first_step: f64,
    early_step: f64,
    late_step: f64,
    steps: u32,
    whole: Option<f64>,
    score: Option<f64>,
    nearly: Option<f64>,
    nearly_step: Option<u32>,
    worker_memory: f64,
    process_memory: Option<u64>,
    longest_task: Option<f64>,
}

#[derive(Clone, Debug, Deserialize)]
struct Brush {
    side: u32,
    frames: u32,
    seconds: f64,
    worst_frame: f64,
    slow_frames: u32,
    longest_task: Option<f64>,
}

#[derive(Clone, Debug, Deserialize)]
struct List {
    images: u32,
    side: u32,
    import: f64,
    import_longest_task: Option<f64>,
    scroll_longest_task: Option<f64>,
    worst_frame: f64,
    frames: u32,
    rows: u32,
    last_pictures: f64,
    process_memory: Option<u64>,
}

#[derive(Clone, Debug, Deserialize)]
struct Gpu {
    batch: u32,
    side: u32,
    dispatches: f64,
    encoder_dispatches: f64,
    submits: f64,
    reads: f64,
    operations: f64,
    encoder_operations: f64,
}

/// Builds the page where it is out of date, measures it, and writes docs/benchmarks.md.
pub fn run(workspace: &Workspace) -> Result<(), Error> {
    page::build(workspace)?;
    tools::ensure_system_packages()?;
    let program = "measure-page";
    // The packages that `test` builds, so that both resolve the same features and nothing is built twice.
    let native = ["build", "--workspace", "--exclude", "medley-app", "--bin", program];
    run_program(&mut workspace.cargo(&native))?;
    let mut measure = std::process::Command::new(workspace.binary().with_file_name(program));
    measure.env("MEDLEY_DIST", workspace.dist()).env("MEDLEY_E2E", "1");
    let found: Figures = figures(&mut measure)?;
    let transfer: u64 = sizes(&workspace.dist())?.iter().map(Size::transferred).sum();
    let body = section(&found, transfer);
    println!("\n{body}");
    document::write(workspace, "page", &body)
}

fn section(found: &Figures, transfer: u64) -> String {
    let Figures { load, brush, list, .. } = found;
    let (width, height) = load.sample;
    let opening = document::table(
        &["after the navigation", "first visit", "again"],
        &[
            row("the page can be used", [load.cold.usable, load.warm.usable].map(seconds_of_ms)),
            row("the model is there", [load.cold.model, load.warm.model].map(seconds_of_ms)),
            row("the first sample is segmented", [load.cold.result, load.warm.result].map(seconds_of_ms)),
        ],
    );
    let modes: Vec<_> = found.tuning.iter().map(mode).collect();
    let header = [
        "mode",
        "press to first step",
        "a step at the beginning",
        "a step later",
        "memory of the Worker",
        "of the page's process",
        "longest task of the page",
    ];
    let tuning = document::table(&header, &modes);
    let course = found.tuning.first();
    let images = course.map_or(0, |course| course.images);
    let plan = course.map_or("", |course| course.plan.as_str());
    let hertz = f64::from(brush.frames) / brush.seconds;
    let worst = 1000.0 / brush.worst_frame;
    let list_memory = list.process_memory.map_or_else(|| "–".to_owned(), |bytes| megabytes(bytes as f64));
    format!(
        "## The page\n\n\
         Headless Chromium on the CPU path, wasm on one thread. The server is on the same machine, so the times of a \
         first visit are without a network's. {transfer} are transferred without the model.\n\n\
         {opening}\n\
         The first inference of a Worker takes {first:.0} ms, a later one {next:.0} ms ({width} x {height} pixels). \
         Times of the opening are medians of three.\n\n\
         ### Fine-tuning\n\n\
         {images} crops of 256 x 256 pixels of electron micrographs (`vnc-em`, mitochondria). The studio's plan: {plan}. \
         In quick mode each image passes the frozen encoder once in each of eight views; until then a step takes longer.\n\n\
         {tuning}\n\
         {quick}\n\n\
         ### Painting and scrolling\n\n\
         A stroke on an image of {side} x {side} pixels: {hertz:.0} frames a second, in the worst case {worst:.0}; \
         {slow} of {frames} frames took longer than a thirtieth of a second; {brush_task}.\n\n\
         {count} images of {list_side} x {list_side} pixels are in the project after {import:.0} s (meanwhile {import_task}). \
         At most {rows} rows are in the page. Scrolling through all of them, half a screenful a frame: {list_frames} \
         frames, the longest {worst_frame:.0} ms; {scroll_task}. The last small pictures come {last:.0} ms after the end \
         is reached. The page's process takes {list_memory} at most.\n\n\
         {gpu}",
        transfer = megabytes_exactly(transfer),
        first = load.first_inference,
        next = load.next_inference,
        quick = quick(found),
        side = brush.side,
        slow = brush.slow_frames,
        frames = brush.frames,
        brush_task = longest(brush.longest_task),
        count = list.images,
        list_side = list.side,
        import = list.import,
        import_task = longest(list.import_longest_task),
        rows = list.rows,
        list_frames = list.frames,
        worst_frame = list.worst_frame,
        scroll_task = longest(list.scroll_longest_task),
        last = list.last_pictures,
        gpu = gpu(found),
    )
}

fn row(what: &str, numbers: [String; 2]) -> Vec<String> {
    std::iter::once(what.to_owned()).chain(numbers).collect()
}

fn mode(course: &Course) -> Vec<String> {
    let early = if course.mode == "quick" { milliseconds(course.early_step) } else { "–".to_owned() };
    let process = course.process_memory.map_or_else(|| "–".to_owned(), |bytes| megabytes(bytes as f64));
    vec![
        course.mode.clone(),
        format!("{:.1} s", course.first_step),
        early,
        milliseconds(course.late_step),
        megabytes(course.worker_memory),
        process,
        course.longest_task.map_or_else(|| "less than 50 ms".to_owned(), milliseconds),
    ]
}

/// How soon quick tuning is good.
fn quick(found: &Figures) -> String {
    let Some(course) = found.tuning.iter().find(|course| course.mode == "quick") else {
        return String::new();
    };
    let Course { images, held_out, steps, whole, score, nearly, nearly_step, .. } = course;
    let ((Some(whole), Some(score)), (Some(nearly), Some(step))) = ((whole, score), (nearly, nearly_step))
    else {
        return String::new();
    };
    format!(
        "Quick tuning on {images} images reaches a held-out Dice of {score:.3} ({held_out} images) and ends by itself \
         after {whole:.0} s and {steps} steps; 95 % of that Dice is reached **{nearly:.0} s** after the press, at step {step}."
    )
}

/// What the same would take on a GPU of a laptop.
fn gpu(found: &Figures) -> String {
    let Gpu { batch, side, dispatches, encoder_dispatches, submits, reads, operations, encoder_operations } =
        found.gpu;
    let quick = found.tuning.iter().find(|course| course.mode == "quick");
    let Some((course, steps)) = quick.and_then(|course| Some((course, course.nearly_step?))) else {
        return String::new();
    };
    let steps = f64::from(steps);
    let measured = f64::from(course.held_out);
    // Of each view once, and of those that are measured.
    let encoded = (steps * f64::from(batch)).min(f64::from(course.images) * 8.0) + measured;
    let estimate = Estimate {
        dispatches: steps * dispatches + encoded * encoder_dispatches,
        operations: steps * operations + encoded * encoder_operations,
    };
    let [slow, fast] = [Laptop::SLOW, Laptop::FAST].map(|laptop| laptop.seconds(estimate));
    let Laptop { per_dispatch: slowest, operations: effective } = Laptop::SLOW;
    format!(
        "### The same on the GPU of a laptop, estimated\n\n\
         Not measured: no such GPU was at hand. What was measured, on Chromium's emulated GPU with images of 64 x 64 pixels, \
         is how much is asked of it: {dispatches:.0} compute dispatches in {submits:.0} submissions and {reads:.0} read-backs \
         a step of {batch} images, and {encoder_dispatches:.0} dispatches more for each image that passes the encoder. From \
         the network's shapes a step has {step:.2} GFLOP at {side} x {side} pixels, a pass of the encoder {pass:.2}. The \
         {steps:.0} steps until 95 % of the final Dice, with {encoded:.0} passes of the encoder, are {all:.0} dispatches and \
         {flops:.0} GFLOP. At {fast_cost:.0} to {slow_cost:.0} µs a dispatch and {tera:.1} TFLOP/s (a fifth of the 1 TFLOP/s \
         of an integrated GPU) that is **{fast:.1} to {slow:.1} s** of GPU time. Measuring the held-out images in between, \
         which costs a part of a step each time, is not counted, nor is the compilation of shaders at the first start.",
        step = operations / 1e9,
        pass = encoder_operations / 1e9,
        all = estimate.dispatches,
        flops = estimate.operations / 1e9,
        fast_cost = 1e6 * Laptop::FAST.per_dispatch,
        slow_cost = 1e6 * slowest,
        tera = effective / 1e12,
    )
}

fn seconds_of_ms(milliseconds: f64) -> String {
    format!("{:.2} s", milliseconds / 1000.0)
}

fn milliseconds(value: f64) -> String {
    format!("{value:.0} ms")
}

fn megabytes(bytes: f64) -> String {
    format!("{:.0} MB", bytes / 1e6)
}

fn megabytes_exactly(bytes: u64) -> String {
    format!("{:.2} MB (brotli)", bytes as f64 / 1e6)
}

/// The longest task, in words.
fn longest(task: Option<f64>) -> String {
    task.map_or_else(
        || "no task of the page took 50 ms".to_owned(),
        |time| format!("the longest task of the page took {time:.0} ms"),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn figures() -> Figures {
        let opening = r#"{"usable": 800, "model": 1500, "result": 2100}"#;
        let course = r#"{"mode": "quick", "images": 5, "held_out": 2, "plan": "256 px", "first_step": 1.5,
            "early_step": 600, "late_step": 300, "steps": 120, "whole": 50, "score": 0.8, "nearly": 20,
            "nearly_step": 50, "worker_memory": 4e8, "process_memory": 900000000, "longest_task": null}"#;
        let text = format!(
            r#"{{"load": {{"cold": {opening}, "warm": {opening}, "first_inference": 500, "next_inference": 400,
                "sample": [256, 256]}}, "tuning": [{course}],
            "brush": {{"side": 2048, "frames": 180, "seconds": 3, "worst_frame": 25, "slow_frames": 0,
                "longest_task": null, "painted": 9}},
            "list": {{"images": 500, "side": 1024, "import": 60, "import_longest_task": 51, "scroll_longest_task": null,
                "worst_frame": 20, "frames": 90, "rows": 20, "last_pictures": 300, "process_memory": null}},
            "gpu": {{"batch": 2, "side": 256, "dispatches": 1000, "encoder_dispatches": 200, "submits": 10, "reads": 1,
                "operations": 1e10, "encoder_operations": 1e9}}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn the_section_says_what_was_measured() {
        let text = section(&figures(), 3_000_000);
        for words in [
            "3.00 MB (brotli)",
            "| the page can be used | 0.80 s | 0.80 s |",
            "| quick | 1.5 s | 600 ms | 300 ms | 400 MB | 900 MB | less than 50 ms |",
            "**20 s** after the press, at step 50",
            "60 frames a second, in the worst case 40; 0 of 180",
            "the longest task of the page took 51 ms",
            // 50 steps, 40 images in all views and 2 to measure on.
            "58400 dispatches",
            "542 GFLOP",
        ] {
            assert!(text.contains(words), "{words}\n{text}");
        }
    }
}
