//! How smoothly the page goes on: its frames, its long tasks, the rows of its list.

use serde::Deserialize;
use thirtyfour::prelude::*;

use super::{Outcome, Visit};

/// Notes every frame, every task of more than 50 ms, and the greatest number of rows of the studio's list.
const WATCH: &str = "window.watched = { frames: [], tasks: [], rows: 0 };
    if (window.watching) return true;
    window.watching = true;
    let last = null;
    const frame = time => {
        if (last !== null) watched.frames.push(time - last);
        last = time;
        watched.rows = Math.max(watched.rows, document.querySelectorAll('[data-testid^=entry-]').length);
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    new PerformanceObserver(list => watched.tasks.push(...list.getEntries().map(({ duration }) => duration)))
        .observe({ entryTypes: ['longtask'] });
    return true;";

/// Half a screenful per frame, from the beginning of the studio's list to its end.
const SCROLL: &str = "const done = arguments[arguments.length - 1];
    const list = document.querySelector('[data-testid=studio-images]');
    list.scrollTop = 0;
    const step = () => {
        list.scrollTop += list.clientHeight / 2;
        if (list.scrollTop + list.clientHeight < list.scrollHeight - 1) requestAnimationFrame(step);
        else done(true);
    };
    requestAnimationFrame(step);";

/// What was noted.
#[derive(Debug, Deserialize)]
pub struct Watched {
    /// Milliseconds from each frame to the next.
    pub frames: Vec<f64>,
    /// Milliseconds of each task of more than 50.
    pub tasks: Vec<f64>,
    /// Most rows of the list that were in the page at the same time.
    pub rows: u32,
}

impl Watched {
    /// The longest time without a frame, in milliseconds.
    pub fn worst_frame(&self) -> f64 {
        self.frames.iter().copied().fold(0.0, f64::max)
    }

    /// The longest task, in milliseconds; none where all were shorter than 50.
    pub fn longest_task(&self) -> Option<f64> {
        self.tasks.iter().copied().reduce(f64::max)
    }
}

impl Visit {
    /// Begins to note, and forgets what was noted before.
    pub async fn watch(&self) -> Outcome {
        let _: bool = self.script(WATCH, vec![]).await?;
        Ok(())
    }

    /// What has been noted since.
    pub async fn watched(&self) -> WebDriverResult<Watched> {
        self.script("return window.watched;", vec![]).await
    }

    /// Scrolls through all images of the studio.
    pub async fn scroll_through_images(&self) -> Outcome {
        self.driver().execute_async(SCROLL, vec![]).await?;
        Ok(())
    }
}
