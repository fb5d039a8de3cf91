//! What is known of a run at the moment, as text.

use std::collections::{BTreeMap, VecDeque};

use super::super::report::{bytes, duration};
use super::super::{Event, TimedEvent};

/// Reports over which the speed is taken.
const SPEED_OVER: usize = 30;
/// Tasks that a table lists; more would not fit on a screen.
const ROWS: usize = 32;
/// Metrics that a row lists.
const METRICS: usize = 3;

#[derive(Debug, Default)]
pub struct State {
    update: u64,
    updates: u64,
    losses: BTreeMap<String, f32>,
    scores: BTreeMap<String, BTreeMap<String, f64>>,
    rate: f64,
    images_per_second: f64,
    memory: Option<u64>,
    skipped: u64,
    checkpoint: Option<u64>,
    best: Option<(u64, Option<f64>)>,
    /// (time, update) of the last reports since the last start or going-back.
    reports: VecDeque<(f64, u64)>,
    end: Option<String>,
}

impl State {
    /// Takes an event in.
    pub fn add(&mut self, timed: &TimedEvent) {
        match &timed.event {
            Event::Start { update, updates, tasks, .. } => {
                (self.update, self.updates, self.end) = (*update, *updates, None);
                self.losses = tasks.keys().map(|task| (task.clone(), f32::NAN)).collect();
                self.reports = VecDeque::from([(timed.time, *update)]);
            }
            Event::Progress { update, losses, rate, images_per_second, memory, skipped, .. } => {
                self.update = *update;
                self.losses.extend(losses.iter().map(|(task, loss)| (task.clone(), *loss)));
                (self.rate, self.images_per_second) = (*rate, *images_per_second);
                (self.memory, self.skipped) = (*memory, *skipped);
                self.reports.push_back((timed.time, *update));
                if self.reports.len() > SPEED_OVER {
                    self.reports.pop_front();
                }
            }
            Event::Validation { update, scores, criterion, best, .. } => {
                self.scores.clone_from(scores);
                if *best {
                    self.best = Some((*update, *criterion));
                }
            }
            Event::Checkpoint { update, .. } => self.checkpoint = Some(*update),
            Event::Rollback { to, .. } => {
                self.update = *to;
                self.reports = VecDeque::from([(timed.time, *to)]);
            }
            Event::End { update, complete, reason } => {
                self.update = *update;
                let default = if *complete { "complete" } else { "interrupted" };
                self.end = Some(reason.clone().unwrap_or_else(|| default.to_owned()));
            }
            Event::Interference { .. } => {}
        }
    }

    /// Seconds until the last update, at the speed of the last reports.
    fn seconds_left(&self) -> Option<f64> {
        let (from, to) = (self.reports.front()?, self.reports.back()?);
        let made = to.1.checked_sub(from.1).filter(|made| *made > 0)?;
        let left = self.updates.checked_sub(self.update)?;
        Some((to.0 - from.0) / made as f64 * left as f64)
    }

    /// How far, how fast, how much longer.
    fn head(&self) -> Vec<String> {
        let mut parts = vec![if self.updates > 0 {
            let percent = self.update as f64 / self.updates as f64 * 100.0;
            format!("update {} of {} ({percent:.0} %)", self.update, self.updates)
        } else {
            format!("update {}", self.update)
        }];
        if self.images_per_second > 0.0 {
            parts.push(format!("{:.1} images/s", self.images_per_second));
        }
        parts.extend(self.memory.map(bytes));
        match (&self.end, self.seconds_left()) {
            (Some(end), _) => parts.push(end.clone()),
            (None, Some(seconds)) => parts.push(format!("{} left", duration(seconds))),
            (None, None) => {}
        }
        parts
    }

    /// The whole as a table.
    pub fn table(&self) -> String {
        let mut lines = vec![self.head().join("   ")];
        let width = self.losses.keys().map(|task| task.chars().count()).max().unwrap_or(0).clamp(4, 40);
        let held_out = if self.scores.is_empty() { "" } else { "   held-out" };
        lines.push(format!("{:<width$}  {:>7}{held_out}", "task", "loss"));
        for (task, loss) in self.losses.iter().take(ROWS) {
            let name: String = task.chars().take(width).collect();
            let loss = if loss.is_finite() { format!("{loss:.3}") } else { "–".to_owned() };
            let row = format!("{name:<width$}  {loss:>7}   {}", self.metrics(task));
            lines.push(row.trim_end().to_owned());
        }
        if self.losses.len() > ROWS {
            lines.push(format!("and {} more tasks", self.losses.len() - ROWS));
        }
        let mut foot = Vec::new();
        if self.rate > 0.0 {
            foot.push(format!("rate {:.1e}", self.rate));
        }
        foot.extend(self.checkpoint.map(|update| format!("checkpoint at {update}")));
        foot.extend(self.best.map(|(update, criterion)| {
            format!("best at {update}{}", criterion.map_or(String::new(), |value| format!(" ({value:.3})")))
        }));
        if self.skipped > 0 {
            foot.push(format!("{} skipped, loss not finite", self.skipped));
        }
        lines.push(foot.join("   "));
        lines.join("\n").trim_end().to_owned()
    }

