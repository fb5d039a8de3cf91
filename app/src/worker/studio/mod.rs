//! The studio's side of the Worker: the project, and what is done with it.

mod accept;
mod cards;
mod edits;
mod files;
mod images;
mod models;
mod open;
mod predict;
mod report;
mod save;
mod series;
mod stored;
mod tables;
mod tune;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::rc::Rc;

use js_sys::Uint8Array;
use medley_core::adapt::Mode;
use medley_core::imaging::{Image, Origin};
use medley_core::project::{EntryId, Place, Project, TaskId};
use wasm_bindgen_futures::spawn_local;

use self::models::Models;
use self::predict::Said;
use self::save::Kept;
use self::tune::Course;
use super::desk::Desk;
use super::entry::send;
use super::messages::{Answer, DeviceKind, Failure, RequestId, StorageState, StudioAnswer, StudioAsk};
use crate::storage::Folder;

/// A request that waits for those before it.
type Waiting = (RequestId, StudioAsk, Option<Vec<u8>>);

/// What lies on the studio's bench. Nothing is borrowed across an `await`.
pub struct Bench {
    project: RefCell<Project>,
    /// Bytes of images that are not in the storage.
    files: RefCell<BTreeMap<EntryId, Rc<Vec<u8>>>>,
    /// Images decoded last.
    decoded: RefCell<VecDeque<(EntryId, Rc<Image>)>>,
    /// Where images came from, once it was asked.
    origins: RefCell<HashMap<EntryId, Origin>>,
    /// What models said.
    said: RefCell<HashMap<Place, Rc<Said>>>,
    /// Counts the projects that took the place of another.
    generation: Cell<u32>,
    /// What accepted predictions gave.
    accepted: RefCell<HashMap<Place, accept::Given>>,
    models: RefCell<Models>,
    /// Tasks whose model before the last tuning is in use.
    uses_base: RefCell<BTreeSet<TaskId>>,
    course: RefCell<Option<Course>>,
    /// What the tuning loop is to do next.
    wish: Cell<tune::Wish>,
    looping: Cell<bool>,
    /// Seconds per pixel of a batch that a step of each mode took on each device.
    pace: RefCell<HashMap<(DeviceKind, Mode), f64>>,
    predicting_all: Cell<bool>,
    folder: RefCell<Option<Folder>>,
    storage: RefCell<StorageState>,
    unsaved: RefCell<Kept>,
    saving: Cell<bool>,
    lane: RefCell<VecDeque<Waiting>>,
    lane_runs: Cell<bool>,
    /// Images have come in since the page was told of the whole project.
    grown: Cell<bool>,
    /// A tuning that was cut off is looked for once the model is here.
    to_recover: Cell<Option<RequestId>>,
}

impl Default for Bench {
    fn default() -> Self {
        Self {
            project: RefCell::new(Project::new("")),
            files: RefCell::default(),
            decoded: RefCell::default(),
            origins: RefCell::default(),
            said: RefCell::default(),
            generation: Cell::default(),
            accepted: RefCell::default(),
            models: RefCell::default(),
            uses_base: RefCell::default(),
            course: RefCell::default(),
            wish: Cell::default(),
            looping: Cell::default(),
            pace: RefCell::default(),
            predicting_all: Cell::default(),
            folder: RefCell::default(),
            storage: RefCell::default(),
            unsaved: RefCell::default(),
            saving: Cell::default(),
            lane: RefCell::default(),
            lane_runs: Cell::default(),
            grown: Cell::default(),
            to_recover: Cell::default(),
        }
    }
}

/// Takes a request. Those that only set a mark are done at once; the others wait for each other, so that edits come in
/// their order.
pub fn take(desk: &Rc<Desk>, id: RequestId, ask: StudioAsk, bytes: Option<&Uint8Array>) {
    let bench = &desk.studio;
    match ask {
        StudioAsk::Ping => say(id, StudioAnswer::Here { elsewhere: crate::connections::elsewhere() }),
        StudioAsk::StopPredicting => bench.predicting_all.set(false),
        StudioAsk::PauseTuning => bench.wish.set(tune::Wish::Pause),
        StudioAsk::StopTuning => tune::end(desk, id, tune::Wish::Stop),
        StudioAsk::CancelTuning => tune::end(desk, id, tune::Wish::Cancel),
        StudioAsk::ResumeTuning => tune::go_on(desk, id),
        ask => {
            bench.lane.borrow_mut().push_back((id, ask, bytes.map(Uint8Array::to_vec)));
            if !bench.lane_runs.replace(true) {
                spawn_local(work_off(desk.clone()));
            }
        }
    }
}

