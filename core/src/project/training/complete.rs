//! What is meant where an image is called complete.

use super::labelled;
use crate::project::{Edit, Entry, EntryId, Place, Project, TaskId};

/// The edit that marks images as completely labelled for a task, or not any more. Of a volume only the slices on which
/// something is labelled are marked, because any other would be learnt as background alone; all that are marked are
/// unmarked.
pub fn complete(project: &Project, images: &[EntryId], task: TaskId, on: bool) -> Edit {
    let labelled = labelled(project, task);
    let slices = |entry: &Entry| -> Vec<u32> {
        if !on {
            entry.complete.iter().filter(|(of, _)| *of == task).map(|(_, slice)| *slice).collect()
        } else if entry.size[2] == 1 {
            vec![0]
        } else {
            labelled.iter().filter(|at| at.entry == entry.id).map(|at| at.slice).collect()
        }
    };
    let chosen = project.document().entries.iter().filter(|entry| images.contains(&entry.id));
    let places = chosen
        .flat_map(|entry| slices(entry).into_iter().map(|slice| Place { entry: entry.id, task, slice }));
    Edit::Several(places.map(|at| Edit::Complete { at, on }).collect())
}
