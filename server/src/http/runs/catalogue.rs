//! The folder of the runs: what is in it, and how each run stands.

use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use serde::Serialize;

use super::super::is_plain;
use super::summary::{Condition, Summary};
use crate::runs::{Course, EventReader, RunError, RunFolder, read_events};

/// Where locks tell nothing, a log that was written to this recently belongs to a running run.
const RECENT: Duration = Duration::from_mins(2);

/// Length and time of a log: it is read again when they change.
type Stamp = (u64, SystemTime);

/// The folder of the runs.
pub struct Catalogue {
    root: PathBuf,
    /// Summaries of logs that need not be read again, by the run's name.
    known: Mutex<HashMap<String, (Stamp, Summary)>>,
}

impl Catalogue {
    /// Of the runs in `root`, which need not exist yet.
    pub fn new(root: PathBuf) -> Self {
        Self { root, known: Mutex::default() }
    }

    /// All runs, the newest first. One that cannot be read is left out and named in the server's log.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn list(&self) -> Result<Vec<Summary>, RunError> {
        let error = || RunError::io("read", &self.root);
        let entries = match fs::read_dir(&self.root) {
            Err(missing) if missing.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(error())?,
        };
        let mut runs = Vec::new();
        for entry in entries {
            let name = entry.map_err(error())?.file_name().into_string();
            let Some(run) = name.ok().and_then(|name| self.run(&name)) else { continue };
            match self.summary(&run) {
                Ok(summary) => runs.push(summary),
                Err(error) => tracing::warn!("{error}"),
            }
        }
        runs.sort_by(|a, b| b.started.unwrap_or(0.0).total_cmp(&a.started.unwrap_or(0.0)));
        Ok(runs)
    }

    /// The run of this name, if there is one.
    pub fn run(&self, name: &str) -> Option<Run> {
        let folder = RunFolder::view(&self.root.join(name));
        let there = is_plain(name) && folder.events().is_file();
        there.then(|| Run { name: name.to_owned(), folder })
    }

    fn summary(&self, run: &Run) -> Result<Summary, RunError> {
        let stamp = run.stamp()?;
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&run.name).cloned();
        let told = match known {
            Some((at, summary)) if at == stamp => summary,
            _ => {
                let events = read_events(&run.folder.events())?;
                let summary = Summary::new(&run.name, &events, &Course::new(&events));
                let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                known.insert(run.name.clone(), (stamp, summary.clone()));
                summary
            }
        };
        Ok(run.now(told, stamp))
    }
}

/// A run in the folder.
pub struct Run {
    name: String,
    folder: RunFolder,
}

/// A run from its beginning to now, as the page draws it.
#[derive(Debug, Serialize)]
pub struct Told {
    #[serde(flatten)]
    summary: Summary,
    /// Bytes of the log that this is made of: what comes later is asked for from here.
    position: u64,
    course: Course,
}

impl Run {
    /// Its files.
    pub fn folder(&self) -> &RunFolder {
        &self.folder
    }

    /// Its course so far.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn course(&self) -> Result<Told, RunError> {
        let stamp = self.stamp()?;
        let mut reader = EventReader::new(&self.folder.events());
        let events = reader.read()?;
        let course = Course::new(&events);
        let summary = self.now(Summary::new(&self.name, &events, &course), stamp);
        Ok(Told { summary, position: reader.position(), course })
    }

    /// Whether a process writes to it.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn is_running(&self) -> Result<bool, RunError> {
        Ok(self.folder.is_busy().unwrap_or(is_recent(self.stamp()?.1)))
    }

    fn stamp(&self) -> Result<Stamp, RunError> {
        stamp(&self.folder.events())
    }

    /// The summary of its log, with what only a look at the folder tells.
    fn now(&self, mut summary: Summary, (_, written): Stamp) -> Summary {
        if !summary.has_ended() && self.folder.is_busy().unwrap_or(is_recent(written)) {
            summary.state = Condition::Running;
        }
        summary
    }
}

fn is_recent(written: SystemTime) -> bool {
    // A clock that was set back makes the time lie ahead, which is recent too.
    written.elapsed().is_ok_and(|age| age < RECENT) || written > SystemTime::now()
}

fn stamp(log: &Path) -> Result<Stamp, RunError> {
    let facts = fs::metadata(log).map_err(RunError::io("read", log))?;
    Ok((facts.len(), facts.modified().map_err(RunError::io("read", log))?))
}
