//! Nothing is lost: the project is written to the browser's storage as it happens.

use std::collections::BTreeSet;
use std::rc::Rc;

use burn::tensor::Device;
use medley_core::Medley;
use medley_core::dataset::TaskKind;
use medley_core::project::{Document, EntryId, NewTask, Place, Project, TiledMask};
use wasm_bindgen_futures::spawn_local;

use super::{Bench, say, words};
use crate::storage::{Folder, StorageError};
use crate::worker::clock::next_turn;
use crate::worker::desk::Desk;
use crate::worker::messages::{Beginning, Failure, RequestId, StorageState, StudioAnswer};

/// The folder of the project.
const FOLDER: &str = "medley-studio";
const DOCUMENT: &str = "project.json";
/// What a tuning under way needs to go on.
pub const TUNING: &str = "tuning.safetensors";
/// What was to be tuned.
pub const TUNING_WISH: &str = "tuning.json";

/// What is not stored yet.
#[derive(Debug, Default)]
pub struct Kept {
    /// All but masks, images and models.
    pub document: bool,
    /// New images.
    pub images: BTreeSet<EntryId>,
    /// Changed masks.
    pub masks: BTreeSet<Place>,
    /// New models.
    pub models: BTreeSet<u32>,
}

/// The file of an image.
pub fn image_file(id: EntryId) -> String {
    format!("image-{}", id.0)
}

fn mask_file(at: Place) -> String {
    format!("mask-{}-{}-{}", at.entry.0, at.task.0, at.slice)
}

fn model_file(run: u32) -> String {
    format!("model-{run}.safetensors")
}

/// The place of a file of [`mask_file`].
fn place_of(name: &str) -> Option<Place> {
    let mut numbers = name.strip_prefix("mask-")?.split('-').map(|part| part.parse::<u32>().ok());
    let mut next = || numbers.next().flatten();
    let (entry, task, slice) = (next()?, next()?, next()?);
    Some(Place { entry: EntryId(entry), task: medley_core::project::TaskId(task), slice })
}

/// A new project.
fn begun(first: Beginning) -> Result<Project, Failure> {
    let task = NewTask { name: first.task, kind: TaskKind::Segmentation, classes: vec![first.class] };
    Project::begin(&first.name, task).map_err(words)
}

/// Opens the project that was open last.
///
/// # Errors
/// In words, where a new one cannot be begun.
pub async fn open(desk: &Rc<Desk>, id: RequestId, first: Beginning) -> Result<(), Failure> {
    let bench = &desk.studio;
    if bench.project.borrow().document().tasks.is_empty() {
        bench.project.replace(begun(first)?);
    }
    match Folder::open(FOLDER).await {
        Ok(folder) => {
            bench.folder.replace(Some(folder.clone()));
            bench.storage.replace(StorageState::Saved);
            match read(&folder).await {
                Ok(Some(project)) => {
                    bench.project.replace(project);
                    read_models(desk, &folder).await;
                    bench.forget_predictions(None);
                }
                Ok(None) => {}
                Err(failure) => {
                    let reason = if let Failure::Other(reason) = failure { reason } else { String::new() };
                    say(id, StudioAnswer::ProjectFailed(reason));
                }
            }
        }
        Err(_) => {
            bench.storage.replace(StorageState::Refused);
        }
    }
    say(id, StudioAnswer::Project(bench.card()));
    if desk.on_cpu.borrow().is_some() {
        super::tune::recover(desk, id).await;
    } else {
        bench.to_recover.set(Some(id));
    }
    Ok(())
}

async fn read(folder: &Folder) -> Result<Option<Project>, Failure> {
    let Some(bytes) = folder.read(DOCUMENT).await else { return Ok(None) };
    let document = Document::parse(&bytes).map_err(words)?;
    let mut masks = Vec::new();
    for name in folder.names().await {
        let Some(at) = place_of(&name) else { continue };
        // Of images and tasks that were taken out the files are still there.
        let known = document.entries.iter().any(|entry| entry.id == at.entry)
            && document.tasks.iter().any(|task| task.id == at.task);
        if !known {
            continue;
        }
        let Some(bytes) = folder.read(&name).await else { continue };
        masks.push((at, TiledMask::from_bytes(&bytes).map_err(words)?));
    }
    Project::open(document, masks).map(Some).map_err(words)
}

