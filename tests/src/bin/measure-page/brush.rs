//! Frames while a brush paints on a large image.

use std::time::Duration;

use medley_tests::visit::pictures::Pictures;
use medley_tests::visit::{SOON, Visit};
use serde::Serialize;
use thirtyfour::prelude::*;

/// Side of the image, in pixels.
const SIDE: u32 = 2048;
/// Moves of the pointer, and the time of each.
const MOVES: i64 = 180;
const EACH: Duration = Duration::from_millis(16);

/// A stroke.
#[derive(Serialize)]
pub struct Brush {
    side: u32,
    frames: usize,
    /// Seconds of the stroke.
    seconds: f64,
    /// The longest time without a frame, in milliseconds.
    worst_frame: f64,
    /// Frames that took longer than a thirtieth of a second.
    slow_frames: usize,
    /// Milliseconds of the longest task; none where all were shorter than 50.
    longest_task: Option<f64>,
    /// Pixels that were painted.
    painted: usize,
}

/// Paints.
pub async fn measure() -> WebDriverResult<Brush> {
    let visit = Visit::start().await?.expect("everything is there");
    visit.open_studio("&lang=en").await?;
    let pictures = Pictures::discs_of(1, SIDE);
    visit.give("studio-files", &pictures.images()).await?;
    visit.has_images(1).await?;
    let open = "document.querySelector('[data-testid=studio-canvas]').dataset.entry !== undefined";
    visit.until("the image is on the screen", SOON, open).await?;
    visit.press_css("[data-tool=brush]").await?;
    // A large brush, as for the first rough strokes.
    for _ in 0..12 {
        visit.driver().action_chain().send_keys("]").perform().await?;
    }
    let frame = "const { x, y, width, height } =
            document.querySelector('[data-testid=studio-canvas]').getBoundingClientRect();
        return [x + width / 2, y + height / 2, Math.min(width, height) / 3].map(Math.round);";
    let (x, y, reach): (i64, i64, i64) = visit.script(frame, vec![]).await?;
    let pen = visit.driver().action_chain_with_delay(Some(EACH), Some(EACH));
    let mut pen = pen.move_to(x + reach, y).click_and_hold();
    for place in 1..=MOVES {
        let angle = place as f64 / 30.0;
        let way = reach as f64 * (1.0 - 0.5 * place as f64 / MOVES as f64);
        let [dx, dy] = [angle.cos(), angle.sin()].map(|part| (way * part).round() as i64);
        pen = pen.move_to(x + dx, y + dy);
    }
    visit.watch().await?;
    pen.release().perform().await?;
    let watched = visit.watched().await?;
    visit.has_labelled(1).await?;
    let painted = "return window.medley.labels().labels.filter(label => label === 1).length;";
    let painted: usize = visit.script(painted, vec![]).await?;
    visit.screenshot("measure-brush").await?;
    visit.end().await?;
    Ok(Brush {
        side: SIDE,
        frames: watched.frames.len(),
        seconds: watched.frames.iter().sum::<f64>() / 1000.0,
        worst_frame: watched.worst_frame(),
        slow_frames: watched.frames.iter().filter(|time| **time > 1000.0 / 30.0).count(),
        longest_task: watched.longest_task(),
        painted,
    })
}
