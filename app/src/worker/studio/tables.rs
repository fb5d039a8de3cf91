//! Measurements of objects and images, for the page and as tables.

use std::rc::Rc;

use medley_core::dataset::{Detection, Mask, TaskKind};
use medley_core::project::measure::{self, ImageRow, ObjectMeasure, Scale};
use medley_core::project::{Place, ProjectTask, TaskId, training};

use super::predict::Said;
use super::{Bench, say, words};
use crate::worker::desk::Desk;
use crate::worker::messages::{Failure, ObjectRow, RequestId, StudioAnswer};

/// An object with where it is.
struct Found {
    at: Place,
    file: String,
    class: String,
    number: usize,
    predicted: bool,
    scale: Scale,
    object: ObjectMeasure,
}

/// Sends the table of objects.
///
/// # Errors
/// In words, where an image cannot be read.
pub async fn measure(desk: &Rc<Desk>, id: RequestId, task: TaskId, predictions: bool) -> Result<(), Failure> {
    let found = desk.studio.objects(task, predictions).await?;
    let rows = found.into_iter().map(|found| ObjectRow {
        entry: found.at.entry.0,
        slice: found.at.slice,
        class: found.class,
        predicted: found.predicted,
        number: found.number as u32,
        pixels: found.object.pixels,
        area: found.object.area,
        length: found.object.length,
        unit: found.scale.unit().to_owned(),
        mean: found.object.mean.unwrap_or_default(),
        centre: (found.object.centre[0] as f32, found.object.centre[1] as f32),
        score: found.object.score,
    });
    say(id, StudioAnswer::Measured(rows.collect()));
    Ok(())
}

impl Bench {
    async fn objects(&self, task: TaskId, predictions: bool) -> Result<Vec<Found>, Failure> {
        let known = self.project.borrow().task(task).cloned().ok_or(Failure::NoTask)?;
        let mut all = Vec::new();
        for at in self.places(task) {
            let labelled = training::target(&self.project.borrow(), at).is_some();
            let said = self.said.borrow().get(&at).cloned().filter(|_| predictions && !labelled);
            if !labelled && said.is_none() {
                continue;
            }
            let image = self.slice(at).await?;
            let (file, spacing) = {
                let project = self.project.borrow();
                let Some(entry) = project.entry(at.entry) else { continue };
                (entry.file.clone(), entry.spacing)
            };
            let scale = Scale::of(spacing);
            let objects = match (known.kind, said.as_deref()) {
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
            let predicted = said.is_some();
            all.extend((1..).zip(objects).map(|(number, object)| Found {
                at,
                file: file.clone(),
                class: known.class(object.class).map(|class| class.name.clone()).unwrap_or_default(),
                number,
                predicted,
                scale,
                object,
            }));
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
pub async fn objects_csv(bench: &Bench, task: TaskId) -> Result<Vec<u8>, Failure> {
    let found = bench.objects(task, true).await?;
    let rows = found.iter().map(|found| measure::ObjectRow {
        file: &found.file,
        slice: found.at.slice,
        number: found.number,
        class: &found.class,
        predicted: found.predicted,
        scale: found.scale,
        object: &found.object,
    });
    measure::objects_csv(&rows.collect::<Vec<_>>()).map_err(words)
}

/// A row per image and class.
///
/// # Errors
/// In words, where an image cannot be read.
pub async fn images_csv(bench: &Bench, task: &ProjectTask) -> Result<Vec<u8>, Failure> {
    let found = bench.objects(task.id, true).await?;
    let project = bench.project.borrow();
    let mut rows = Vec::new();
    for of_slice in found.chunk_by(|a, b| a.at == b.at) {
        let Some(first) = of_slice.first() else { continue };
        let Some(entry) = project.entry(first.at.entry) else { continue };
        let objects: Vec<ObjectMeasure> = of_slice.iter().map(|found| found.object.clone()).collect();
        let size = [entry.size[0] as usize, entry.size[1] as usize];
        let measures = measure::measure_image(&objects, size, first.scale);
        rows.extend(measures.into_iter().map(|measure| ImageRow {
            file: &first.file,
            slice: first.at.slice,
            class: task.class(measure.class).map_or("", |class| class.name.as_str()),
            predicted: first.predicted,
            scale: first.scale,
            measure,
        }));
    }
    measure::images_csv(&rows).map_err(words)
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
