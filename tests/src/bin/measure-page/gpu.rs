//! What a quick tuning asks of a GPU. Times of an emulated one say nothing, but its operations can be counted: their
//! number does not depend on the size of the images.

use medley_tests::visit::pictures::Pictures;
use medley_tests::visit::studio::TUNING;
use medley_tests::visit::{LATER, Visit};
use serde::Serialize;
use thirtyfour::prelude::*;

use super::median;
use super::operations::{decoder_step, encoder_pass};
use super::tuning::{IN_PAGE, IN_WORKER, Word, per_step, press_start, until_step, words};

/// Steps in which each image is seen in all its views, of two images at a time.
const EARLY: u32 = 8;
/// Steps that are counted.
const STEPS: u32 = 14;
/// Images of a step.
const BATCH: u32 = 2;
/// Side of the images that the operations are stated for, in pixels.
const SIDE: usize = 256;

/// Operations of a step.
#[derive(Serialize)]
pub struct Gpu {
    batch: u32,
    side: usize,
    /// Compute dispatches of a step whose features are kept.
    dispatches: f64,
    /// Those that the features of one image take in addition.
    encoder_dispatches: f64,
    /// Submissions of a step.
    submits: f64,
    /// Buffers that a step reads back.
    reads: f64,
    /// Floating-point operations of a step.
    operations: f64,
    /// Those of the features of one image.
    encoder_operations: f64,
}

/// Makes a few steps and counts.
pub async fn measure() -> WebDriverResult<Gpu> {
    let visit = Visit::start_with_worker(IN_WORKER).await?.expect("everything is there");
    visit.before_each_page(IN_PAGE).await?;
    visit.open_studio_on("webgpu", "&lang=en").await?;
    visit.bring(&Pictures::small_discs(3), 3).await?;
    let ready = "document.querySelector('[data-testid=device]').dataset.device === 'webgpu'
        && document.querySelector('[data-testid=device]').dataset.checked === 'true'";
    visit.until("the GPU is in use", LATER, ready).await?;
    press_start(&visit).await?;
    until_step(&visit, STEPS, LATER).await?;
    visit.press("tune-stop").await?;
    visit.tuning_is("done", TUNING).await?;
    let words = words(&visit).await?;
    visit.end().await?;
    let of = |count: fn(&Word) -> f64, early: bool| {
        median(per_step(&words, count, |step| (step <= EARLY) == early))
    };
    let dispatches = of(|word| word.dispatches, false);
    Ok(Gpu {
        batch: BATCH,
        side: SIDE,
        dispatches,
        encoder_dispatches: (of(|word| word.dispatches, true) - dispatches) / f64::from(BATCH),
        submits: of(|word| word.submits, false),
        reads: of(|word| word.reads, false),
        operations: f64::from(BATCH) * decoder_step(SIDE),
        encoder_operations: encoder_pass(SIDE),
    })
}
