//! Measurements of objects and images, for the page and as tables.

use std::rc::Rc;

use medley_core::dataset::{Detection, Mask, TaskKind};
use medley_core::project::measure::{self, ImageRow, ObjectMeasure, Scale};
use medley_core::project::{Place, ProjectTask, TaskId, training};

use super::predict::Said;
use super::{Bench, say, words};
use crate::worker::desk::Desk;
use crate::worker::messages::{Failure, ObjectRow, RequestId, StudioAnswer};

/// What was measured on a slice, which may have no object at all.
struct Measured {
    at: Place,
    file: String,
    /// Columns, rows.
    size: [usize; 2],
    predicted: bool,
    scale: Scale,
    objects: Vec<ObjectMeasure>,
}

/// Sends the table of objects.
///
/// # Errors
/// In words, where an image cannot be read.
pub async fn measure(desk: &Rc<Desk>, id: RequestId, task: TaskId, predictions: bool) -> Result<(), Failure> {
    let known = desk.studio.project.borrow().task(task).cloned().ok_or(Failure::NoTask)?;
    let measured = desk.studio.measured(&known, predictions).await?;
    let rows = measured.iter().flat_map(|slice| {
        (1..).zip(&slice.objects).map(|(number, object)| ObjectRow {
            entry: slice.at.entry.0,
            slice: slice.at.slice,
            class: name_of(&known, object.class).to_owned(),
            predicted: slice.predicted,
            number,
            pixels: object.pixels,
            area: object.area,
            length: object.length,
            unit: slice.scale.unit().to_owned(),
            mean: object.mean.unwrap_or_default(),
            centre: (object.centre[0] as f32, object.centre[1] as f32),
            score: object.score,
        })
    });
    say(id, StudioAnswer::Measured(rows.collect()));
    Ok(())
}

impl Bench {
    /// Measures the labels of a task, and what the model says where there are none.
    async fn measured(&self, task: &ProjectTask, predictions: bool) -> Result<Vec<Measured>, Failure> {
        let mut all = Vec::new();
        for at in self.places(task.id) {
            let labelled = training::target(&self.project.borrow(), at).is_some();
            let said = self.said.borrow().get(&at).cloned().filter(|_| predictions && !labelled);
            if !labelled && said.is_none() {
                continue;
            }
            let image = self.slice(at).await?;
            let (file, size, spacing) = {
                let project = self.project.borrow();
                let Some(entry) = project.entry(at.entry) else { continue };
                (entry.file.clone(), [entry.size[0], entry.size[1]].map(|side| side as usize), entry.spacing)
            };
            let scale = Scale::of(spacing);
            let objects = match (task.kind, said.as_deref()) {
                (TaskKind::Segmentation, Some(Said::Mask(mask, tally))) => {
                    let mut objects = measure::measure_mask(&mask.to_mask(), Some(&image), None, scale);
                    let scored = objects.iter_mut().zip(&tally.sure);
                    scored.for_each(|(object, sure)| object.score = Some(*sure));
                    objects
                }
                (TaskKind::Segmentation, _) => {
                    let mask = self.project.borrow().mask(at);
                    let mask = mask.map_or_else(empty, without_unlabelled);
                    measure::measure_mask(&mask, Some(&image), None, scale)
                }
                (TaskKind::Detection, Some(Said::Boxes(boxes))) => {
                    let boxes: Vec<(Detection, bool)> = boxes.iter().map(|found| (*found, true)).collect();
                    measure::measure_boxes(&boxes, Some(&image), scale)
                }
                (TaskKind::Detection, _) => {
                    let boxes = self.label_boxes(at);
                    measure::measure_boxes(&boxes, Some(&image), scale)
                }
                _ => Vec::new(),
            };
            all.push(Measured { at, file, size, predicted: said.is_some(), scale, objects });
        }
        Ok(all)
    }

    fn label_boxes(&self, at: Place) -> Vec<(Detection, bool)> {
        let project = self.project.borrow();
        let boxes = project.entry(at.entry).and_then(|entry| entry.boxes_at(at.task, at.slice));
        let all = boxes.unwrap_or_default().iter().map(|label| {
            let (x0, y0, x1, y1) = (label.x0, label.y0, label.x1, label.y1);
            (Detection { x0, y0, x1, y1, class: label.class, score: 1.0 }, false)
        });
        all.collect()
    }
}

/// A row per object.
///
/// # Errors
/// In words, where an image cannot be read.
pub async fn objects_csv(bench: &Bench, task: &ProjectTask) -> Result<Vec<u8>, Failure> {
    let measured = bench.measured(task, true).await?;
    let rows = measured.iter().flat_map(|slice| {
        (1..).zip(&slice.objects).map(|(number, object)| measure::ObjectRow {
            file: &slice.file,
            slice: slice.at.slice,
            number,
            class: name_of(task, object.class),
            predicted: slice.predicted,
            scale: slice.scale,
            object,
        })
    });
    measure::objects_csv(&rows.collect::<Vec<_>>()).map_err(words)
}

/// A row per image and class, also where there is no object.
///
/// # Errors
/// In words, where an image cannot be read.
pub async fn images_csv(bench: &Bench, task: &ProjectTask) -> Result<Vec<u8>, Failure> {
    let measured = bench.measured(task, true).await?;
    let classes: Vec<u8> = task.classes.iter().map(|class| class.id).collect();
    let mut rows = Vec::new();
    for slice in &measured {
        let measures = measure::measure_image(&slice.objects, &classes, slice.size, slice.scale);
        rows.extend(measures.into_iter().map(|measure| ImageRow {
            file: &slice.file,
            slice: slice.at.slice,
            class: name_of(task, measure.class),
            predicted: slice.predicted,
            scale: slice.scale,
            measure,
        }));
    }
    measure::images_csv(&rows).map_err(words)
}

fn name_of(task: &ProjectTask, class: u8) -> &str {
    task.class(class).map_or("", |class| class.name.as_str())
}

fn without_unlabelled(mut mask: Mask) -> Mask {
    for label in &mut mask.labels {
        if *label == medley_core::dataset::IGNORE {
            *label = 0;
        }
    }
    mask
}

fn empty() -> Mask {
    Mask { width: 0, height: 0, labels: Vec::new() }
}
