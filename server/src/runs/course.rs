//! The course of a run as series without zigzags: what was undone by going back to a checkpoint is left out.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Event, TimedEvent};

/// Values by the number of updates made, rising.
pub type Series<T> = Vec<(u64, T)>;

/// The events that led to the present state. Going on from a checkpoint (a later [`Event::Start`]) or back
/// to one ([`Event::Rollback`]) makes what was reported beyond it void.
pub fn valid_events(events: &[TimedEvent]) -> Vec<TimedEvent> {
    let mut valid: Vec<TimedEvent> = Vec::with_capacity(events.len());
    for timed in events {
        let back_to = match &timed.event {
            Event::Start { update, .. } => Some(*update),
            Event::Rollback { to, .. } => Some(*to),
            _ => None,
        };
        if let Some(update) = back_to {
            // That the run went back stays part of its history.
            valid.retain(|old| {
                old.event.update() <= update
                    || matches!(old.event, Event::Start { .. } | Event::Rollback { .. })
            });
        }
        valid.push(timed.clone());
    }
    valid
}

/// How the tasks' gradients related: means over a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct MeanInterference {
    /// Names of rows and columns.
    pub tasks: Vec<String>,
    /// Mean cosine similarity, `[task][task]`; NaN where two tasks never met.
    pub cosine: Vec<Vec<f64>>,
    /// Mean share of each task in the update.
    pub share: Vec<f64>,
    /// How many updates were measured.
    pub updates: usize,
}

/// A run as series.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Course {
    /// Training images per task.
    pub tasks: BTreeMap<String, usize>,
    /// Where it computes.
    pub device: String,
    /// Updates the run shall have made at its end; 0 where unknown.
    pub updates: u64,
    /// How often it was begun or gone on with.
    pub starts: usize,
    /// Seconds spent, also on what was undone.
    pub seconds: f64,
    /// Loss by task.
    pub losses: BTreeMap<String, Series<f32>>,
    /// Learning rate.
    pub rate: Series<f64>,
    /// Images per second.
    pub images_per_second: Series<f64>,
    /// Memory in bytes.
    pub memory: Series<u64>,
    /// Global norm of the shared gradient.
    pub gradient_norm: Series<f32>,
    /// Updates skipped by all processes of the run because a loss was not finite.
    pub skipped: u64,
    /// Held-out scores: task → metric → series.
    pub metrics: BTreeMap<String, BTreeMap<String, Series<f64>>>,
    /// What the best checkpoint is chosen by.
    pub criterion: Series<f64>,
    /// Updates of the best checkpoint.
    pub best: Option<u64>,
    /// Pictures of the last validation that made some, relative to the run folder.
    pub pictures: Vec<String>,
    /// How the tasks' gradients relate.
    pub interference: MeanInterference,
    /// Checkpoints: (update, seconds the training waited, bytes).
    pub checkpoints: Vec<(u64, f64, u64)>,
    /// Goings-back: (update, to, reason).
    pub rollbacks: Vec<(u64, u64, String)>,
    /// The end, when it was reported and the run not gone on with: (complete, reason).
    pub end: Option<(bool, Option<String>)>,
}

impl Course {
    /// The course that a log tells.
    pub fn new(events: &[TimedEvent]) -> Self {
        let mut course = Self { seconds: seconds(events), skipped: skipped(events), ..Self::default() };
        let mut interference = InterferenceSum::default();
        for timed in valid_events(events) {
            if let Event::Interference { tasks, cosine, share, .. } = &timed.event {
                interference.add(tasks, cosine, share);
            } else {
                course.add(timed.event);
            }
        }
        course.interference = interference.mean();
        course
    }

    /// Updates made.
    pub fn update(&self) -> u64 {
        let last = [self.rate.last().map(|p| p.0), self.checkpoints.last().map(|p| p.0)];
        last.into_iter().flatten().max().unwrap_or(0)
    }

