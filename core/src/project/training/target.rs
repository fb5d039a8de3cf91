//! One label as a training target.

use crate::dataset::Target;
use crate::dataset::{BoxLabel, IGNORE, Mask, Sample, TaskKind};
use crate::imaging::{Image, Window};
use crate::project::{Place, Project, ProjectTask};

/// The label at a place with the model's indices in place of ids: unlabelled pixels are [`IGNORE`], or background
/// where the slice is marked as complete. `None` where nothing is labelled.
pub fn target(project: &Project, at: Place) -> Option<Target> {
    let (entry, task) = (project.entry(at.entry)?, project.task(at.task)?);
    match task.kind {
        TaskKind::Segmentation => {
            let complete = entry.complete.contains(&(at.task, at.slice));
            if !complete && project.stored_mask(at).is_none() {
                return None;
            }
            let mask = indexed(task, project.mask(at)?, complete);
            mask.labels.iter().any(|label| *label != IGNORE).then_some(Target::Mask(mask))
        }
        TaskKind::Detection => {
            let boxes = entry.boxes_at(at.task, at.slice)?.iter();
            let indexed = |label: &BoxLabel| {
                let class = task.index_of(u8::try_from(label.class).ok()?)?;
                Some(BoxLabel { class, ..*label })
            };
            Some(Target::Boxes(boxes.filter_map(indexed).collect()))
        }
        TaskKind::Classification => {
            let class = entry.classes.get(&at.task)?;
            task.index_of(*class).map(Target::Class)
        }
        // Projects have no such tasks.
        TaskKind::MultiLabel | TaskKind::Regression => None,
    }
}

/// The image and the label at a place. `image` is the whole file; what is learnt from is the slice (of a classified
/// volume the middle one) in the window in which it is shown.
pub fn sample(project: &Project, at: Place, image: &Image) -> Option<Sample> {
    let target = target(project, at)?;
    let slice = match target {
        Target::Class(_) => image.slices() / 2,
        _ => at.slice as usize,
    };
    let shown = project.entry(at.entry)?.window.map(|[centre, width]| Window { centre, width });
    let slice = image.slice(slice)?;
    // Of a stack the window of the whole: slice by slice they would differ.
    let window = shown.unwrap_or_else(|| slice.display_window());
    Some(Sample { image: slice.with_window(window), target })
}

/// A mask of labels as one of indices.
pub(crate) fn indexed(task: &ProjectTask, mut mask: Mask, complete: bool) -> Mask {
    let indices = task.indices();
    for label in &mut mask.labels {
        let index = indices[usize::from(*label)];
        *label = if complete && index == IGNORE { 0 } else { index };
    }
    mask
}
