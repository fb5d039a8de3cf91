//! Means over the updates since the last report.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use medley_core::train::{Trainer, Update};

use crate::runs::Event;

/// Time between reports.
const REPORT_EVERY: Duration = Duration::from_secs(2);

/// What is summed up between two reports.
pub struct Window {
    losses: BTreeMap<String, (f32, u32)>,
    images: usize,
    last: Option<Update>,
    since: Instant,
}

impl Window {
    pub fn new() -> Self {
        Self { losses: BTreeMap::new(), images: 0, last: None, since: Instant::now() }
    }

    /// Takes in an update; losses of skipped ones are no numbers and do not count.
    pub fn add(&mut self, trainer: &Trainer, update: Update) {
        if !update.is_skipped {
            for (task, loss) in trainer.network.tasks.iter().zip(&update.losses) {
                if let Some(loss) = loss {
                    let (sum, count) = self.losses.entry(task.id.clone()).or_default();
                    *sum += loss;
                    *count += 1;
                }
            }
        }
        self.images += update.images;
        self.last = Some(update);
    }

    /// The report, when it is time for one or the run is over. `memory` is in bytes; `skipped` counts updates
    /// since the start.
    pub fn report(&mut self, trainer: &Trainer, memory: Option<u64>, skipped: u64) -> Option<Event> {
        let elapsed = self.since.elapsed();
        if elapsed < REPORT_EVERY && trainer.update < trainer.config.updates {
            return None;
        }
        let window = std::mem::replace(self, Self::new());
        let last = window.last?;
        let mean = |(task, (sum, count)): (String, (f32, u32))| (task, sum / count as f32);
        Some(Event::Progress {
            update: trainer.update,
            losses: window.losses.into_iter().map(mean).collect(),
            rate: last.rate,
            images_per_second: window.images as f64 / elapsed.as_secs_f64(),
            memory,
            gradient_norm: (!last.is_skipped).then_some(last.gradient_norm),
            skipped,
        })
    }
}
