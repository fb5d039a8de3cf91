//! Which labels are learnt from and which are kept for the score.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::target;
use crate::dataset::{IGNORE, TaskKind};
use crate::project::{EntryId, Place, Project, TaskId};

/// Of all labelled images this part is kept for the score where nobody chose.
const HELD_OUT_SHARE: f64 = 0.25;

/// The labels of one task in two parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingSplit {
    /// Learnt from.
    pub training: Vec<Place>,
    /// Kept for the score.
    pub held_out: Vec<Place>,
    /// Nobody marked a labelled image as held out, so that the choice was made here: it must be said.
    pub automatic: bool,
}

/// All places with a label of a task, in the order of the images.
pub fn labelled(project: &Project, task: TaskId) -> Vec<Place> {
    let Some(kind) = project.task(task).map(|task| task.kind) else { return Vec::new() };
    let places = project.document().entries.iter().flat_map(|entry| {
        let slices: BTreeSet<u32> = match kind {
            TaskKind::Segmentation => {
                let marked = entry.complete.iter().filter(|(of, _)| *of == task).map(|(_, slice)| *slice);
                let painted = (0..entry.size[2]).filter(|slice| is_painted(project, entry.id, task, *slice));
                marked.chain(painted).collect()
            }
            TaskKind::Detection => {
                entry.boxes.iter().filter(|label| label.task == task).map(|label| label.slice).collect()
            }
            TaskKind::Classification | TaskKind::MultiLabel | TaskKind::Regression => {
                let at = Place { entry: entry.id, task, slice: 0 };
                target(project, at).map(|_| 0).into_iter().collect()
            }
        };
        slices.into_iter().map(|slice| Place { entry: entry.id, task, slice })
    });
    places.collect()
}

/// Whether any pixel has a class that is still there. Counts only: no mask is unpacked as a whole.
fn is_painted(project: &Project, entry: EntryId, task: TaskId, slice: u32) -> bool {
    let Some(mask) = project.stored_mask(Place { entry, task, slice }) else { return false };
    let Some(task) = project.task(task) else { return false };
    let counts = mask.counts();
    task.indices().iter().zip(counts).any(|(index, count)| *index != IGNORE && count > 0)
}

/// The labels of a task in two parts: as the images are marked, or where no labelled one is, a quarter of the labelled
/// images (one at least, if there are two), spread evenly over classes and list, always the same ones. Of a single
/// image the slices are divided.
pub fn split(project: &Project, task: TaskId) -> TrainingSplit {
    let places = labelled(project, task);
    let is_marked = |place: &Place| project.entry(place.entry).is_some_and(|entry| entry.held_out);
    if places.iter().any(is_marked) {
        let (held_out, training) = places.into_iter().partition(is_marked);
        return TrainingSplit { training, held_out, automatic: false };
    }
    let images: BTreeSet<EntryId> = places.iter().map(|place| place.entry).collect();
    let by_slice = images.len() == 1;
    let mut units: Vec<Place> = places.clone();
    if !by_slice {
        units.dedup_by_key(|place| place.entry);
    }
    // Stable: within a class in the order of the list.
    units.sort_by_key(|place| project.entry(place.entry).and_then(|entry| entry.classes.get(&task)));
    let count = units.len();
    let kept = if count < 2 { 0 } else { ((count as f64 * HELD_OUT_SHARE).round() as usize).max(1) };
    let chosen: BTreeSet<Place> = units
        .into_iter()
        .enumerate()
        .filter(|(index, _)| (index + 1) * kept / count > index * kept / count)
        .map(|(_, place)| place)
        .collect();
    let is_chosen = |place: &Place| {
        if by_slice { chosen.contains(place) } else { chosen.iter().any(|other| other.entry == place.entry) }
    };
    let (held_out, training): (Vec<Place>, Vec<Place>) = places.into_iter().partition(is_chosen);
    TrainingSplit { automatic: !held_out.is_empty(), training, held_out }
}
