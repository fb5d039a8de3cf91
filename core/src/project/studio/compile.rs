//! From what a person wants to a step, checked: what passes here cannot fail afterwards.

use super::Project;
use crate::dataset::{IGNORE, TaskKind};
use crate::project::patch::bounds;
use crate::project::step::{Kept, Step};
use crate::project::{
    Change, ClassInfo, Edit, EditError, Entry, EntryId, NewEntry, NewTask, Patch, Place, ProjectTask, Rect,
    TaskId,
};

/// The last id that a class can have.
const LAST_CLASS: u8 = IGNORE - 1;

impl Project {
    /// Makes a change and returns the step that takes it back; `None` if nothing is different.
    pub(super) fn make(&mut self, edit: Edit, changes: &mut Vec<Change>) -> Result<Option<Step>, EditError> {
        let Edit::Several(edits) = edit else {
            let step = self.step(edit)?;
            return Ok(step.map(|step| self.exchange(step, changes)));
        };
        let mut back = Vec::new();
        for edit in edits {
            match self.make(edit, changes) {
                Ok(step) => back.extend(step),
                Err(error) => {
                    for step in back.into_iter().rev() {
                        self.exchange(step, &mut Vec::new());
                    }
                    changes.clear();
                    return Err(error);
                }
            }
        }
        back.reverse();
        Ok((!back.is_empty()).then_some(Step::Several(back)))
    }

    fn step(&mut self, edit: Edit) -> Result<Option<Step>, EditError> {
        Ok(Some(match edit {
            Edit::Rename(name) => Step::Name(named(name)?),
            Edit::AddEntries(entries) if entries.is_empty() => return Ok(None),
            Edit::AddEntries(entries) => self.add_entries(entries)?,
            Edit::RemoveEntries(ids) if ids.is_empty() => return Ok(None),
            Edit::RemoveEntries(ids) => {
                ids.iter().try_for_each(|id| self.wanted_entry(*id).map(|_| ()))?;
                Step::Remove(ids)
            }
            Edit::Window { entry, window } => {
                let name = &self.wanted_entry(entry)?.file;
                if !window.is_none_or(is_window) {
                    return Err(EditError::Entry(name.clone()));
                }
                Step::Windows(vec![(entry, window)])
            }
            Edit::HoldOut { entries, on } => {
                let mut marks = Vec::new();
                for id in entries {
                    if self.wanted_entry(id)?.held_out != on && !marks.contains(&(id, on)) {
                        marks.push((id, on));
                    }
                }
                if marks.is_empty() {
                    return Ok(None);
                }
                Step::HeldOut(marks)
            }
            Edit::AddTask(task) => self.add_task(task)?,
            Edit::RemoveTask(id) => {
                self.wanted_task(id)?;
                Step::Tasks(self.document.tasks.iter().filter(|task| task.id != id).cloned().collect())
            }
            Edit::RenameTask { task, name } => {
                let name = named(name)?;
                self.with_task(task, |task| {
                    task.name = name;
                    Ok(())
                })?
            }
            Edit::AddClass { task, name } => self.with_task(task, |task| add_class(task, name))?,
            Edit::RemoveClass { task, class } => self.with_task(task, |task| {
                find_class(task, class)?;
                task.classes.retain(|other| other.id != class);
                Ok(())
            })?,
            Edit::RenameClass { task, class, name } => self.with_task(task, |task| {
                let name = named(name)?;
                if task.classes.iter().any(|other| other.name == name && other.id != class) {
                    return Err(EditError::Name(name));
                }
                find_class(task, class)?.name = name;
                Ok(())
            })?,
            Edit::RecolourClass { task, class, colour } => self.with_task(task, |task| {
                find_class(task, class)?.colour = colour;
                Ok(())
            })?,
            Edit::Paint { at, patch } => return self.paint(at, &patch),
            Edit::Boxes { at, boxes } => {
                let entry = self.place(at, TaskKind::Detection)?;
                let task = self.wanted_task(at.task)?;
                for label in boxes.iter().flatten() {
                    if !label.is_inside(entry.size[0], entry.size[1]) {
                        return Err(outside(entry));
                    }
                    has_class(task, label.class)?;
                }
                if entry.boxes_at(at.task, at.slice) == boxes.as_deref() {
                    return Ok(None);
                }
                Step::Boxes { at, boxes }
            }
            Edit::Class { entry, task, class } => {
                let old = self.place(Place { entry, task, slice: 0 }, TaskKind::Classification)?;
                if let Some(class) = class {
                    has_class(self.wanted_task(task)?, usize::from(class))?;
                }
                if old.classes.get(&task).copied() == class {
                    return Ok(None);
                }
                Step::Class { entry, task, class }
            }
            Edit::Complete { at, on } => {
                let kind = self.wanted_task(at.task)?.kind;
                if self.place(at, kind)?.complete.contains(&(at.task, at.slice)) == on {
                    return Ok(None);
                }
                Step::Complete { at, on }
            }
            // Unrolled by `make`.
            Edit::Several(_) => return Ok(None),
        }))
    }

    fn wanted_entry(&self, id: EntryId) -> Result<&Entry, EditError> {
        self.entry(id).ok_or(EditError::NoEntry(id))
    }

    fn wanted_task(&self, id: TaskId) -> Result<&ProjectTask, EditError> {
        self.task(id).ok_or(EditError::NoTask(id))
    }

