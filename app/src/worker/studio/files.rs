//! What leaves the project and what comes in: labels, tables, models, the whole.

use std::collections::BTreeMap;
use std::rc::Rc;

use medley_core::dataset::{Detection, Mask, Target, TaskKind};
use medley_core::project::archive::{ProjectArchive, write_project};
use medley_core::project::measure::{self, ObjectMeasure, Scale};
use medley_core::project::{EntryId, Place, ProjectTask, TaskId, export as exports, training};

use super::predict::Said;
use super::{Bench, edits, models, report, say, say_with, words};
use crate::worker::desk::Desk;
use crate::worker::messages::{Export, Failure, ObjectRow, RequestId, StudioAnswer};

/// The media type of a zip.
const ZIP: &str = "application/zip";
/// That of weights.
const WEIGHTS: &str = "application/octet-stream";

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

/// Reads a file of labels.
///
/// # Errors
/// In words, where it is none, or belongs to no image.
pub fn import_labels(
    desk: &Rc<Desk>,
    id: RequestId,
    name: String,
    (task, entry): (TaskId, Option<EntryId>),
    bytes: &[u8],
) -> Result<(), Failure> {
    let bench = &desk.studio;
    let imported = exports::import_labels(&bench.project.borrow(), task, entry, &name, bytes);
    let imported = imported.map_err(words)?;
    let changes = bench.project.borrow_mut().apply(imported.edit).map_err(words)?;
    let entries = imported.images as u32;
    edits::store(desk, &changes);
    say(id, StudioAnswer::Project(bench.card()));
    say(id, StudioAnswer::LabelsImported { name, entries });
    Ok(())
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
                (TaskKind::Segmentation, Some(Said::Mask(mask, _))) => {
                    measure::measure_mask(&mask.to_mask(), Some(&image), None, scale)
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

    /// What the model said, in the model's indices, as labels are exported.
    fn said_target(&self, task: &ProjectTask, at: Place) -> Option<Target> {
        let said = self.said.borrow().get(&at).cloned()?;
        match &*said {
            Said::Mask(mask, _) => {
                let mut mask = mask.to_mask();
                let indices = task.indices();
                for label in &mut mask.labels {
                    *label = indices[usize::from(*label)];
                }
                Some(Target::Mask(mask))
            }
            _ => None,
        }
    }
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

/// Makes a file.
///
/// # Errors
/// In words, where there is nothing to write.
pub async fn export(
    desk: &Rc<Desk>,
    id: RequestId,
    what: Export,
    (task, japanese): (TaskId, bool),
) -> Result<(), Failure> {
    let bench = &desk.studio;
    let known = bench.project.borrow().task(task).cloned().ok_or(Failure::NoTask)?;
    let (name, media, bytes) = match what {
        Export::Model => ("medley-tuned.safetensors", WEIGHTS, tuned(desk, task).await?),
        Export::Head => {
            let base = desk.bytes.borrow().clone().ok_or(Failure::NoModel)?;
            let bytes = models::change(&base, &tuned(desk, task).await?)?;
            ("medley-head.safetensors", WEIGHTS, bytes)
        }
        Export::MeasurementsCsv if known.kind == TaskKind::Classification => {
            let project = bench.project.borrow();
            let places = training::labelled(&project, task);
            let bytes = exports::table(&project, task, &places, |at| training::target(&project, at));
            ("labels.csv", "text/csv", bytes.map_err(words)?)
        }
        Export::MeasurementsCsv => {
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
            let rows: Vec<_> = rows.collect();
            ("measurements.csv", "text/csv", measure::objects_csv(&rows).map_err(words)?)
        }
        Export::Project => ("project.medley.zip", ZIP, whole(desk).await?),
        Export::MasksNifti => {
            let mut geometries = BTreeMap::new();
            let places = training::labelled(&bench.project.borrow(), task);
            for at in &places {
                let image = bench.image(at.entry).await?;
                geometries.insert(at.entry, *image.geometry());
            }
            let project = bench.project.borrow();
            let bytes = exports::masks_nifti(
                &project,
                task,
                &places,
                |entry| geometries.get(&entry).copied().unwrap_or_default(),
                |at| training::target(&project, at),
            );
            ("masks-nifti.zip", ZIP, bytes.map_err(words)?)
        }
        Export::Report => ("report.html", "text/html", report::write(desk, japanese).await?),
        labels => labels_file(bench, labels, &known)?,
    };
    let answer = StudioAnswer::Exported { name: name.to_owned(), media: media.to_owned() };
    say_with(id, answer, &bytes);
    Ok(())
}

fn labels_file(
    bench: &Bench,
    what: Export,
    task: &ProjectTask,
) -> Result<(&'static str, &'static str, Vec<u8>), Failure> {
    let project = bench.project.borrow();
    let labelled = training::labelled(&project, task.id);
    let target = |at: Place| training::target(&project, at);
    Ok(match what {
        Export::Coco => {
            let bytes = exports::coco(&project, task.id, &labelled, target).map_err(words)?;
            ("labels.coco.json", "application/json", bytes)
        }
        Export::GeoJson => {
            let bytes = exports::geojson(&project, task.id, &labelled, target).map_err(words)?;
            ("labels-geojson.zip", ZIP, bytes)
        }
        Export::PredictionsPng => {
            let places = bench.places(task.id);
            let both = |at: Place| target(at).or_else(|| bench.said_target(task, at));
            ("predictions.zip", ZIP, exports::masks_png(&project, task.id, &places, both).map_err(words)?)
        }
        _ => ("masks.zip", ZIP, exports::masks_png(&project, task.id, &labelled, target).map_err(words)?),
    })
}

/// The file of the model in use.
async fn tuned(desk: &Rc<Desk>, task: TaskId) -> Result<Vec<u8>, Failure> {
    let (medley, _) = desk.studio.model(task)?;
    medley.to_bytes().await.map_err(words)
}

/// The project as one file.
async fn whole(desk: &Rc<Desk>) -> Result<Vec<u8>, Failure> {
    let bench = &desk.studio;
    let ids: Vec<EntryId> = bench.project.borrow().document().entries.iter().map(|entry| entry.id).collect();
    let mut images = BTreeMap::new();
    for id in ids {
        images.insert(id, bench.bytes(id).await?);
    }
    let runs: Vec<u32> = bench.project.borrow().document().runs.iter().map(|run| run.id).collect();
    let mut models = Vec::new();
    for run in runs {
        let medley = bench.models.borrow().run(run);
        if let Some(medley) = medley {
            models.push((run.to_string(), medley.to_bytes().await.map_err(words)?));
        }
    }
    let image = |id: EntryId| images.get(&id).map(|bytes| bytes.to_vec());
    write_project(&bench.project.borrow(), image, models).map_err(words)
}

/// Replaces the project by one from a file.
///
/// # Errors
/// In words, when it is no project.
pub async fn import_project(desk: &Rc<Desk>, id: RequestId, bytes: &[u8]) -> Result<(), Failure> {
    let mut archive = ProjectArchive::open(bytes).map_err(words)?;
    let project = archive.project().map_err(words)?;
    let entries: Vec<EntryId> = project.document().entries.iter().map(|entry| entry.id).collect();
    let places: Vec<Place> = project.masks().map(|(at, _)| at).collect();
    let runs: Vec<(u32, Vec<TaskId>)> = project
        .document()
        .runs
        .iter()
        .map(|run| (run.id, run.results.iter().map(|result| result.task).collect()))
        .collect();
    let mut images = Vec::new();
    for entry in &entries {
        let bytes = archive
            .image(*entry)
            .map_err(words)?
            .ok_or_else(|| Failure::Other("an image of the project is missing".to_owned()))?;
        images.push((*entry, Rc::new(bytes)));
    }
    let mut tuned = Vec::new();
    for (run, tasks) in runs {
        let Some(bytes) = archive.model(&run.to_string()).map_err(words)? else { continue };
        let device = burn::tensor::Device::flex();
        let medley = medley_core::Medley::from_bytes(&bytes, &device).map_err(words)?;
        tuned.push((run, tasks, Rc::new(medley)));
    }
    let bench = &desk.studio;
    bench.replace(project).await;
    bench.files.borrow_mut().extend(images);
    for (run, tasks, medley) in tuned {
        bench.models.borrow_mut().add(run, tasks, medley);
        bench.unsaved.borrow_mut().models.insert(run);
    }
    bench.unsaved.borrow_mut().images.extend(entries);
    bench.unsaved.borrow_mut().masks.extend(places);
    bench.forget_predictions(None);
    desk.save();
    say(id, StudioAnswer::Project(bench.card()));
    Ok(())
}
