//! How a tuning goes, as the page is told.

use medley_core::adapt::HeldOutScore;
use medley_core::dataset::TaskKind;
use wasm_bindgen::JsCast;

use super::Course;
use crate::worker::messages::{Score, ScorePoint, TuneProgress, TuneState};
use crate::worker::studio::cards::measure;

/// Points of the curve of losses that the page is told.
const POINTS: usize = 300;

impl Course {
    /// Time for a step with its share of the measurements; none before the first one.
    pub(super) fn seconds_per_step(&self) -> Option<f64> {
        let made = self.session.steps() - self.from_step;
        (made > 0).then(|| self.seconds / made as f64)
    }

    /// Its state in numbers.
    pub(super) fn progress(&self, state: TuneState) -> TuneProgress {
        let session = &self.session;
        let losses = session.losses();
        let every = losses.len().div_ceil(POINTS).max(1);
        let thinned =
            losses.iter().enumerate().filter(|(index, _)| index % every == 0 || index + 1 == losses.len());
        let first = |measured: &medley_core::adapt::Measured| measured.scores.first().copied().flatten();
        let kind = session.tasks().next().map_or(TaskKind::Segmentation, |task| task.kind);
        let (answered, all) = session.answered();
        let (step, steps) = (session.steps() as u32, session.config().steps as u32);
        let left = self.seconds_per_step().map(|pace| f64::from(steps.saturating_sub(step)) * pace);
        TuneProgress {
            tasks: self.tasks.iter().map(|task| task.0).collect(),
            mode: self.wish.mode,
            state,
            step,
            steps,
            prepared: (answered as u32, all as u32),
            losses: thinned.map(|(index, loss)| (index as u32 + 1, *loss)).collect(),
            scores: session
                .course()
                .iter()
                .filter_map(|m| Some(ScorePoint { step: m.step as u32, value: first(m)?.value }))
                .collect(),
            base: session.base().and_then(first).map(|score| card(kind, score)),
            best: session.best().and_then(first).map(|score| card(kind, score)),
            seconds_left: left,
            seconds: self.seconds,
            memory: memory(),
            recovered: self.recovered,
        }
    }
}

fn card(kind: TaskKind, score: HeldOutScore) -> Score {
    Score {
        measure: measure(kind),
        value: score.value,
        interval: score.interval,
        images: score.images as u32,
    }
}

/// Bytes of the Worker's memory.
fn memory() -> u64 {
    let memory = wasm_bindgen::memory().dyn_into::<js_sys::WebAssembly::Memory>();
    let buffer = memory.ok().and_then(|memory| memory.buffer().dyn_into::<js_sys::ArrayBuffer>().ok());
    buffer.map_or(0, |buffer| u64::from(buffer.byte_length()))
}
