//! Labels as tables.

use std::collections::BTreeMap;

use super::ExportError;
use super::names::Names;
use crate::dataset::formats::boxes_csv::{self, BoxRow};
use crate::dataset::formats::labels_csv::{self, LabelRow};
use crate::dataset::{Split, Target, TaskKind};
use crate::project::{Place, Project, TaskId};

/// Boxes (`file,label,x0,y0,x1,y1`, a row per object) or classes (`file,label,split`, a row per image; held-out images are
/// of the split `val`).
///
/// # Errors
/// [`ExportError`] for a segmentation.
pub fn table(
    project: &Project,
    task: TaskId,
    places: &[Place],
    mut target: impl FnMut(Place) -> Option<Target>,
) -> Result<Vec<u8>, ExportError> {
    let names = Names::of(project);
    let task = project.task(task).ok_or(ExportError::Kind)?;
    let (mut boxes, mut labels) = (Vec::new(), Vec::new());
    for place in places {
        let Some(entry) = project.entry(place.entry) else { continue };
        let file = names.picture(*place);
        match target(*place) {
            None => {}
            Some(Target::Boxes(found)) => {
                boxes.extend(found.into_iter().map(|bbox| BoxRow { file: file.clone(), bbox, score: None }));
            }
            Some(Target::Class(class)) => {
                let split = if entry.held_out { Split::Val } else { Split::Train };
                labels.push(LabelRow { file, class, split, extra: BTreeMap::new() });
            }
            Some(Target::Mask(_) | Target::Labels(_) | Target::Values(_)) => return Err(ExportError::Kind),
        }
    }
    Ok(match task.kind {
        TaskKind::Detection => boxes_csv::write(&boxes, &task.class_names())?,
        TaskKind::Classification => labels_csv::write(&labels, &task.class_names())?,
        _ => return Err(ExportError::Kind),
    })
}
