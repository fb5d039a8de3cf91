//! What leaves the project and what comes in: labels, tables, models, the whole.

use std::collections::BTreeMap;
use std::rc::Rc;

use medley_core::dataset::{BoxLabel, Detection, Target, TaskKind};
use medley_core::project::archive::{ArchiveError, ProjectArchive, write_project};
use medley_core::project::export::{self as exports, FoundBox, ImportError, Imported};
use medley_core::project::{EntryId, Place, ProjectTask, TaskId, training};

use super::predict::Said;
use super::{Bench, edits, models, report, say, say_with, tables, words};
use crate::worker::desk::Desk;
use crate::worker::messages::{Export, Failure, RequestId, StudioAnswer};

/// The media type of a zip.
const ZIP: &str = "application/zip";
/// That of weights.
const WEIGHTS: &str = "application/octet-stream";

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
    let imported = exports::import_labels(&desk.studio.project.borrow(), task, entry, &name, bytes);
    labelled(desk, id, name, imported)
}

/// Puts what was read into the project, and says so.
fn labelled(
    desk: &Rc<Desk>,
    id: RequestId,
    name: String,
    imported: Result<Imported, ImportError>,
) -> Result<(), Failure> {
    let bench = &desk.studio;
    let imported = imported.map_err(words)?;
    let changes = bench.project.borrow_mut().apply(imported.edit).map_err(words)?;
    let entries = imported.images as u32;
    edits::store(desk, &changes);
    say(id, StudioAnswer::Project(bench.card()));
    say(id, StudioAnswer::LabelsImported { name, entries });
    Ok(())
}

impl Bench {
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

    /// The boxes of a slice in the model's indices: those that are labelled, or those that the model found.
    fn found_boxes(&self, task: &ProjectTask, at: Place) -> Option<Vec<FoundBox>> {
        if let Some(Target::Boxes(labels)) = training::target(&self.project.borrow(), at) {
            return Some(labels.into_iter().map(|label| (label, None)).collect());
        }
        let said = self.said.borrow().get(&at).cloned()?;
        let Said::Boxes(found) = &*said else { return None };
        let indexed = |found: &Detection| {
            let class = task.index_of(u8::try_from(found.class).ok()?)?;
            let Detection { x0, y0, x1, y1, score, .. } = *found;
            Some((BoxLabel { x0, y0, x1, y1, class }, Some(score)))
        };
        Some(found.iter().filter_map(indexed).collect())
    }
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
            ("measurements.csv", "text/csv", tables::objects_csv(bench, &known).await?)
        }
        Export::ImagesCsv => ("images.csv", "text/csv", tables::images_csv(bench, &known).await?),
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
        Export::PredictionsCoco if task.kind == TaskKind::Detection => {
            let places = bench.places(task.id);
            let found = |at: Place| bench.found_boxes(task, at);
            let bytes = exports::found_coco(&project, task.id, &places, found).map_err(words)?;
            ("predictions.coco.json", "application/json", bytes)
        }
        Export::PredictionsCoco => {
            let places = bench.places(task.id);
            let both = |at: Place| target(at).or_else(|| bench.said_target(task, at));
            let bytes = exports::coco(&project, task.id, &places, both).map_err(words)?;
            ("predictions.coco.json", "application/json", bytes)
        }
        Export::PredictionsCsv => {
            let places = bench.places(task.id);
            let found = |at: Place| bench.found_boxes(task, at);
            let bytes = exports::found_table(&project, task.id, &places, found).map_err(words)?;
            ("predictions.csv", "text/csv", bytes)
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

/// Replaces the project by one from a file. A zip of labels is read as those of `task`.
///
/// # Errors
/// In words, when it is neither.
pub async fn import_project(
    desk: &Rc<Desk>,
    id: RequestId,
    (name, task): (String, Option<TaskId>),
    bytes: &[u8],
) -> Result<(), Failure> {
    let mut archive = ProjectArchive::open(bytes).map_err(words)?;
    let project = match (archive.project(), task) {
        (Err(ArchiveError::NoDocument), Some(task)) => {
            let imported = exports::import_archive(&desk.studio.project.borrow(), task, bytes);
            return labelled(desk, id, name, imported);
        }
        (project, _) => project.map_err(words)?,
    };
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