    fn metrics(&self, task: &str) -> String {
        let scores = self.scores.get(task).into_iter().flatten().filter(|(_, value)| value.is_finite());
        let scores = scores.take(METRICS).map(|(name, value)| format!("{name} {value:.3}"));
        scores.collect::<Vec<_>>().join("  ")
    }

    /// A line about an event that was just taken in; none where there is nothing to say.
    pub fn line(&self, event: &Event) -> Option<String> {
        Some(match event {
            Event::Start { device, tasks, .. } => {
                let images: usize = tasks.values().sum();
                format!(
                    "{}, {} tasks with {images} training images, on {device}",
                    self.head().join(", "),
                    tasks.len()
                )
            }
            Event::Progress { losses, .. } => {
                let losses: Vec<String> =
                    losses.iter().map(|(task, loss)| format!("{task} {loss:.3}")).collect();
                format!("{}; loss {}", self.head().join(", "), losses.join(", "))
            }
            Event::Validation { update, scores, best, .. } => {
                let tasks: Vec<String> =
                    scores.keys().map(|task| format!("{task} {}", self.metrics(task))).collect();
                let best = if *best { "; the best so far" } else { "" };
                format!("update {update}, held-out: {}{best}", tasks.join(", "))
            }
            Event::Checkpoint { update, seconds, bytes: size } => {
                format!("checkpoint at update {update}: {} in {seconds:.1} s", bytes(*size))
            }
            Event::Rollback { update, to, factor, reason } => {
                format!("{reason} at update {update}: back to {to}, learning rate times {factor}")
            }
            Event::End { .. } => self.head().join(", "),
            Event::Interference { .. } => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn state(events: impl IntoIterator<Item = (f64, Event)>) -> State {
        let mut state = State::default();
        events.into_iter().for_each(|(time, event)| state.add(&TimedEvent { time, event }));
        state
    }

    fn start() -> Event {
        let tasks = BTreeMap::from([("blood".to_owned(), 70), ("cells".to_owned(), 50)]);
        Event::Start { update: 100, device: "cpu".into(), tasks, updates: 500 }
    }

    fn progress(update: u64, skipped: u64) -> Event {
        Event::Progress {
            update,
            losses: BTreeMap::from([("cells".to_owned(), 0.25)]),
            rate: 5e-4,
            images_per_second: 12.34,
            memory: Some(2_100_000_000),
            gradient_norm: None,
            skipped,
        }
    }

    fn validation() -> Event {
        let scores = BTreeMap::from([("dice".to_owned(), 0.5), ("iou".to_owned(), f64::NAN)]);
        let scores = BTreeMap::from([("cells".to_owned(), scores)]);
        Event::Validation { update: 200, scores, criterion: Some(0.5), best: true, pictures: Vec::new() }
    }

    #[test]
    fn the_table_shows_each_task_and_the_time_left() {
        let checkpoint = Event::Checkpoint { update: 190, seconds: 0.1, bytes: 1 };
        let events = [(0.0, start()), (50.0, checkpoint), (60.0, progress(200, 2)), (61.0, validation())];
        let table = state(events).table();
        assert_eq!(
            table,
            "update 200 of 500 (40 %)   12.3 images/s   2.1 GB   3 min 0 s left\n\
             task      loss   held-out\n\
             blood        –\n\
             cells    0.250   dice 0.500\n\
             rate 5.0e-4   checkpoint at 190   best at 200 (0.500)   2 skipped, loss not finite"
        );
    }

    #[test]
    fn lines_say_the_same_one_after_the_other() {
        let state = state([(0.0, start()), (60.0, progress(200, 0)), (61.0, validation())]);
        assert_eq!(
            state.line(&progress(200, 0)).unwrap(),
            "update 200 of 500 (40 %), 12.3 images/s, 2.1 GB, 3 min 0 s left; loss cells 0.250"
        );
        assert_eq!(
            state.line(&validation()).unwrap(),
            "update 200, held-out: cells dice 0.500; the best so far"
        );
    }

    #[test]
    fn after_a_going_back_the_time_left_counts_from_there() {
        let back =
            Event::Rollback { update: 200, to: 100, factor: 0.5, reason: "loss of cells not finite".into() };
        let state =
            state([(0.0, start()), (60.0, progress(200, 5)), (60.0, back.clone()), (70.0, progress(110, 5))]);
        assert_eq!(state.seconds_left(), Some(390.0));
        assert_eq!(
            state.line(&back).unwrap(),
            "loss of cells not finite at update 200: back to 100, learning rate times 0.5"
        );
    }

    #[test]
    fn a_table_of_many_tasks_fits_on_a_screen() {
        let tasks = (0..64).map(|task| (format!("task {task}"), 1)).collect();
        let start = Event::Start { update: 0, device: "cpu".into(), tasks, updates: 10 };
        let table = state([(0.0, start)]).table();
        assert_eq!(table.lines().count(), 2 + ROWS + 1);
        assert!(table.ends_with("and 32 more tasks"));
    }

    #[test]
    fn an_end_says_why() {
        let end = |complete, reason: Option<&str>| {
            let end = Event::End { update: 500, complete, reason: reason.map(str::to_owned) };
            state([(0.0, start()), (1.0, end.clone())]).line(&end).unwrap()
        };
        assert_eq!(end(true, None), "update 500 of 500 (100 %), complete");
        assert_eq!(end(false, Some("the disk is full")), "update 500 of 500 (100 %), the disk is full");
    }
}
