//! What the history keeps: a step exchanges a part of the project with the one that it holds, so that applying
//! it a second time takes it back.

use std::collections::BTreeMap;

use super::rle::{pack, unpack};
use super::{Change, Document, Entry, EntryId, Patch, Place, ProjectTask, Rect, TaskId, TiledMask};
use crate::dataset::{BoxLabel, IGNORE};

/// Holds what the project does not show at the moment.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Name(String),
    Tasks(Vec<ProjectTask>),
    /// Images to be put in, ascending by their places in the list.
    Insert(Vec<Kept>),
    Remove(Vec<EntryId>),
    Windows(Vec<(EntryId, Option<[f32; 2]>)>),
    HeldOut(Vec<(EntryId, bool)>),
    Paint {
        at: Place,
        rect: Rect,
        pixels: Box<[u8]>,
    },
    Boxes {
        at: Place,
        boxes: Option<Vec<BoxLabel>>,
    },
    Class {
        entry: EntryId,
        task: TaskId,
        class: Option<u8>,
    },
    Complete {
        at: Place,
        on: bool,
    },
    Several(Vec<Step>),
}

/// An image with its labels.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kept {
    pub index: usize,
    pub entry: Entry,
    pub masks: Vec<(Place, TiledMask)>,
}

/// The part of a project that steps change.
pub(super) struct State<'a> {
    pub document: &'a mut Document,
    pub masks: &'a mut BTreeMap<Place, TiledMask>,
}

impl Step {
    /// The step that paints `patch`.
    pub fn paint(at: Place, patch: &Patch) -> Self {
        Self::Paint { at, rect: patch.rect, pixels: pack(&patch.pixels) }
    }
}

impl State<'_> {
    /// Applies a step. Returns the one that takes it back, and notes what changed.
    pub fn exchange(&mut self, step: Step, changes: &mut Vec<Change>) -> Step {
        match step {
            Step::Name(name) => {
                changes.push(Change::Name);
                Step::Name(std::mem::replace(&mut self.document.name, name))
            }
            Step::Tasks(tasks) => {
                changes.push(Change::Tasks);
                Step::Tasks(std::mem::replace(&mut self.document.tasks, tasks))
            }
            Step::Insert(kept) => self.insert(kept, changes),
            Step::Remove(ids) => self.remove(ids, changes),
            Step::Windows(windows) => {
                changes.push(Change::Marks(windows.iter().map(|(id, _)| *id).collect()));
                let exchange = |(id, window)| {
                    let entry = self.entry(id)?;
                    Some((id, std::mem::replace(&mut entry.window, window)))
                };
                Step::Windows(windows.into_iter().filter_map(exchange).collect())
            }
            Step::HeldOut(marks) => {
                changes.push(Change::Marks(marks.iter().map(|(id, _)| *id).collect()));
                let exchange = |(id, on)| {
                    let entry = self.entry(id)?;
                    Some((id, std::mem::replace(&mut entry.held_out, on)))
                };
                Step::HeldOut(marks.into_iter().filter_map(exchange).collect())
            }
            Step::Paint { at, rect, pixels } => {
                changes.push(Change::Mask { at, rect });
                let new = unpack(&pixels, rect.area()).unwrap_or_else(|| vec![IGNORE; rect.area()]);
                Step::Paint { at, rect, pixels: self.paint(at, rect, &new) }
            }
            Step::Boxes { at, boxes } => {
                changes.push(Change::Boxes(at));
                let old = self.entry(at.entry).and_then(|entry| entry.swap_boxes(at.task, at.slice, boxes));
                Step::Boxes { at, boxes: old }
            }
            Step::Class { entry, task, class } => {
                changes.push(Change::Class { entry, task });
                let classes = self.entry(entry).map(|entry| &mut entry.classes);
                let old = classes.and_then(|classes| match class {
                    Some(class) => classes.insert(task, class),
                    None => classes.remove(&task),
                });
                Step::Class { entry, task, class: old }
            }
            Step::Complete { at, on } => {
                changes.push(Change::Complete(at));
                let key = (at.task, at.slice);
                let marks = self.entry(at.entry).map(|entry| &mut entry.complete);
                let changed =
                    marks.is_some_and(|marks| if on { marks.insert(key) } else { marks.remove(&key) });
                Step::Complete { at, on: on != changed }
            }
            Step::Several(steps) => {
                let mut back: Vec<Step> =
                    steps.into_iter().map(|step| self.exchange(step, changes)).collect();
                back.reverse();
                Step::Several(back)
            }
        }
    }

    fn entry(&mut self, id: EntryId) -> Option<&mut Entry> {
        self.document.entries.iter_mut().find(|entry| entry.id == id)
    }

    fn insert(&mut self, kept: Vec<Kept>, changes: &mut Vec<Change>) -> Step {
        let ids: Vec<EntryId> = kept.iter().map(|kept| kept.entry.id).collect();
        for Kept { index, entry, masks } in kept {
            let entries = &mut self.document.entries;
            entries.insert(index.min(entries.len()), entry);
            self.masks.extend(masks);
        }
        changes.push(Change::Entries { added: ids.clone(), removed: Vec::new() });
        Step::Remove(ids)
    }

    fn remove(&mut self, ids: Vec<EntryId>, changes: &mut Vec<Change>) -> Step {
        let (mut kept, mut left) = (Vec::new(), Vec::new());
        for (index, entry) in std::mem::take(&mut self.document.entries).into_iter().enumerate() {
            if ids.contains(&entry.id) {
                let first = Place { entry: entry.id, task: TaskId(0), slice: 0 };
                let last = Place { entry: entry.id, task: TaskId(u32::MAX), slice: u32::MAX };
                let places: Vec<Place> = self.masks.range(first..=last).map(|(place, _)| *place).collect();
                let masks = places.into_iter().filter_map(|place| self.masks.remove_entry(&place)).collect();
                kept.push(Kept { index, entry, masks });
            } else {
                left.push(entry);
            }
        }
        self.document.entries = left;
        changes.push(Change::Entries { added: Vec::new(), removed: ids });
        Step::Insert(kept)
    }

    /// Puts pixels into a mask, which exists as long as any pixel is labelled. Returns those before, packed.
    fn paint(&mut self, at: Place, rect: Rect, pixels: &[u8]) -> Box<[u8]> {
        let size = self.document.entry(at.entry).map_or([0, 0], |entry| [entry.size[0], entry.size[1]]);
        let mask = self.masks.entry(at).or_insert_with(|| TiledMask::unlabelled(size[0], size[1]));
        let old = pack(&mask.patch(rect).pixels);
        mask.swap(rect, pixels);
        if mask.is_unlabelled() {
            self.masks.remove(&at);
        }
        old
    }
}
