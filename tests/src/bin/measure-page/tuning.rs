//! A tuning as the Worker tells of it.

use std::time::Duration;

use medley_tests::visit::pictures::Pictures;
use medley_tests::visit::studio::TUNING;
use medley_tests::visit::{Outcome, SOON, Visit};
use serde::{Deserialize, Serialize};
use thirtyfour::prelude::*;

use super::median;

/// Micrographs to learn from, then two to measure on.
const NAMES: [&str; 7] = ["z00_q0", "z03_q1", "z06_q2", "z09_q3", "z12_q1", "z17_q0", "z18_q2"];
/// Those to learn from.
const LEARNING: usize = 5;
/// Ways in which each image is shown; for each the frozen encoder has to see it once.
const VIEWS: u32 = 8;

/// In the Worker: passes on every word about a tuning, with the number of GPU operations so far.
pub const IN_WORKER: &str = "const told = new BroadcastChannel('measure');
const counts = { dispatches: 0, submits: 0, reads: 0 };
const counted = (type, name, count) => {
    if (!self[type]) return;
    const own = self[type].prototype[name];
    self[type].prototype[name] = function (...given) {
        counts[count] += 1;
        return own.apply(this, given);
    };
};
counted('GPUComputePassEncoder', 'dispatchWorkgroups', 'dispatches');
counted('GPUComputePassEncoder', 'dispatchWorkgroupsIndirect', 'dispatches');
counted('GPUQueue', 'submit', 'submits');
counted('GPUBuffer', 'mapAsync', 'reads');
const post = self.postMessage.bind(self);
self.postMessage = (message, ...more) => {
    const tuning = message?.[0]?.answer?.Studio?.Tuning;
    if (tuning) told.postMessage({
        time: performance.timeOrigin + performance.now(),
        state: typeof tuning.state === 'string' ? tuning.state : 'failed',
        step: tuning.step,
        best: tuning.best?.value ?? null,
        measurements: tuning.scores.length,
        memory: tuning.memory,
        ...counts,
    });
    post(message, ...more);
};";

/// In the page: keeps what the Worker passes on.
pub const IN_PAGE: &str = "window.course = [];
new BroadcastChannel('measure').onmessage = ({ data }) => course.push(data);";

/// What the Worker told at a time.
#[derive(Clone, Debug, Deserialize)]
pub struct Word {
    /// Milliseconds.
    pub time: f64,
    /// `preparing`, `running`, `done`.
    pub state: String,
    /// Steps made.
    pub step: u32,
    /// Best held-out score so far.
    pub best: Option<f64>,
    /// Measurements so far.
    pub measurements: u32,
    /// Of the Worker's wasm, in bytes.
    pub memory: f64,
    /// Compute dispatches so far.
    pub dispatches: f64,
    /// Submissions to the GPU so far.
    pub submits: f64,
    /// Buffers read back so far.
    pub reads: f64,
}

/// A tuning.
#[derive(Serialize)]
pub struct Course {
    mode: String,
    images: usize,
    held_out: usize,
    /// What the studio chose, in its words.
    plan: String,
    /// Seconds from the press to the first step.
    first_step: f64,
    /// Milliseconds of a step whose features have still to be computed.
    early_step: f64,
    /// Milliseconds of a later one.
    late_step: f64,
    /// Steps in all.
    steps: u32,
    /// Seconds from the press to the end; none where it was stopped before.
    whole: Option<f64>,
    /// Held-out Dice in the end.
    score: Option<f64>,
    /// Seconds from the press until 95 % of it.
    nearly: Option<f64>,
    /// Steps until then.
    nearly_step: Option<u32>,
    /// Bytes of the Worker's wasm, at most.
    worker_memory: f64,
    /// Bytes of the page's process, at most.
    process_memory: Option<u64>,
    /// Milliseconds of the longest task of the page; none where all were shorter than 50.
    longest_task: Option<f64>,
}

