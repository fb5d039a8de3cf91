//! A run in a few words.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::runs::{Course, TimedEvent};

/// Whether something still happens in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// A process writes to it.
    Running,
    /// All updates were made, or training ended early by its own rule.
    Ended,
    /// It stopped before its end: it was asked to, or killed.
    Interrupted,
}

/// A run in a few words, as listed.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Its folder's name.
    pub name: String,
    /// Whether something still happens in it.
    pub state: Condition,
    /// Why it ended, where it says so.
    pub reason: Option<String>,
    /// When it began, in seconds since 1970.
    pub started: Option<f64>,
    /// When it last reported something, in seconds since 1970.
    pub changed: Option<f64>,
    /// Where it computes.
    pub device: String,
    /// Updates made.
    pub update: u64,
    /// Updates at its end; 0 where unknown.
    pub updates: u64,
    /// Training images per task.
    pub tasks: BTreeMap<String, usize>,
    /// Newest loss per task.
    pub losses: BTreeMap<String, f32>,
}

impl Summary {
    /// Of the run `name` with these events. A run that reported no end counts as interrupted, until someone
    /// looks whether a process writes to it.
    pub fn new(name: &str, events: &[TimedEvent], course: &Course) -> Self {
        let last = |(task, series): (&String, &Vec<(u64, f32)>)| Some((task.clone(), series.last()?.1));
        let (complete, reason) = course.end.clone().unwrap_or_default();
        Self {
            name: name.to_owned(),
            state: if complete { Condition::Ended } else { Condition::Interrupted },
            reason,
            started: events.first().map(|event| event.time),
            changed: events.last().map(|event| event.time),
            device: course.device.clone(),
            update: course.update(),
            updates: course.updates,
            tasks: course.tasks.clone(),
            losses: course.losses.iter().filter_map(last).collect(),
        }
    }

    /// Whether the run reported its end.
    pub fn has_ended(&self) -> bool {
        self.state == Condition::Ended || self.reason.is_some()
    }
}
