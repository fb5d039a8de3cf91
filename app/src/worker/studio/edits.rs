//! Changes of the project, and their way back.

use std::rc::Rc;

use burn::tensor::Tensor;
use medley_core::dataset::{BoxLabel, IGNORE, Mask, TaskKind};
use medley_core::imaging::{Region, Window, resize_planes};
use medley_core::project::draw::{self, Embedding};
use medley_core::project::{
    Change, Edit, EntryId, NewTask, Patch, Place, ProjectTask, Rect, TaskId, training,
};

use super::accept::accepted;
use super::{say, say_with, words};
use crate::worker::desk::Desk;
use crate::worker::messages::{self, EditState, Failure, RequestId, StudioAnswer, StudioAsk};

/// The model sees an image for a smart fill at this longest side, in pixels.
const FILL_SIDE: usize = 512;

/// Makes a change of labels.
///
/// # Errors
/// In words, where it is not possible.
pub async fn edit(
    desk: &Rc<Desk>,
    id: RequestId,
    at: Place,
    edit: messages::Edit,
    bytes: Vec<u8>,
) -> Result<(), Failure> {
    let painted = matches!(edit, messages::Edit::Paint { .. });
    let by_hand = !matches!(edit, messages::Edit::Accept { .. });
    let edit = translated(desk, at, edit, &bytes).await?;
    let changes = match edit {
        Some(edit) => desk.studio.project.borrow_mut().apply(edit).map_err(words)?,
        None => Vec::new(),
    };
    for change in changes.iter().filter(|_| by_hand) {
        if let Change::Mask { at, rect } = change
            && let Some(given) = desk.studio.accepted.borrow_mut().get_mut(at)
        {
            given.paint(*rect);
        }
    }
    if changes.is_empty() {
        // That all is as before is an answer too: the page keeps what it painted ahead until it has one.
        tell_label(desk, id, at);
    } else {
        tell(desk, id, &changes, painted);
    }
    Ok(())
}

async fn translated(
    desk: &Rc<Desk>,
    at: Place,
    edit: messages::Edit,
    touched: &[u8],
) -> Result<Option<Edit>, Failure> {
    let bench = &desk.studio;
    let mask = || bench.project.borrow().mask(at).ok_or(Failure::NoImage);
    let patch = match edit {
        messages::Edit::Paint { rect: messages::Rect { x, y, width, height }, label } => {
            let now = bench.project.borrow().patch(at, Rect { x, y, width, height });
            let mut patch = now.ok_or(Failure::NoImage)?;
            for (pixel, _) in patch.pixels.iter_mut().zip(touched).filter(|(_, touched)| **touched != 0) {
                *pixel = label;
            }
            Some(patch)
        }
        messages::Edit::Polygon { points, class } => {
            let outline: Vec<[f64; 2]> = points.iter().map(|(x, y)| [f64::from(*x), f64::from(*y)]).collect();
            draw::polygon(&mask()?, &outline, class).map_err(words)?
        }
        messages::Edit::Flood { x, y, class } => draw::flood(&mask()?, centre(x, y), class),
        messages::Edit::Smart { x, y, class, reach } => {
            smart(desk, at, &mask()?, (centre(x, y), class, reach)).await?
        }
        messages::Edit::Accept { score, only_unlabelled } => {
            return accepted(desk, at, score, only_unlabelled).map(Some);
        }
        messages::Edit::Clear => match bench.kind_of(at.task) {
            Some(TaskKind::Segmentation) => {
                let mask = mask()?;
                let rect = Rect::whole(mask.width as u32, mask.height as u32);
                Some(Patch { rect, pixels: vec![IGNORE; mask.labels.len()] })
            }
            Some(TaskKind::Detection) => return Ok(Some(Edit::Boxes { at, boxes: None })),
            _ => return Ok(Some(Edit::Class { entry: at.entry, task: at.task, class: None })),
        },
        messages::Edit::Boxes(boxes) => {
            let boxes = boxes.iter().map(|b| BoxLabel {
                x0: b.x0,
                y0: b.y0,
                x1: b.x1,
                y1: b.y1,
                class: usize::from(b.class),
            });
            return Ok(Some(Edit::Boxes { at, boxes: Some(boxes.collect()) }));
        }
        messages::Edit::Class(class) => {
            return Ok(Some(Edit::Class { entry: at.entry, task: at.task, class }));
        }
    };
    Ok(patch.map(|patch| Edit::Paint { at, patch }))
}