    /// The image of a place that exists, for a task of this kind.
    fn place(&self, at: Place, kind: TaskKind) -> Result<&Entry, EditError> {
        let (entry, task) = (self.wanted_entry(at.entry)?, self.wanted_task(at.task)?);
        if task.kind != kind {
            return Err(EditError::Kind(task.name.clone()));
        }
        if at.slice < entry.size[2] { Ok(entry) } else { Err(outside(entry)) }
    }

    fn number(&mut self) -> u32 {
        let number = self.document.next;
        self.document.next += 1;
        number
    }

    fn add_entries(&mut self, entries: Vec<NewEntry>) -> Result<Step, EditError> {
        let first = self.document.entries.len();
        let mut kept = Vec::with_capacity(entries.len());
        for NewEntry { file, size, channels, spacing, window } in entries {
            if size.contains(&0) || !matches!(channels, 1 | 3) || !window.is_none_or(is_window) {
                return Err(EditError::Entry(file));
            }
            let spacing = spacing.filter(|spacing| spacing.iter().all(|s| s.is_finite() && *s > 0.0));
            let entry = Entry {
                id: EntryId(self.number()),
                file,
                size,
                channels,
                spacing,
                window,
                held_out: false,
                complete: std::collections::BTreeSet::new(),
                boxes: Vec::new(),
                classes: std::collections::BTreeMap::new(),
                predictions: Vec::new(),
            };
            kept.push(Kept { index: first + kept.len(), entry, masks: Vec::new() });
        }
        Ok(Step::Insert(kept))
    }

    fn add_task(&mut self, NewTask { name, kind, classes }: NewTask) -> Result<Step, EditError> {
        let name = named(name)?;
        if matches!(kind, TaskKind::MultiLabel | TaskKind::Regression) {
            return Err(EditError::Kind(name));
        }
        let id = TaskId(self.number());
        let mut task = ProjectTask { id, name, kind, classes: Vec::new(), next_class: 1 };
        classes.into_iter().try_for_each(|class| add_class(&mut task, class))?;
        let mut tasks = self.document.tasks.clone();
        tasks.push(task);
        Ok(Step::Tasks(tasks))
    }

    /// The tasks with a change in one of them.
    fn with_task(
        &self,
        id: TaskId,
        change: impl FnOnce(&mut ProjectTask) -> Result<(), EditError>,
    ) -> Result<Step, EditError> {
        let mut tasks = self.document.tasks.clone();
        change(tasks.iter_mut().find(|task| task.id == id).ok_or(EditError::NoTask(id))?)?;
        Ok(Step::Tasks(tasks))
    }

    /// Only the part of the patch that is different from what is there.
    fn paint(&self, at: Place, patch: &Patch) -> Result<Option<Step>, EditError> {
        let (entry, task) = (self.place(at, TaskKind::Segmentation)?, self.wanted_task(at.task)?);
        if patch.pixels.len() != patch.rect.area() || !patch.rect.fits(entry.size[0], entry.size[1]) {
            return Err(outside(entry));
        }
        let known = task.known_labels();
        if let Some(label) = patch.pixels.iter().find(|label| known[usize::from(**label)] != **label) {
            return Err(EditError::NoClass { task: task.name.clone(), class: usize::from(*label) });
        }
        let old = self.patch(at, patch.rect).ok_or_else(|| outside(entry))?.pixels;
        let width = patch.rect.width as usize;
        let differs = |index: usize| old.get(index) != patch.pixels.get(index);
        let Some(part) = bounds(width, old.len(), differs) else { return Ok(None) };
        let rows = patch.pixels.chunks(width).skip(part.y as usize).take(part.height as usize);
        let pixels = rows
            .flat_map(|row| row.iter().skip(part.x as usize).take(part.width as usize))
            .copied()
            .collect();
        let rect = Rect { x: patch.rect.x + part.x, y: patch.rect.y + part.y, ..part };
        Ok(Some(Step::paint(at, &Patch { rect, pixels })))
    }
}

fn named(name: String) -> Result<String, EditError> {
    if name.trim().is_empty() { Err(EditError::Name(name)) } else { Ok(name) }
}

fn add_class(task: &mut ProjectTask, name: String) -> Result<(), EditError> {
    let name = named(name)?;
    if task.classes.iter().any(|class| class.name == name) {
        return Err(EditError::Name(name));
    }
    let id = task.next_class;
    if id > LAST_CLASS {
        return Err(EditError::Classes(task.name.clone()));
    }
    task.next_class += 1;
    task.classes.push(ClassInfo { id, name, colour: id });
    Ok(())
}

fn find_class(task: &mut ProjectTask, class: u8) -> Result<&mut ClassInfo, EditError> {
    let missing = EditError::NoClass { task: task.name.clone(), class: usize::from(class) };
    task.classes.iter_mut().find(|other| other.id == class).ok_or(missing)
}

fn has_class(task: &ProjectTask, class: usize) -> Result<(), EditError> {
    let known = u8::try_from(class).is_ok_and(|id| task.class(id).is_some());
    if known { Ok(()) } else { Err(EditError::NoClass { task: task.name.clone(), class }) }
}

fn is_window([centre, width]: [f32; 2]) -> bool {
    centre.is_finite() && width.is_finite() && width > 0.0
}

fn outside(entry: &Entry) -> EditError {
    EditError::Outside { file: entry.file.clone(), size: entry.size }
}
