//! What is left of images and tasks that were taken out: nothing of it may fall to others.

use std::collections::BTreeSet;

use super::document::MAX_NUMBER;
use super::{Document, TaskId};

impl Document {
    /// Drops the labels of tasks that are not there any more, and counts on after every number that was given, as far as
    /// the document tells: older ones do not say which is next.
    pub(super) fn settle(&mut self) {
        let given = self.numbers().filter(|number| *number < MAX_NUMBER).max();
        self.next = self.next.max(given.unwrap_or(0) + 1);
        let tasks: BTreeSet<TaskId> = self.tasks.iter().map(|task| task.id).collect();
        for entry in &mut self.entries {
            entry.complete.retain(|(task, _)| tasks.contains(task));
            entry.boxes.retain(|label| tasks.contains(&label.task));
            entry.classes.retain(|task, _| tasks.contains(task));
            entry.predictions.retain(|state| tasks.contains(&state.task));
        }
    }

    /// The numbers of all images and tasks that are there, or of which something is left.
    fn numbers(&self) -> impl Iterator<Item = u32> {
        let there =
            self.tasks.iter().map(|task| task.id.0).chain(self.entries.iter().map(|entry| entry.id.0));
        let labels = self.entries.iter().flat_map(|entry| {
            let marks = entry.complete.iter().map(|(task, _)| task.0);
            let boxes = entry.boxes.iter().map(|label| label.task.0);
            marks.chain(boxes).chain(entry.classes.keys().map(|task| task.0))
        });
        let runs = self.runs.iter().flat_map(|run| {
            let learnt = run.results.iter().map(|result| result.task.0);
            learnt.chain(run.trained_on.iter().chain(&run.held_out).map(|entry| entry.0))
        });
        there.chain(labels).chain(runs)
    }
}
