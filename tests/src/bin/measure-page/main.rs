//! Measures the page in a real browser and prints the figures as one line of JSON; what it does at the moment goes to
//! the other output. `cargo xtask bench page` runs it and says what the figures mean.
//!
//! Needs what the end-to-end tests need. Every part has a browser of its own, with a new profile.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod brush;
mod gpu;
mod list;
mod load;
mod operations;
mod tuning;

use serde::Serialize;
use thirtyfour::prelude::*;

#[derive(Serialize)]
struct Figures {
    load: load::Load,
    tuning: Vec<tuning::Course>,
    brush: brush::Brush,
    list: list::List,
    gpu: gpu::Gpu,
}

#[tokio::main]
async fn main() -> WebDriverResult<()> {
    eprintln!("opening the page");
    let load = load::measure().await?;
    let mut courses = Vec::new();
    // The first one goes on to its end.
    for (mode, steps) in [("quick", None), ("lora", Some(24)), ("full", Some(24))] {
        eprintln!("tuning: {mode}");
        courses.push(tuning::measure(mode, steps).await?);
    }
    eprintln!("a stroke on a large image");
    let brush = brush::measure().await?;
    eprintln!("five hundred images");
    let list = list::measure().await?;
    eprintln!("WebGPU, emulated: counting dispatches");
    let gpu = gpu::measure().await?;
    let figures = Figures { load, tuning: courses, brush, list, gpu };
    println!("{}", serde_json::to_string(&figures).unwrap());
    Ok(())
}

/// The middle one.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
