//! Boxes that a model found, with how sure it is.

use super::ExportError;
use super::names::Names;
use crate::dataset::formats::boxes_csv::{self, BoxRow};
use crate::dataset::formats::coco::{self, CocoImage, CocoObject};
use crate::dataset::{BoxLabel, TaskKind};
use crate::project::{Place, Project, ProjectTask, TaskId};

/// A box with the model's index of its class, and how sure the model is of it; none where a person drew it.
pub type FoundBox = (BoxLabel, Option<f32>);

/// One COCO file as [`coco`](super::coco) writes it, with a `score` for each box that has one.
///
/// # Errors
/// [`ExportError`] if the task is no detection.
pub fn found_coco(
    project: &Project,
    task: TaskId,
    places: &[Place],
    mut found: impl FnMut(Place) -> Option<Vec<FoundBox>>,
) -> Result<Vec<u8>, ExportError> {
    let (task, names) = (detection(project, task)?, Names::of(project));
    let object = |(bbox, score)| CocoObject { bbox, crowd: false, outline: None, score };
    let images = places.iter().filter_map(|place| {
        let [width, height, _] = project.entry(place.entry)?.size.map(|side| side as usize);
        let objects = found(*place)?.into_iter().map(object).collect();
        Some(CocoImage { file: names.picture(*place), width, height, objects })
    });
    let images: Vec<CocoImage> = images.collect();
    Ok(coco::write(&images, &task.class_names())?)
}

/// A table `file,label,x0,y0,x1,y1`, with a `score` for each box that has one.
///
/// # Errors
/// [`ExportError`] if the task is no detection.
pub fn found_table(
    project: &Project,
    task: TaskId,
    places: &[Place],
    mut found: impl FnMut(Place) -> Option<Vec<FoundBox>>,
) -> Result<Vec<u8>, ExportError> {
    let (task, names) = (detection(project, task)?, Names::of(project));
    let mut rows = Vec::new();
    for place in places {
        let file = names.picture(*place);
        let boxes = found(*place).unwrap_or_default();
        rows.extend(boxes.into_iter().map(|(bbox, score)| BoxRow { file: file.clone(), bbox, score }));
    }
    Ok(boxes_csv::write(&rows, &task.class_names())?)
}

fn detection(project: &Project, task: TaskId) -> Result<&ProjectTask, ExportError> {
    project.task(task).filter(|task| task.kind == TaskKind::Detection).ok_or(ExportError::Kind)
}
