//! The event log: one JSON object per line, appended as things happen.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::RunError;

/// Something that happened in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The run began or went on.
    Start {
        /// Updates already made.
        update: u64,
        /// Where it computes.
        device: String,
        /// Training images per task.
        tasks: BTreeMap<String, usize>,
    },
    /// Some updates were made; losses are means since the last such event.
    Progress {
        /// Updates made.
        update: u64,
        /// Mean loss per task.
        losses: BTreeMap<String, f32>,
        /// Learning rate.
        rate: f64,
        /// Images per second since the last such event.
        images_per_second: f64,
    },
    /// A training state was written.
    Checkpoint {
        /// Updates made.
        update: u64,
    },
    /// The run ended, or was asked to.
    End {
        /// Updates made.
        update: u64,
        /// False when it was interrupted.
        complete: bool,
    },
}

#[derive(Serialize)]
struct Line<'a> {
    /// Seconds since 1970.
    time: f64,
    #[serde(flatten)]
    event: &'a Event,
}

/// Appends events to a file.
#[derive(Debug)]
pub struct EventLog {
    path: PathBuf,
    file: File,
}

impl EventLog {
    /// Opens or creates the log.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(path: &Path) -> Result<Self, RunError> {
        let file = OpenOptions::new().create(true).append(true).open(path);
        Ok(Self { path: path.to_path_buf(), file: file.map_err(RunError::io("open", path))? })
    }

    /// Appends one line.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn write(&mut self, event: &Event) -> Result<(), RunError> {
        let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let mut line = serde_json::to_vec(&Line { time, event })
            .map_err(|e| RunError::io("write", &self.path)(e.into()))?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(RunError::io("write", &self.path))
    }
}