/// The middle of a pixel.
fn centre(x: u32, y: u32) -> [f32; 2] {
    [x as f32 + 0.5, y as f32 + 0.5]
}

/// The object around a pixel, as the model's pixel embedding sees it.
async fn smart(
    desk: &Rc<Desk>,
    at: Place,
    mask: &Mask,
    (click, class, reach): ([f32; 2], u8, f32),
) -> Result<Option<Patch>, Failure> {
    let image = desk.studio.slice(at).await?;
    let medley = desk.studio.models.borrow().newest(at.task).or_else(|| desk.on_cpu.borrow().clone());
    let medley = medley.ok_or(Failure::NoModel)?;
    let from = (image.width(), image.height());
    let side = from.0.max(from.1).min(FILL_SIDE);
    let (width, height) = medley_core::dataset::scaled_size(from.0, from.1, side);
    let planes = resize_planes(&image.to_unit_planes(), from, Region::whole(from.0, from.1), (width, height));
    let images = Tensor::<1>::from_floats(planes.as_slice(), medley.device()).reshape([1, 3, height, width]);
    let foundation = &medley.network().foundation;
    let embedding = foundation.pixels(&foundation.encode(images));
    let channels = embedding.dims()[1];
    let values: Vec<f32> = embedding.into_data_async().await.map_err(words)?.iter::<f32>().collect();
    let embedding = Embedding::new(channels, height, width, &values).map_err(words)?;
    Ok(draw::smart_fill(mask, &embedding, click, reach.mul_add(2.0, -1.0), class))
}

/// Takes the last change back.
pub fn undo(desk: &Rc<Desk>, id: RequestId) {
    let changes = desk.studio.project.borrow_mut().undo();
    tell(desk, id, &changes, false);
}

/// Makes it again.
pub fn redo(desk: &Rc<Desk>, id: RequestId) {
    let changes = desk.studio.project.borrow_mut().redo();
    tell(desk, id, &changes, false);
}

/// Stores what has changed, and tells the page.
pub fn tell(desk: &Rc<Desk>, id: RequestId, changes: &[Change], painted: bool) {
    store(desk, changes);
    match changes {
        [Change::Mask { at, rect }] => tell_mask(desk, id, *at, *rect, painted),
        [Change::Boxes(at)] => tell_label(desk, id, *at),
        [Change::Class { entry, task }] => {
            tell_label(desk, id, Place { entry: *entry, task: *task, slice: 0 });
        }
        _ => say(id, StudioAnswer::Project(desk.studio.card())),
    }
}

/// Stores what has changed.
pub fn store(desk: &Rc<Desk>, changes: &[Change]) {
    if changes.is_empty() {
        return;
    }
    let project = desk.studio.project.borrow();
    let mut unsaved = desk.studio.unsaved.borrow_mut();
    for change in changes {
        match change {
            Change::Mask { at, .. } => {
                unsaved.masks.insert(*at);
            }
            Change::Entries { added, .. } => {
                unsaved.images.extend(added);
                // Where images come back, so do their labels.
                let masks = project.masks().map(|(at, _)| at);
                unsaved.masks.extend(masks.filter(|at| added.contains(&at.entry)));
            }
            _ => {}
        }
    }
    drop((project, unsaved));
    desk.save();
}

fn tell_mask(desk: &Rc<Desk>, id: RequestId, at: Place, rect: Rect, painted: bool) {
    let Some(mut state) = state(desk, at) else { return };
    let Rect { x, y, width, height } = rect;
    state.rect = Some(messages::Rect { x, y, width, height });
    let patch = desk.studio.project.borrow().patch(at, rect);
    match patch.filter(|_| !painted) {
        Some(patch) => say_with(id, StudioAnswer::Edited(state), &patch.pixels),
        None => say(id, StudioAnswer::Edited(state)),
    }
}

