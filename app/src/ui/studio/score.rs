//! Held-out scores in words.

use crate::locales::three_digits;
use crate::state::App;
use crate::worker::messages::{Measure, Score};

/// The measure's name.
pub fn measure_name(app: App, measure: Measure) -> &'static str {
    let words = &app.words().studio;
    match measure {
        Measure::Dice => words.dice,
        Measure::Map50 => words.map,
        Measure::MacroF1 => words.f1,
    }
}

/// Two digits, as many as a score of a few images deserves.
pub fn two_digits(value: f64) -> String {
    format!("{value:.2}")
}

/// `95 % 0.71–0.92, 2 images`.
pub fn certainty(app: App, score: &Score) -> String {
    let words = &app.words().studio;
    let images = (words.images)(score.images as usize);
    match score.interval {
        Some((low, high)) => format!("95 % {}–{}, {images}", two_digits(low), two_digits(high)),
        None => images,
    }
}

/// `1.2 GB`, `340 MB`.
pub fn memory(bytes: u64) -> String {
    let megabytes = bytes as f64 / 1e6;
    if megabytes < 1000.0 {
        format!("{megabytes:.0} MB")
    } else {
        format!("{} GB", three_digits(megabytes / 1000.0))
    }
}
