//! What to know before a tuning starts.

use serde::{Deserialize, Serialize};

use super::{TrainingSplit, target};
use crate::dataset::{IGNORE, Target, TaskKind};
use crate::project::{EntryId, Place, Project, ProjectTask, TaskId};

/// Classes that differ by this factor in what is labelled of them are worth a word.
const IMBALANCE: f64 = 10.0;
/// Fewer images to learn from are few: outlines and boxes, and whole images.
const FEW: [usize; 2] = [3, 10];

/// Something to know before tuning. The page words it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Warning {
    /// Nothing is labelled: tuning cannot start.
    NothingLabelled,
    /// Everything labelled is held out: tuning cannot start.
    AllHeldOut,
    /// Nothing is left to measure on.
    NothingHeldOut,
    /// Few images learn.
    FewLabels {
        /// Their number.
        images: usize,
    },
    /// Only one thing is labelled, so that there is nothing to tell apart: tuning cannot start.
    OneClass {
        /// Its name; `None` for the background.
        class: Option<String>,
    },
    /// A class that nothing is labelled with.
    ClassWithoutLabels {
        /// Its name.
        class: String,
    },
    /// A class of which far less is labelled than of another.
    Imbalance {
        /// The rare one.
        rare: String,
        /// The common one.
        common: String,
        /// How many times as much.
        factor: f64,
    },
    /// Nobody marked images as held out; these were chosen.
    AutomaticSplit {
        /// The images.
        entries: Vec<EntryId>,
    },
}

impl Warning {
    /// Whether tuning cannot start.
    pub fn blocks(&self) -> bool {
        matches!(self, Self::NothingLabelled | Self::AllHeldOut | Self::OneClass { .. })
    }
}

/// What there is to say about tuning `task` on this split.
pub fn warnings(project: &Project, task: TaskId, split: &TrainingSplit) -> Vec<Warning> {
    let Some(task) = project.task(task) else { return vec![Warning::NothingLabelled] };
    if split.training.is_empty() {
        let nothing = split.held_out.is_empty();
        return vec![if nothing { Warning::NothingLabelled } else { Warning::AllHeldOut }];
    }
    let amounts = amounts(project, task, &split.training);
    let (background, classes) = amounts.split_first().unwrap_or((&0, &[]));
    let mut found = Vec::new();

    let present: Vec<usize> = (0..amounts.len()).filter(|index| amounts[*index] > 0).collect();
    match (task.kind, &present[..]) {
        (_, []) => return vec![Warning::NothingLabelled],
        // Where there is no object is background: one class of boxes is enough.
        (TaskKind::Detection, _) => {}
        (_, [0]) => found.push(Warning::OneClass { class: None }),
        (_, [one]) => found.push(Warning::OneClass { class: Some(task.classes[one - 1].name.clone()) }),
        _ => {}
    }
    let mut images: Vec<EntryId> = split.training.iter().map(|place| place.entry).collect();
    images.dedup();
    if split.training.len() < FEW[usize::from(task.kind == TaskKind::Classification)] {
        found.push(Warning::FewLabels { images: images.len() });
    }
    let named = || task.classes.iter().map(|class| &class.name).zip(classes);
    if found.iter().all(|warning| !warning.blocks()) || *background > 0 {
        let empty = named().filter(|(_, amount)| **amount == 0);
        found.extend(empty.map(|(name, _)| Warning::ClassWithoutLabels { class: name.clone() }));
    }
    let labelled = || named().filter(|(_, amount)| **amount > 0);
    let rare = labelled().min_by_key(|(_, amount)| **amount);
    let common = labelled().max_by_key(|(_, amount)| **amount);
    if let (Some((rare, few)), Some((common, many))) = (rare, common) {
        let factor = *many as f64 / *few as f64;
        if factor >= IMBALANCE {
            found.push(Warning::Imbalance { rare: rare.clone(), common: common.clone(), factor });
        }
    }
    if split.held_out.is_empty() {
        found.push(Warning::NothingHeldOut);
    }
    if split.automatic {
        let mut entries: Vec<EntryId> = split.held_out.iter().map(|place| place.entry).collect();
        entries.dedup();
        found.push(Warning::AutomaticSplit { entries });
    }
    found
}

/// How much is labelled: background first, then each class. Pixels, boxes or images.
fn amounts(project: &Project, task: &ProjectTask, places: &[Place]) -> Vec<u64> {
    let mut amounts = vec![0_u64; task.classes.len() + 1];
    let mut add = |index: usize, amount: u64| {
        if let Some(sum) = amounts.get_mut(index) {
            *sum += amount;
        }
    };
    for place in places {
        let Some(entry) = project.entry(place.entry) else { continue };
        if task.kind == TaskKind::Segmentation {
            let mut counts = [0; 256];
            match project.stored_mask(*place) {
                Some(mask) => counts = mask.counts(),
                None => counts[usize::from(IGNORE)] = entry.area() as u64,
            }
            let complete = entry.complete.contains(&(place.task, place.slice));
            for (index, count) in task.indices().into_iter().zip(counts) {
                match (index, complete) {
                    (IGNORE, true) => add(0, count),
                    (IGNORE, false) => {}
                    _ => add(usize::from(index), count),
                }
            }
            continue;
        }
        match target(project, *place) {
            Some(Target::Boxes(boxes)) => boxes.iter().for_each(|label| add(label.class + 1, 1)),
            Some(Target::Class(class)) => add(class + 1, 1),
            _ => {}
        }
    }
    amounts
}