/// Tunes in a mode, for so many steps or to the end.
pub async fn measure(mode: &str, steps: Option<u32>) -> WebDriverResult<Course> {
    let visit = Visit::start_with_worker(IN_WORKER).await?.expect("everything is there");
    visit.before_each_page(IN_PAGE).await?;
    let pictures = Pictures::mitochondria(&NAMES).expect("the data set vnc-em is there");
    visit.open_studio("&lang=en").await?;
    visit.bring(&pictures, NAMES.len()).await?;
    hold_out(&visit, LEARNING, NAMES.len() - LEARNING).await?;
    visit.press_css(&format!("[data-mode={mode}]")).await?;
    let plan = visit.text("estimate").await?;
    visit.watch().await?;
    let begun = press_start(&visit).await?;
    if let Some(steps) = steps {
        until_step(&visit, steps, TUNING).await?;
        visit.press("tune-stop").await?;
    }
    visit.tuning_is("done", TUNING).await?;
    let words = words(&visit).await?;
    let (watched, process_memory) = (visit.watched().await?, visit.peak_memory());
    visit.end().await?;

    let end = words.last().unwrap();
    let running = || words.iter().filter(|word| word.state == "running");
    let first = running().find(|word| word.step > 0).unwrap();
    // The order of views changes after every image has been seen once.
    let early = VIEWS * LEARNING.div_ceil(2) as u32;
    let score = end.best.filter(|_| steps.is_none());
    let nearly =
        score.and_then(|score| words.iter().find(|word| word.best.is_some_and(|best| best >= 0.95 * score)));
    let seconds = |word: &Word| (word.time - begun) / 1000.0;
    Ok(Course {
        mode: mode.to_owned(),
        images: LEARNING,
        held_out: NAMES.len() - LEARNING,
        plan,
        first_step: seconds(first),
        early_step: median(per_step(&words, |word| word.time, |step| step <= early)),
        late_step: median(per_step(&words, |word| word.time, |step| mode != "quick" || step > early)),
        steps: end.step,
        whole: steps.is_none().then(|| seconds(end)),
        score,
        nearly: nearly.map(seconds),
        nearly_step: nearly.map(|word| word.step),
        worker_memory: words.iter().map(|word| word.memory).fold(0.0, f64::max),
        process_memory,
        longest_task: watched.longest_task(),
    })
}

/// Keeps so many images from a place on to measure on.
async fn hold_out(visit: &Visit, learning: usize, held_out: usize) -> Outcome {
    let mark = format!(
        "document.querySelectorAll('[data-testid=studio-images] input[type=checkbox]').forEach(
            (box, index) => {{ if (index >= {learning}) box.click(); }});
        return true;"
    );
    let _: bool = visit.script(&mark, vec![]).await?;
    visit.press("hold-out").await?;
    let split = format!(
        "document.querySelector('[data-testid=estimate]')?.innerText.includes('{learning} images to learn from, {held_out} to')"
    );
    visit.until("the images are split", SOON, &split).await
}

/// Begins; returns the time, in milliseconds.
pub async fn press_start(visit: &Visit) -> WebDriverResult<f64> {
    let ready = "document.querySelector('[data-testid=tune-start]')?.disabled === false";
    visit.until("a tuning can begin", SOON, ready).await?;
    let press = "const now = performance.timeOrigin + performance.now();
        document.querySelector('[data-testid=tune-start]').click();
        return now;";
    visit.script(press, vec![]).await
}

/// Waits for a step.
pub async fn until_step(visit: &Visit, step: u32, limit: Duration) -> Outcome {
    let there = format!("(window.course.at(-1)?.step ?? 0) >= {step}");
    visit.until(&format!("step {step} has been made"), limit, &there).await
}

/// Everything that was told.
pub async fn words(visit: &Visit) -> WebDriverResult<Vec<Word>> {
    visit.script("return window.course;", vec![]).await
}

/// By how much a number grows with a step, from one word to the next without a measurement in between, for the steps
/// that `wanted` lets through.
pub fn per_step(words: &[Word], of: fn(&Word) -> f64, wanted: impl Fn(u32) -> bool) -> Vec<f64> {
    let pairs = words.iter().zip(words.iter().skip(1));
    let steps = pairs.filter(|(a, b)| {
        let running = a.state == "running" && b.state == "running" && a.step > 0;
        running && b.step > a.step && a.measurements == b.measurements && wanted(b.step)
    });
    steps.map(|(a, b)| (of(b) - of(a)) / f64::from(b.step - a.step)).collect()
}
