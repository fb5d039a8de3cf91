//! From the address to the first result, without and with what the browser has kept.

use medley_tests::visit::{SOON, Visit};
use serde::{Deserialize, Serialize};
use thirtyfour::prelude::*;

use super::median;

/// Measurements of each; the medians are stated.
const ROUNDS: usize = 3;

/// Notes when something is there for the first time.
const MARKS: &str = "window.marks = {};
const wanted = {
    usable: () => document.querySelector('header.top') && !document.getElementById('first'),
    model: () => document.querySelector('[data-testid=task-select] option'),
    result: () => document.body?.dataset.resultId,
};
const look = () => {
    for (const [name, there] of Object.entries(wanted)) {
        if (!(name in marks) && there()) marks[name] = performance.now();
    }
    if (!('result' in marks)) requestAnimationFrame(look);
};
requestAnimationFrame(look);";

/// Milliseconds after the navigation.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub struct Opening {
    /// The page has replaced its frame.
    usable: f64,
    /// The model has arrived and was read.
    model: f64,
    /// The first sample is segmented.
    result: f64,
}

/// All of it.
#[derive(Serialize)]
pub struct Load {
    /// With a new profile.
    cold: Opening,
    /// Once more in the same profile.
    warm: Opening,
    /// Milliseconds of the first inference in a Worker.
    first_inference: f64,
    /// Of a later one.
    next_inference: f64,
    /// Columns and rows of the sample.
    sample: (f64, f64),
}

/// What the page says of its last result.
#[derive(Deserialize)]
struct Last {
    seconds: f64,
    width: f64,
    height: f64,
}

/// Opens the page a few times.
pub async fn measure() -> WebDriverResult<Load> {
    let (mut cold, mut warm, mut first, mut next) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut sample = (0.0, 0.0);
    for _ in 0..ROUNDS {
        let visit = Visit::start().await?.expect("everything is there");
        visit.before_each_page(MARKS).await?;
        cold.push(open(&visit).await?);
        let Last { seconds, width, height } = last(&visit).await?;
        first.push(1000.0 * seconds);
        sample = (width, height);
        // Another task and back again: the picture and the kind of task are the same.
        let own: String =
            visit.script("return document.querySelector('[data-testid=task-select]').value;", vec![]).await?;
        let other =
            "return document.querySelector('[data-testid=task-select] optgroup option:not(:checked)').value;";
        let other: String = visit.script(other, vec![]).await?;
        for task in [other, own] {
            let before = visit.result_number().await?;
            visit.choose_task(&task).await?;
            visit.answer_after(before, SOON).await?;
        }
        next.push(1000.0 * last(&visit).await?.seconds);
        warm.push(open(&visit).await?);
        visit.end().await?;
    }
    let middle = |all: &[Opening], of: fn(&Opening) -> f64| median(all.iter().map(of).collect());
    let opening = |all: &[Opening]| Opening {
        usable: middle(all, |one| one.usable),
        model: middle(all, |one| one.model),
        result: middle(all, |one| one.result),
    };
    Ok(Load {
        cold: opening(&cold),
        warm: opening(&warm),
        first_inference: median(first),
        next_inference: median(next),
        sample,
    })
}

async fn open(visit: &Visit) -> WebDriverResult<Opening> {
    visit.open("?device=cpu&lang=en").await?;
    visit.eventually("the first result", SOON, "('result' in window.marks ? window.marks : null)").await
}

async fn last(visit: &Visit) -> WebDriverResult<Last> {
    visit.script("return window.medley.lastResult();", vec![]).await
}