    fn add(&mut self, event: Event) {
        match event {
            Event::Start { device, tasks, updates, .. } => {
                self.starts += 1;
                (self.device, self.tasks, self.updates, self.end) = (device, tasks, updates, None);
            }
            Event::Progress { update, losses, rate, images_per_second, memory, gradient_norm, .. } => {
                for (task, loss) in losses {
                    self.losses.entry(task).or_default().push((update, loss));
                }
                self.rate.push((update, rate));
                self.images_per_second.push((update, images_per_second));
                self.memory.extend(memory.map(|bytes| (update, bytes)));
                self.gradient_norm.extend(gradient_norm.map(|norm| (update, norm)));
            }
            Event::Validation { update, scores, criterion, best, pictures } => {
                for (task, metrics) in scores {
                    let task = self.metrics.entry(task).or_default();
                    for (metric, value) in metrics {
                        task.entry(metric).or_default().push((update, value));
                    }
                }
                self.criterion.extend(criterion.map(|value| (update, value)));
                self.best = if best { Some(update) } else { self.best };
                self.pictures =
                    if pictures.is_empty() { std::mem::take(&mut self.pictures) } else { pictures };
            }
            Event::Checkpoint { update, seconds, bytes } => self.checkpoints.push((update, seconds, bytes)),
            Event::Rollback { update, to, reason, .. } => self.rollbacks.push((update, to, reason)),
            Event::End { complete, reason, .. } => self.end = Some((complete, reason)),
            Event::Interference { .. } => {}
        }
    }
}

/// Time from each start to the last event before the next.
fn seconds(events: &[TimedEvent]) -> f64 {
    let sessions = events.windows(2).filter(|pair| !matches!(pair[1].event, Event::Start { .. }));
    sessions.map(|pair| (pair[1].time - pair[0].time).max(0.0)).sum()
}

/// Each process counts anew.
fn skipped(events: &[TimedEvent]) -> u64 {
    let (mut before, mut now) = (0, 0);
    for timed in events {
        match &timed.event {
            Event::Start { .. } => (before, now) = (before + now, 0),
            Event::Progress { skipped, .. } => now = *skipped,
            _ => {}
        }
    }
    before + now
}

/// Sums by pair of tasks, as different updates may hold different tasks.
#[derive(Default)]
struct InterferenceSum {
    /// (sum, count) by pair of names.
    cosine: BTreeMap<(String, String), (f64, u32)>,
    share: BTreeMap<String, (f64, u32)>,
    updates: usize,
}

impl InterferenceSum {
    fn add(&mut self, tasks: &[String], cosine: &[Vec<f32>], share: &[f32]) {
        self.updates += 1;
        for (task, row) in tasks.iter().zip(cosine) {
            for (other, value) in tasks.iter().zip(row) {
                count(self.cosine.entry((task.clone(), other.clone())).or_default(), *value);
            }
        }
        for (task, value) in tasks.iter().zip(share) {
            count(self.share.entry(task.clone()).or_default(), *value);
        }
    }

    fn mean(self) -> MeanInterference {
        let pairs = self.cosine.keys().map(|(task, _)| task.clone());
        let tasks: Vec<String> =
            pairs.chain(self.share.keys().cloned()).collect::<BTreeSet<_>>().into_iter().collect();
        let mean = |sum: Option<&(f64, u32)>| sum.map_or(f64::NAN, |(sum, count)| sum / f64::from(*count));
        let row = |task: &String| {
            tasks.iter().map(|other| mean(self.cosine.get(&(task.clone(), other.clone())))).collect()
        };
        MeanInterference {
            cosine: tasks.iter().map(row).collect(),
            share: tasks.iter().map(|task| mean(self.share.get(task))).collect(),
            updates: self.updates,
            tasks,
        }
    }
}

