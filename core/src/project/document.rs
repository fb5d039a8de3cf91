//! What a project says in JSON: everything but masks, images and weights.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Entry, EntryId, ProjectTask, TaskId, TuningRun};
use crate::dataset::TaskKind;

/// What the file calls itself.
const FORMAT: &str = "medley-project";
/// The version that is written, and the only one that is read.
const VERSION: u32 = 1;
/// Sides, slices and their product beyond these are no image's.
const MAX_SIDE: u32 = 1 << 17;
const MAX_VOXELS: u64 = 1 << 34;
/// Numbers of images, tasks and runs beyond this are no one's: they count from 1.
pub(super) const MAX_NUMBER: u32 = 1 << 30;

/// A project without its masks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    format: String,
    version: u32,
    /// As people say it.
    pub name: String,
    /// What is learnt.
    pub tasks: Vec<ProjectTask>,
    /// The images, in the order in which they are shown.
    pub entries: Vec<Entry>,
    /// The tuned models, oldest first.
    #[serde(default)]
    pub runs: Vec<TuningRun>,
    /// The run whose model is in use; `None` for the model that was opened.
    #[serde(default)]
    pub current_run: Option<u32>,
    /// The number of the next image or task. No number is given twice, not even that of one which was taken out: what is
    /// still stored under it would fall to another.
    #[serde(default)]
    pub(super) next: u32,
}

/// Why bytes are not a project.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// Not JSON, or not of this form.
    #[error("this is not a readable project ({0}); export it again")]
    Json(#[from] serde_json::Error),
    /// JSON of something else.
    #[error("this is no project of Medley")]
    Other,
    /// From another version.
    #[error(
        "the project has the version {0}, this page reads the version {VERSION}; reload the page to update it"
    )]
    Version(u32),
    /// Parts that do not fit together.
    #[error("the project is damaged: {0}; export it again")]
    Damaged(String),
}

impl Document {
    /// A project without anything.
    pub fn new(name: &str) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            name: name.to_owned(),
            tasks: Vec::new(),
            entries: Vec::new(),
            runs: Vec::new(),
            current_run: None,
            next: 1,
        }
    }

    /// Reads and checks a `project.json`.
    ///
    /// # Errors
    /// [`DocumentError`]: not JSON of this form, another version, or parts that do not fit together.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        #[derive(Deserialize)]
        struct Head {
            format: Option<String>,
            version: Option<u32>,
        }
        let head: Head = serde_json::from_slice(bytes)?;
        match (head.format.as_deref(), head.version) {
            (Some(FORMAT), Some(VERSION)) => {}
            (Some(FORMAT), Some(version)) => return Err(DocumentError::Version(version)),
            _ => return Err(DocumentError::Other),
        }
        let document: Self = serde_json::from_slice(bytes)?;
        document.check().map_err(DocumentError::Damaged)?;
        Ok(document)
    }

    /// The `project.json`.
    ///
    /// # Errors
    /// [`DocumentError::Json`] if it cannot be written.
    pub fn to_json(&self) -> Result<Vec<u8>, DocumentError> {
        Ok(serde_json::to_vec(self)?)
    }

    /// The image with this id.
    pub fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// The task with this id.
    pub fn task(&self, id: TaskId) -> Option<&ProjectTask> {
        self.tasks.iter().find(|task| task.id == id)
    }

    /// The run with this id.
    pub fn run(&self, id: u32) -> Option<&TuningRun> {
        self.runs.iter().find(|run| run.id == id)
    }

    fn check(&self) -> Result<(), String> {
        if self.next > MAX_NUMBER {
            return Err(format!(
                "its next image or task would have the number {}, which is too large",
                self.next
            ));
        }
        let mut tasks = BTreeSet::new();
        for task in &self.tasks {
            if !tasks.insert(task.id) || task.id.0 > MAX_NUMBER {
                return Err(format!("a task has the number {}, which is taken or too large", task.id.0));
            }
            check_task(task)?;
        }
        let mut entries = BTreeSet::new();
        for entry in &self.entries {
            if !entries.insert(entry.id) || entry.id.0 > MAX_NUMBER {
                return Err(format!("an image has the number {}, which is taken or too large", entry.id.0));
            }
            check_entry(entry)?;
        }
        let mut runs = BTreeSet::new();
        match self.runs.iter().find(|run| !runs.insert(run.id) || run.id > MAX_NUMBER) {
            Some(run) => Err(format!("a run has the number {}, which is taken or too large", run.id)),
            None => Ok(()),
        }
    }
}

fn check_task(task: &ProjectTask) -> Result<(), String> {
    if task.next_class == 0 {
        return Err(format!("the task {:?} has no number for its next class", task.name));
    }
    let mut ids = BTreeSet::new();
    for class in &task.classes {
        let valid = (1..=254).contains(&class.id) && class.id < task.next_class;
        if !valid || !ids.insert(class.id) {
            return Err(format!("the task {:?} has a class of the number {}", task.name, class.id));
        }
    }
    match task.kind {
        TaskKind::MultiLabel | TaskKind::Regression => {
            Err(format!("the task {:?} is of a kind that projects do not have", task.name))
        }
        _ => Ok(()),
    }
}

fn check_entry(entry: &Entry) -> Result<(), String> {
    let named = |problem: &str| format!("the image {:?} {problem}", entry.file);
    let voxels = entry.size.iter().try_fold(1_u64, |voxels, side| voxels.checked_mul(u64::from(*side)));
    let possible = entry.size.iter().all(|side| (1..=MAX_SIDE).contains(side));
    if !possible || voxels.is_none_or(|voxels| voxels > MAX_VOXELS) {
        return Err(named("has a size that no image has"));
    }
    if !matches!(entry.channels, 1 | 3) {
        return Err(named("has neither one channel nor three"));
    }
    if entry.window.is_some_and(|[centre, width]| !(centre.is_finite() && width.is_finite() && width > 0.0)) {
        return Err(named("has a window that shows nothing"));
    }
    let slices = entry.boxes.iter().map(|label| label.slice);
    let slices = slices.chain(entry.complete.iter().map(|(_, slice)| *slice));
    if slices.chain(entry.predictions.iter().map(|state| state.slice)).any(|slice| slice >= entry.size[2]) {
        return Err(named("has labels beyond its last slice"));
    }
    let is_sorted = entry.boxes.is_sorted_by(|a, b| (a.task, a.slice) < (b.task, b.slice));
    if !is_sorted {
        return Err(named("has its boxes out of order"));
    }
    let [width, height, _] = entry.size;
    if entry.boxes.iter().flat_map(|label| &label.boxes).any(|label| !label.is_inside(width, height)) {
        return Err(named("has a box that is none"));
    }
    Ok(())
}
