//! Which project lies on the bench: the stored one, an empty one, or one that is brought.

use std::rc::Rc;

use burn::tensor::Device;
use medley_core::Medley;
use medley_core::dataset::TaskKind;
use medley_core::project::{NewTask, Project};

use super::stored::{self, Found, Owner};
use super::{Bench, say, words};
use crate::storage::{Folder, hold};
use crate::worker::clock::next_turn;
use crate::worker::desk::Desk;
use crate::worker::messages::{Beginning, Failure, RequestId, StorageState, StudioAnswer};

/// The lock of the tab that works on the stored project.
const LOCK: &str = "medley-studio";

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
    let state = open_stored(desk, id).await;
    bench.storage.replace(state);
    say(id, StudioAnswer::Project(bench.card()));
    if desk.on_cpu.borrow().is_some() {
        super::tune::recover(desk, id).await;
    } else {
        bench.to_recover.set(Some(id));
    }
    Ok(())
}

/// Takes up what is stored, where this tab may. Returns where the project is kept.
async fn open_stored(desk: &Rc<Desk>, id: RequestId) -> StorageState {
    let Ok(root) = Folder::root().await else { return StorageState::Refused };
    if !hold(LOCK).await {
        return StorageState::Elsewhere;
    }
    let Ok(Found { folder, project, spoilt, failure }) = stored::find(&root).await else {
        return StorageState::Refused;
    };
    let bench = &desk.studio;
    bench.folder.replace(Some(folder.clone()));
    if let Some(project) = project {
        bench.project.replace(project);
        read_models(desk, &folder).await;
        bench.forget_predictions(None);
    }
    if let Some(reason) = failure {
        say(id, StudioAnswer::ProjectFailed(reason));
    }
    if !spoilt.is_empty() {
        let images = spoilt.into_iter().collect();
        say(id, StudioAnswer::Failed(Failure::LabelsSpoilt(images)));
    }
    StorageState::Saved
}

async fn read_models(desk: &Rc<Desk>, folder: &Folder) {
    let runs: Vec<(u32, Vec<_>)> = {
        let project = desk.studio.project.borrow();
        let runs = project.document().runs.iter();
        runs.map(|run| (run.id, run.results.iter().map(|result| result.task).collect())).collect()
    };
    for (run, tasks) in runs {
        let Some(bytes) = folder.read(&Owner::Model(run).file()).await else { continue };
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
    desk.save();
    say(id, StudioAnswer::Project(desk.studio.card()));
    Ok(())
}

impl Bench {
    /// Another project; everything of the old one goes.
    pub(super) async fn replace(&self, project: Project) {
        self.wish.set(super::tune::Wish::Cancel);
        self.unsaved.take();
        // A file of the old one that is being written is not to lie among those of the new one.
        while self.saving.get() {
            next_turn().await;
        }
        self.course.replace(None);
        self.project.replace(project);
        self.generation.set(self.generation.get() + 1);
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
            // What cannot be listed now belongs to nothing at the next visit, and goes then.
            for name in folder.names().await.unwrap_or_default() {
                folder.remove(&name).await;
            }
        }
    }
}