fn count(sum: &mut (f64, u32), value: f32) {
    if value.is_finite() {
        sum.0 += f64::from(value);
        sum.1 += 1;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn start(update: u64) -> Event {
        Event::Start { update, device: "cpu".into(), tasks: BTreeMap::new(), updates: 100 }
    }

    fn progress(update: u64, loss: f32) -> Event {
        Event::Progress {
            update,
            losses: BTreeMap::from([("cells".to_owned(), loss)]),
            rate: 0.1,
            images_per_second: 2.0,
            memory: Some(update),
            gradient_norm: None,
            skipped: 0,
        }
    }

    fn validation(update: u64, dice: f64, best: bool) -> Event {
        let scores = BTreeMap::from([("cells".to_owned(), BTreeMap::from([("dice".to_owned(), dice)]))]);
        Event::Validation {
            update,
            scores,
            criterion: Some(dice),
            best,
            pictures: vec![format!("{update}.png")],
        }
    }

    fn timed(events: impl IntoIterator<Item = Event>) -> Vec<TimedEvent> {
        events.into_iter().zip(0..).map(|(event, time)| TimedEvent { time: f64::from(time), event }).collect()
    }

    #[test]
    fn what_a_resumed_run_does_again_counts_once() {
        let events = timed([
            start(0),
            progress(10, 3.0),
            validation(10, 0.5, true),
            progress(20, 2.0),
            progress(30, 9.0),
            validation(30, 0.9, true),
            start(20),
            progress(30, 1.0),
        ]);
        let course = Course::new(&events);
        assert_eq!(course.losses["cells"], [(10, 3.0), (20, 2.0), (30, 1.0)]);
        assert_eq!(course.metrics["cells"]["dice"], [(10, 0.5)]);
        assert_eq!((course.best, course.starts, course.update()), (Some(10), 2, 30));
        assert_eq!(course.pictures, ["10.png"]);
        // From the first event to the sixth, and from the seventh to the eighth.
        assert_eq!(course.seconds, 6.0);
    }

    #[test]
    fn several_goings_back_leave_rising_series() {
        let back = |update, to| Event::Rollback { update, to, factor: 0.5, reason: "not finite".into() };
        let events = timed([
            start(0),
            progress(10, 3.0),
            progress(20, 9.0),
            back(25, 10),
            progress(20, 8.0),
            progress(30, 7.0),
            start(20),
            start(10),
            progress(15, 1.0),
            Event::End { update: 15, complete: false, reason: Some("interrupted".into()) },
        ]);
        let course = Course::new(&events);
        assert_eq!(course.losses["cells"], [(10, 3.0), (15, 1.0)]);
        assert_eq!(course.memory, [(10, 10), (15, 15)]);
        assert_eq!(course.rollbacks, [(25, 10, "not finite".to_owned())]);
        assert_eq!(course.end, Some((false, Some("interrupted".to_owned()))));
    }

    #[test]
    fn skipped_updates_of_all_processes_count() {
        let skip = |update, count| {
            let mut event = progress(update, 1.0);
            if let Event::Progress { skipped, .. } = &mut event {
                *skipped = count;
            }
            event
        };
        let events = timed([start(0), skip(10, 1), skip(20, 4), start(10), skip(20, 0), skip(30, 2)]);
        assert_eq!(Course::new(&events).skipped, 6);
    }

    #[test]
    fn a_run_that_was_gone_on_with_has_not_ended() {
        let end = Event::End { update: 10, complete: true, reason: None };
        let course = Course::new(&timed([start(0), progress(10, 3.0), end, start(10)]));
        assert_eq!(course.end, None);
        assert_eq!(course.losses["cells"], [(10, 3.0)]);
    }

    #[test]
    fn interference_is_averaged_by_pair() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let events = timed([
            start(0),
            Event::Interference {
                update: 1,
                tasks: names(&["b", "a"]),
                cosine: vec![vec![1.0, -0.5], vec![-0.5, 1.0]],
                share: vec![0.75, 0.25],
            },
            Event::Interference {
                update: 2,
                tasks: names(&["a", "b"]),
                cosine: vec![vec![1.0, 0.0], vec![0.0, f32::NAN]],
                share: vec![0.5, 0.5],
            },
            Event::Interference {
                update: 3,
                tasks: names(&["c"]),
                cosine: vec![vec![1.0]],
                share: vec![1.0],
            },
        ]);
        let mean = Course::new(&events).interference;
        assert_eq!((mean.tasks, mean.updates), (names(&["a", "b", "c"]), 3));
        assert_eq!(mean.cosine[0][..2], [1.0, -0.25]);
        assert_eq!(mean.cosine[1][..2], [-0.25, 1.0]);
        assert!(mean.cosine[0][2].is_nan());
        assert_eq!(mean.share, [0.375, 0.625, 1.0]);
    }
}