async fn read_models(desk: &Rc<Desk>, folder: &Folder) {
    let runs: Vec<(u32, Vec<_>)> = {
        let project = desk.studio.project.borrow();
        let runs = project.document().runs.iter();
        runs.map(|run| (run.id, run.results.iter().map(|result| result.task).collect())).collect()
    };
    for (run, tasks) in runs {
        let Some(bytes) = folder.read(&model_file(run)).await else { continue };
        // A damaged model is as one that was never tuned: the labels are still there.
        if let Ok(medley) = Medley::from_bytes(&bytes, &Device::flex()) {
            desk.studio.models.borrow_mut().add(run, tasks, Rc::new(medley));
        }
    }
}

/// Begins an empty project in the place of the one there was.
///
/// # Errors
/// In words, where it cannot be begun; the old one then stays.
pub async fn new(desk: &Rc<Desk>, id: RequestId, first: Beginning) -> Result<(), Failure> {
    desk.studio.replace(begun(first)?).await;
    desk.studio.unsaved.borrow_mut().document = true;
    desk.save();
    say(id, StudioAnswer::Project(desk.studio.card()));
    Ok(())
}

impl Bench {
    /// Another project; everything of the old one goes.
    pub(super) async fn replace(&self, project: Project) {
        self.wish.set(super::tune::Wish::Cancel);
        self.course.replace(None);
        self.project.replace(project);
        self.files.borrow_mut().clear();
        self.decoded.borrow_mut().clear();
        self.said.borrow_mut().clear();
        self.accepted.borrow_mut().clear();
        self.origins.borrow_mut().clear();
        self.models.take();
        self.uses_base.borrow_mut().clear();
        self.unsaved.take();
        let folder = self.folder.borrow().clone();
        if let Some(folder) = folder {
            for name in folder.names().await {
                folder.remove(&name).await;
            }
        }
    }
}

impl Desk {
    /// Stores what has changed, soon.
    pub(super) fn save(self: &Rc<Self>) {
        self.studio.unsaved.borrow_mut().document = true;
        let writable = *self.studio.storage.borrow() == StorageState::Saved;
        if !writable || self.studio.saving.replace(true) {
            return;
        }
        let desk = self.clone();
        spawn_local(async move {
            // Strokes that follow each other at once are written together.
            next_turn().await;
            desk.studio.write_all().await;
            desk.studio.saving.set(false);
        });
    }
}

impl Bench {
    async fn write_all(&self) {
        let Some(folder) = self.folder.borrow().clone() else { return };
        loop {
            let kept = self.unsaved.take();
            if !kept.document && kept.images.is_empty() && kept.masks.is_empty() && kept.models.is_empty() {
                return;
            }
            if let Err(error) = self.write(&folder, kept).await {
                // What is in the storage stays there and can be read; from now on memory holds the rest.
                let state =
                    if error == StorageError::Full { StorageState::Full } else { StorageState::Refused };
                self.storage.replace(state.clone());
                say(0, StudioAnswer::Stored(state));
                return;
            }
            say(0, StudioAnswer::Stored(StorageState::Saved));
        }
    }

    async fn write(&self, folder: &Folder, kept: Kept) -> Result<(), StorageError> {
        for id in kept.images {
            let bytes = self.files.borrow().get(&id).cloned();
            if let Some(bytes) = bytes {
                folder.write(&image_file(id), &bytes).await?;
                self.files.borrow_mut().remove(&id);
            }
        }
        for at in kept.masks {
            let bytes = self.project.borrow().stored_mask(at).map(TiledMask::to_bytes);
            match bytes {
                Some(bytes) => folder.write(&mask_file(at), &bytes).await?,
                None => folder.remove(&mask_file(at)).await,
            }
        }
        for run in kept.models {
            let medley = self.models.borrow().run(run);
            if let Some(medley) = medley
                && let Ok(bytes) = medley.to_bytes().await
            {
                folder.write(&model_file(run), &bytes).await?;
            }
        }
        // Last, so that what it names is there.
        let document = self.project.borrow().document().to_json();
        if let Ok(bytes) = document {
            folder.write(DOCUMENT, &bytes).await?;
        }
        Ok(())
    }
}
