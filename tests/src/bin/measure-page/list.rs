//! Five hundred large images: how long they take to come in, and whether the list stays fluent.

use std::time::{Duration, Instant};

use medley_tests::visit::Visit;
use medley_tests::visit::pictures::Pictures;
use serde::Serialize;
use thirtyfour::prelude::*;

const IMAGES: u32 = 500;
const SIDE: u32 = 1024;
/// For all of them, on a slow machine.
const LIMIT: Duration = Duration::from_mins(8);

/// A long list.
#[derive(Serialize)]
pub struct List {
    images: u32,
    side: u32,
    /// Seconds until all are in the project.
    import: f64,
    /// Milliseconds of the longest task meanwhile; none where all were shorter than 50.
    import_longest_task: Option<f64>,
    /// Milliseconds of the longest task while scrolling.
    scroll_longest_task: Option<f64>,
    /// The longest time without a frame while scrolling, in milliseconds.
    worst_frame: f64,
    /// Frames of the scrolling.
    frames: usize,
    /// Rows in the page at most.
    rows: u32,
    /// Milliseconds until the last images had their small pictures, after the end was reached.
    last_pictures: f64,
    /// Bytes of the page's process, at most.
    process_memory: Option<u64>,
}

/// Imports and scrolls.
pub async fn measure() -> WebDriverResult<List> {
    let visit = Visit::start().await?.expect("everything is there");
    let pictures = Pictures::discs_of(IMAGES, SIDE);
    visit.open_studio("&lang=en").await?;
    visit.watch().await?;
    let start = Instant::now();
    visit.give("studio-files", &pictures.images()).await?;
    let all = format!("document.querySelector('[data-testid=studio-images]').dataset.count === '{IMAGES}'");
    visit.until("all images are in the list", LIMIT, &all).await?;
    let import = start.elapsed().as_secs_f64();
    let imported = visit.watched().await?;
    visit.watch().await?;
    visit.scroll_through_images().await?;
    let scrolled = visit.watched().await?;
    let start = Instant::now();
    let drawn = "[...document.querySelectorAll('[data-testid=studio-images] .image-row')]
        .every(row => row.querySelector('canvas'))";
    visit.until("the last images have their small pictures", LIMIT, drawn).await?;
    let last_pictures = 1000.0 * start.elapsed().as_secs_f64();
    let process_memory = visit.peak_memory();
    visit.end().await?;
    Ok(List {
        images: IMAGES,
        side: SIDE,
        import,
        import_longest_task: imported.longest_task(),
        scroll_longest_task: scrolled.longest_task(),
        worst_frame: scrolled.worst_frame(),
        frames: scrolled.frames.len(),
        rows: imported.rows.max(scrolled.rows),
        last_pictures,
        process_memory,
    })
}