fn tell_label(desk: &Rc<Desk>, id: RequestId, at: Place) {
    let Some(mut state) = state(desk, at) else { return };
    let project = desk.studio.project.borrow();
    if let Some(entry) = project.entry(at.entry) {
        if project.task(at.task).map(|task| task.kind) == Some(TaskKind::Detection) {
            let boxes = entry.boxes_at(at.task, at.slice).unwrap_or_default();
            state.boxes = Some(boxes.iter().map(super::images::label_box).collect());
        }
        state.class = entry.classes.get(&at.task).copied();
    }
    drop(project);
    say(id, StudioAnswer::Edited(state));
}

fn state(desk: &Rc<Desk>, at: Place) -> Option<EditState> {
    let card = desk.studio.entry_card(at.entry)?;
    let project = desk.studio.project.borrow();
    Some(EditState {
        entry: at.entry.0,
        slice: at.slice,
        task: at.task.0,
        rect: None,
        boxes: None,
        class: None,
        card,
        can_undo: project.can_undo(),
        can_redo: project.can_redo(),
    })
}

/// Changes of images, tasks, classes and marks.
///
/// # Errors
/// In words, where it is not possible.
pub fn arrange(desk: &Rc<Desk>, id: RequestId, ask: StudioAsk) -> Result<(), Failure> {
    let ids = |entries: Vec<u32>| entries.into_iter().map(EntryId).collect::<Vec<_>>();
    let edit = match ask {
        StudioAsk::Rename { name } => Edit::Rename(name),
        StudioAsk::SetWindow { entry, window: (black, white) } => {
            let Window { centre, width } = Window::from_range(black, white);
            Edit::Window { entry: EntryId(entry), window: Some([centre, width]) }
        }
        StudioAsk::Remove { entries } => Edit::RemoveEntries(ids(entries)),
        StudioAsk::SetHeldOut { entries, held_out } => Edit::HoldOut { entries: ids(entries), on: held_out },
        StudioAsk::SetComplete { entries, task, complete } => {
            let edit =
                training::complete(&desk.studio.project.borrow(), &ids(entries), TaskId(task), complete);
            if complete && edit == Edit::Several(Vec::new()) {
                return Err(Failure::NothingToLearn);
            }
            edit
        }
        StudioAsk::AddTask { name, kind, classes } => {
            let kind = match kind {
                messages::TaskKind::Segmentation => TaskKind::Segmentation,
                messages::TaskKind::Detection => TaskKind::Detection,
                messages::TaskKind::Classification => TaskKind::Classification,
            };
            Edit::AddTask(NewTask { name, kind, classes })
        }
        StudioAsk::RemoveTask { task } => Edit::RemoveTask(TaskId(task)),
        StudioAsk::RenameTask { task, name } => Edit::RenameTask { task: TaskId(task), name },
        StudioAsk::AddClass { task, name } => Edit::AddClass { task: TaskId(task), name },
        StudioAsk::RemoveClass { task, class } => Edit::RemoveClass { task: TaskId(task), class },
        StudioAsk::RenameClass { task, class, name } => Edit::RenameClass { task: TaskId(task), class, name },
        StudioAsk::RecolourClass { task, class, colour } => {
            Edit::RecolourClass { task: TaskId(task), class, colour }
        }
        // The others are answered elsewhere.
        _ => return Ok(()),
    };
    let changes = desk.studio.project.borrow_mut().apply(edit).map_err(words)?;
    store(desk, &changes);
    say(id, StudioAnswer::Project(desk.studio.card()));
    Ok(())
}

/// The masks' values of a task by the model's indices.
pub(super) fn relabelled(task: &ProjectTask, mut mask: Mask) -> Mask {
    let labels = task.labels_of();
    for label in &mut mask.labels {
        *label = labels[usize::from(*label)];
    }
    mask
}
