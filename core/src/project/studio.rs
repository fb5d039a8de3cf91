//! The project with its labels and its history.

mod compile;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::history::History;
use super::step::{State, Step};
use super::{
    Change, Document, Edit, EditError, Entry, EntryId, NewTask, Patch, Place, PredictionState, ProjectTask,
    Rect, TaskId, TiledMask, TilesError, TuningRun,
};
use crate::dataset::Mask;

/// A project that is being worked on.
#[derive(Clone, Debug)]
pub struct Project {
    document: Document,
    masks: BTreeMap<Place, TiledMask>,
    history: History,
}

impl Project {
    /// A project without anything.
    pub fn new(name: &str) -> Self {
        Self { document: Document::new(name), masks: BTreeMap::new(), history: History::default() }
    }

    /// A project with a first task, which cannot be undone: without any there would be nothing to label.
    ///
    /// # Errors
    /// As [`Edit::AddTask`].
    pub fn begin(name: &str, first: NewTask) -> Result<Self, EditError> {
        let mut project = Self::new(name);
        project.apply(Edit::AddTask(first))?;
        project.history = History::default();
        Ok(project)
    }

    /// A project that was stored. What is left of images and tasks that are not there any more is dropped. So is a mask that
    /// does not fit its image; those come back beside the project, so that it can be told.
    pub fn open(
        mut document: Document,
        masks: impl IntoIterator<Item = (Place, TiledMask)>,
    ) -> (Self, Vec<(Place, TilesError)>) {
        document.settle();
        let (mut kept, mut misfits) = (BTreeMap::new(), Vec::new());
        for (place, mask) in masks {
            let (Some(entry), Some(_)) = (document.entry(place.entry), document.task(place.task)) else {
                continue;
            };
            let [width, height] = mask.size();
            if [width, height] != entry.size[..2] || place.slice >= entry.size[2] {
                misfits.push((place, TilesError::Size(width, height)));
            } else if !mask.is_unlabelled() {
                kept.insert(place, mask);
            }
        }
        (Self { document, masks: kept, history: History::default() }, misfits)
    }

    /// All but the masks, to be stored.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The image with this id.
    pub fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.document.entry(id)
    }

    /// The task with this id.
    pub fn task(&self, id: TaskId) -> Option<&ProjectTask> {
        self.document.task(id)
    }

    /// All masks of tasks that are there, by place.
    pub fn masks(&self) -> impl Iterator<Item = (Place, &TiledMask)> {
        let shown = |(place, _): &(&Place, &TiledMask)| self.task(place.task).is_some();
        self.masks.iter().filter(shown).map(|(place, mask)| (*place, mask))
    }

    /// The mask at a place; `None` where nothing is labelled.
    pub fn stored_mask(&self, at: Place) -> Option<&TiledMask> {
        self.masks.get(&at)
    }

    /// The labels at a place, the size of the image; all unlabelled where there are none, and unlabelled where the class
    /// was removed. `None` if there is no such place.
    pub fn mask(&self, at: Place) -> Option<Mask> {
        let entry = self.entry(at.entry)?;
        let Patch { pixels, .. } = self.patch(at, Rect::whole(entry.size[0], entry.size[1]))?;
        Some(Mask { width: entry.size[0] as usize, height: entry.size[1] as usize, labels: pixels })
    }

    /// The labels in a rectangle, as [`Self::mask`] has them.
    pub fn patch(&self, at: Place, rect: Rect) -> Option<Patch> {
        let (entry, task) = (self.entry(at.entry)?, self.task(at.task)?);
        let [width, height, slices] = entry.size;
        if at.slice >= slices || !rect.fits(width, height) {
            return None;
        }
        let mut patch = match self.masks.get(&at) {
            Some(mask) => mask.patch(rect),
            None => TiledMask::unlabelled(width, height).patch(rect),
        };
        let known = task.known_labels();
        for label in &mut patch.pixels {
            *label = known[usize::from(*label)];
        }
        Some(patch)
    }

    /// Makes a change. Returns all that has changed; nothing if everything is as before.
    ///
    /// # Errors
    /// [`EditError`] if it is not possible; then nothing has changed.
    pub fn apply(&mut self, edit: Edit) -> Result<Vec<Change>, EditError> {
        let mut changes = Vec::new();
        let next = self.document.next;
        // Nobody has seen the numbers that were given on the way to an error.
        let back = self.make(edit, &mut changes).inspect_err(|_| self.document.next = next)?;
        if let Some(back) = back {
            self.history.push(back);
        }
        Ok(changes)
    }

    /// Takes the last change back; nothing if there is none.
    pub fn undo(&mut self) -> Vec<Change> {
        let mut changes = Vec::new();
        if let Some(step) = self.history.undo.pop() {
            let again = self.exchange(step, &mut changes);
            self.history.redo.push(again);
        }
        changes
    }

    /// Makes the change again that was taken back last; nothing if there is none.
    pub fn redo(&mut self) -> Vec<Change> {
        let mut changes = Vec::new();
        if let Some(step) = self.history.redo.pop() {
            let back = self.exchange(step, &mut changes);
            self.history.undo.push(back);
        }
        changes
    }

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        !self.history.undo.is_empty()
    }

    /// Whether there is something to redo.
    pub fn can_redo(&self) -> bool {
        !self.history.redo.is_empty()
    }

    /// Notes that there is a prediction, or (`None`) that there is none any more. Not part of the history.
    pub fn set_prediction(&mut self, at: Place, state: Option<PredictionState>) {
        let Some(entry) = self.document.entries.iter_mut().find(|entry| entry.id == at.entry) else { return };
        entry.predictions.retain(|old| (old.task, old.slice) != (at.task, at.slice));
        entry.predictions.extend(state);
    }

    /// Notes a tuned model and makes it the one in use. Its id is the returned one, whatever it was before. Not part of
    /// the history.
    pub fn add_run(&mut self, run: TuningRun) -> u32 {
        let id = self.document.runs.iter().map(|run| run.id).max().unwrap_or(0) + 1;
        self.document.runs.push(TuningRun { id, ..run });
        self.document.current_run = Some(id);
        id
    }

    /// Chooses the model in use: a run's, or (`None`) the one that was opened. Not part of the history.
    pub fn use_run(&mut self, run: Option<u32>) {
        self.document.current_run = run.filter(|id| self.document.run(*id).is_some());
    }

    fn exchange(&mut self, step: Step, changes: &mut Vec<Change>) -> Step {
        State { document: &mut self.document, masks: &mut self.masks }.exchange(step, changes)
    }
}

/// Equal in what is stored; the history does not count.
impl PartialEq for Project {
    fn eq(&self, other: &Self) -> bool {
        self.document == other.document && self.masks().eq(other.masks())
    }
}