async fn work_off(desk: Rc<Desk>) {
    loop {
        let next = desk.studio.lane.borrow_mut().pop_front();
        let Some((id, ask, bytes)) = next else {
            // Once for all images that came together.
            if desk.studio.grown.take() {
                say(0, StudioAnswer::Project(desk.studio.card()));
            }
            break;
        };
        if let Err(reason) = fulfil(&desk, id, ask, bytes.unwrap_or_default()).await {
            say(id, StudioAnswer::Failed(reason));
        }
    }
    desk.studio.lane_runs.set(false);
}

async fn fulfil(desk: &Rc<Desk>, id: RequestId, ask: StudioAsk, bytes: Vec<u8>) -> Result<(), Failure> {
    match ask {
        StudioAsk::Open { first } => open::open(desk, id, first).await?,
        StudioAsk::New { first } => open::new(desk, id, first).await?,
        StudioAsk::AddImage { name } => images::add(desk, id, name, bytes),
        StudioAsk::AddSeries { files } => series::add_all(desk, id, &files, &bytes),
        StudioAsk::AddSamples => images::add_samples(desk, id)?,
        StudioAsk::Thumbnail { entry, side } => images::thumbnail(desk, id, entry, side).await?,
        StudioAsk::OpenEntry { entry, slice, task, window } => {
            images::open(desk, id, (entry, slice, task), window).await?;
        }
        StudioAsk::Edit { entry, slice, task, edit } => {
            edits::edit(desk, id, place(entry, slice, task), edit, bytes).await?;
        }
        StudioAsk::Undo => edits::undo(desk, id),
        StudioAsk::Redo => edits::redo(desk, id),
        StudioAsk::Predict { entry, slice, task } => {
            tune::glance(desk, id, place(entry, slice, task)).await?;
        }
        StudioAsk::PredictBefore { entry, slice, task } => {
            predict::predict_before(desk, id, place(entry, slice, task)).await?;
        }
        StudioAsk::PredictAll { task } => predict::predict_all(desk, id, TaskId(task)),
        StudioAsk::SuggestNext { task } => predict::suggest(desk, id, TaskId(task)),
        StudioAsk::Uncertainty { entry, slice, task } => {
            predict::uncertainty(desk, id, place(entry, slice, task)).await?;
        }
        StudioAsk::PlanTuning(wish) => tune::tell_plan(desk, id, &wish).await,
        StudioAsk::StartTuning(wish) => tune::start(desk, id, wish).await?,
        StudioAsk::UseBase { task, base } => models::use_base(desk, id, TaskId(task), base),
        StudioAsk::Measure { task, predictions } => {
            tables::measure(desk, id, TaskId(task), predictions).await?;
        }
        StudioAsk::Export { what, task, japanese } => {
            files::export(desk, id, what, (TaskId(task), japanese)).await?;
        }
        StudioAsk::ImportLabels { name, task, entry } => {
            files::import_labels(desk, id, name, (TaskId(task), entry.map(EntryId)), &bytes)?;
        }
        StudioAsk::ImportModel => models::import(desk, id, &bytes)?,
        StudioAsk::ImportProject { name, task } => {
            files::import_project(desk, id, (name, task.map(TaskId)), &bytes).await?;
        }
        other => edits::arrange(desk, id, other)?,
    }
    Ok(())
}

/// The model has arrived: what needs it goes on.
pub async fn model_arrived(desk: &Rc<Desk>) {
    if let Some(id) = desk.studio.to_recover.take() {
        tune::recover(desk, id).await;
    }
}

fn place(entry: u32, slice: u32, task: u32) -> Place {
    Place { entry: EntryId(entry), task: TaskId(task), slice }
}

/// Answers.
fn say(id: RequestId, answer: StudioAnswer) {
    send(id, &Answer::Studio(answer), None);
}

/// Answers with a buffer.
fn say_with(id: RequestId, answer: StudioAnswer, bytes: &[u8]) {
    send(id, &Answer::Studio(answer), Some(&Uint8Array::new_from_slice(bytes)));
}

/// An error in the words of the library.
fn words(error: impl std::fmt::Display) -> Failure {
    Failure::Other(error.to_string())
}
