//! The event log: one JSON object per line, appended as things happen.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::RunError;
use super::numbers::{map_or_nan, nested_map_or_nan, rows_or_nan, vec_or_nan};

/// Something that happened in a run.
///
/// JSON has no NaN: numbers that are not finite are written as `null` and read back as NaN.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The run began or went on.
    Start {
        /// Updates already made: those of the checkpoint resumed from.
        update: u64,
        /// Where it computes.
        device: String,
        /// Training images per task.
        tasks: BTreeMap<String, usize>,
        /// Updates the run shall have made at its end; 0 in logs that do not say.
        #[serde(default)]
        updates: u64,
    },
    /// Some updates were made; losses are means since the last such event.
    Progress {
        /// Updates made.
        update: u64,
        /// Mean loss per task.
        #[serde(deserialize_with = "map_or_nan")]
        losses: BTreeMap<String, f32>,
        /// Learning rate.
        rate: f64,
        /// Images per second since the last such event.
        images_per_second: f64,
        /// Memory in use, in bytes: of the device's allocator where it tells, else of the process.
        #[serde(default)]
        memory: Option<u64>,
        /// Global norm of the shared gradient before clipping.
        #[serde(default)]
        gradient_norm: Option<f32>,
        /// Updates skipped since this process began because a loss was not finite.
        #[serde(default)]
        skipped: u64,
    },
    /// How the tasks' gradients of the shared blocks relate in one update.
    Interference {
        /// Updates made.
        update: u64,
        /// Names of the rows and columns of `cosine` and of the entries of `share`.
        tasks: Vec<String>,
        /// Cosine similarity of the shared gradients, `[task][task]`, in -1..1.
        #[serde(deserialize_with = "rows_or_nan")]
        cosine: Vec<Vec<f32>>,
        /// Share of each task in the summed gradient; they sum to 1, and that of a task which the others overrule is negative.
        #[serde(deserialize_with = "vec_or_nan")]
        share: Vec<f32>,
    },
    /// The held-out data was scored.
    Validation {
        /// Updates made.
        update: u64,
        /// Task → metric → value.
        #[serde(deserialize_with = "nested_map_or_nan")]
        scores: BTreeMap<String, BTreeMap<String, f64>>,
        /// What the best checkpoint is chosen by; larger is better.
        #[serde(default)]
        criterion: Option<f64>,
        /// Whether this is the best so far.
        #[serde(default)]
        best: bool,
        /// Pictures of predictions, as file names relative to the run folder.
        #[serde(default)]
        pictures: Vec<String>,
    },
    /// A training state was written.
    Checkpoint {
        /// Updates made.
        update: u64,
        /// How long the training waited for it.
        #[serde(default)]
        seconds: f64,
        /// Size of the file.
        #[serde(default)]
        bytes: u64,
    },
    /// Losses were not finite too often: the run went back to an older state.
    Rollback {
        /// Updates made when it was given up.
        update: u64,
        /// Updates of the state it went back to.
        to: u64,
        /// What the learning rate is multiplied with from now on.
        factor: f64,
        /// Why.
        reason: String,
    },
    /// The run ended, or was asked to.
    End {
        /// Updates made.
        update: u64,
        /// False when it was interrupted.
        complete: bool,
        /// Why it ended before all updates were made: stopped early, interrupted, an error.
        #[serde(default)]
        reason: Option<String>,
    },
}

impl Event {
    /// Updates made when it happened.
    pub const fn update(&self) -> u64 {
        match self {
            Self::Start { update, .. }
            | Self::Progress { update, .. }
            | Self::Interference { update, .. }
            | Self::Validation { update, .. }
            | Self::Checkpoint { update, .. }
            | Self::Rollback { update, .. }
            | Self::End { update, .. } => *update,
        }
    }
}

/// An event and when it happened: a line of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimedEvent {
    /// Seconds since 1970.
    pub time: f64,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

impl TimedEvent {
    /// Something that happened now.
    pub fn now(event: Event) -> Self {
        let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        Self { time, event }
    }
}

/// Appends events to a file.
#[derive(Debug)]
pub struct EventLog {
    path: PathBuf,
    file: File,
    /// Whether the last line has no end: its writer was killed, or the disk was full.
    torn: bool,
}

impl EventLog {
    /// Opens or creates the log.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(path: &Path) -> Result<Self, RunError> {
        let mut options = OpenOptions::new();
        let mut file =
            options.create(true).read(true).append(true).open(path).map_err(RunError::io("open", path))?;
        let torn = ends_within_a_line(&mut file).map_err(RunError::io("read", path))?;
        Ok(Self { path: path.to_path_buf(), file, torn })
    }

    /// Appends what happened now, and returns it with its time for whoever else reports it.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn write(&mut self, event: &Event) -> Result<TimedEvent, RunError> {
        let event = TimedEvent::now(event.clone());
        self.append(&event)?;
        Ok(event)
    }

    /// Appends an event with its own time.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn append(&mut self, event: &TimedEvent) -> Result<(), RunError> {
        // A line of its own after one that has no end; readers pass over that one.
        let mut line = if self.torn { vec![b'\n'] } else { Vec::new() };
        serde_json::to_writer(&mut line, event).map_err(|e| RunError::io("write", &self.path)(e.into()))?;
        line.push(b'\n');
        let written = self.file.write_all(&line);
        self.torn = written.is_err();
        written.map_err(RunError::io("write", &self.path))
    }
}

fn ends_within_a_line(file: &mut File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn events_come_back_as_written_and_nan_as_nan() {
        let scores = BTreeMap::from([("cells".to_owned(), BTreeMap::from([("dice".to_owned(), f64::NAN)]))]);
        let event =
            Event::Validation { update: 7, scores, criterion: None, best: false, pictures: Vec::new() };
        let line = serde_json::to_string(&TimedEvent { time: 1.5, event }).unwrap();
        let TimedEvent { event: Event::Validation { scores, .. }, time } =
            serde_json::from_str(&line).unwrap()
        else {
            unreachable!("{line}")
        };
        assert!(scores["cells"]["dice"].is_nan() && time == 1.5);

        let cosine = vec![vec![1.0, f32::NAN], vec![f32::NAN, 1.0]];
        let tasks = vec!["a".to_owned(), "b".to_owned()];
        let event = Event::Interference { update: 7, tasks, cosine, share: vec![f32::NAN, 0.25] };
        let line = serde_json::to_string(&event).unwrap();
        let Event::Interference { cosine, share, .. } = serde_json::from_str(&line).unwrap() else {
            unreachable!("{line}")
        };
        assert!(cosine[0][1].is_nan() && cosine[1][1] == 1.0 && share[0].is_nan() && share[1] == 0.25);
    }

    #[test]
    fn lines_of_older_logs_are_read() {
        let lines = [
            r#"{"time":1.0,"event":"start","update":0,"device":"cpu","tasks":{"cells":3}}"#,
            r#"{"time":2.0,"event":"progress","update":4,"losses":{"cells":1.25},"rate":0.001,"images_per_second":3.5}"#,
            r#"{"time":3.0,"event":"checkpoint","update":4}"#,
            r#"{"time":4.0,"event":"end","update":4,"complete":false}"#,
        ];
        let events: Vec<TimedEvent> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(events.iter().map(|e| e.event.update()).collect::<Vec<_>>(), [0, 4, 4, 4]);
        let Event::Progress { losses, memory, gradient_norm, skipped, .. } = &events[1].event else {
            unreachable!("{events:?}")
        };
        assert_eq!((losses["cells"], *memory, *gradient_norm, *skipped), (1.25, None, None, 0));
    }
}
