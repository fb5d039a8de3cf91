//! The tuning loop: small units of work, with messages let in between them.

mod augment;
mod images;
mod keep;
mod plan;
mod progress;
mod trial;

use std::rc::Rc;

use burn::tensor::Device;
use medley_core::Medley;
use medley_core::adapt::{Session, SessionConfig, Work, WorkError};
use medley_core::model::Network;
use medley_core::project::{Place, ProjectTask, TaskId};
use medley_core::weights::ModelMetadata;
use serde::{Deserialize, Serialize};
use wasm_bindgen_futures::spawn_local;

use self::images::gather;
pub use self::plan::tell as tell_plan;
use super::models::on_device;
use super::save::{TUNING, TUNING_WISH};
use super::{Bench, predict, say, words};
use crate::worker::clock::{next_turn, now};
use crate::worker::desk::Desk;
use crate::worker::messages::{Failure, RequestId, StudioAnswer, TunePlan, TuneState, TuneWarning, TuneWish};

/// Progress is told at most this often, in milliseconds.
const TELL_EVERY: f64 = 250.0;
/// The state is stored this often, in milliseconds.
const STORE_EVERY: f64 = 5000.0;
/// Storing takes at most one part in so many of the time.
const STORE_SHARE: f64 = 20.0;
/// Measurements without an improvement that end a tuning.
const PATIENCE: u32 = 10;

/// What the loop is to do next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wish {
    /// Go on.
    #[default]
    Run,
    /// Wait.
    Pause,
    /// End with the best weights.
    Stop,
    /// End without a change.
    Cancel,
}

/// What is stored beside the state: the labels may have changed when it is read again.
#[derive(Serialize, Deserialize)]
struct Begun {
    wish: TuneWish,
    classes: Vec<Vec<u8>>,
}

/// A tuning under way.
pub struct Course {
    wish: TuneWish,
    tasks: Vec<TaskId>,
    /// Of each task the ids of the classes that it began with.
    classes: Vec<Vec<u8>>,
    session: Session,
    device: Device,
    plan: TunePlan,
    started: u64,
    /// Time worked since it began, or went on after it was cut off.
    seconds: f64,
    /// Steps that had been made then.
    from_step: u64,
    recovered: bool,
}

/// Begins a tuning.
///
/// # Errors
/// In words, where it cannot begin.
pub async fn start(desk: &Rc<Desk>, id: RequestId, wish: TuneWish) -> Result<(), Failure> {
    if desk.studio.looping.get() || desk.studio.course.borrow().is_some() {
        return Err(Failure::Underway);
    }
    desk.studio.find_origins(&wish).await;
    let (plan, chosen) = plan::with_views(desk, &wish);
    if plan.warnings.iter().any(TuneWarning::blocks) {
        return Err(Failure::NothingToLearn);
    }
    let (tasks, learning) = gather(&desk.studio, &wish, &plan).await?;
    let classes = desk.studio.classes_of(&tasks);
    let (network, device) = desk.studio.beginning(desk, &tasks).await?;
    let config = SessionConfig {
        mode: plan::mode(wish.mode),
        steps: u64::from(plan.steps),
        batch: chosen.batch,
        evaluate_every: chosen.evaluate_every,
        patience: PATIENCE,
        views: chosen.views,
        augment: desk.studio.augment(&wish),
        seed: 1,
    };
    let session = Session::new(&network, learning, config, &device);
    let course = Course {
        wish,
        tasks,
        classes,
        session,
        device,
        plan,
        started: (js_sys::Date::now() / 1000.0) as u64,
        seconds: 0.0,
        from_step: 0,
        recovered: false,
    };
    begin(desk, id, course);
    Ok(())
}

fn begin(desk: &Rc<Desk>, id: RequestId, course: Course) {
    desk.studio.course.replace(Some(course));
    desk.studio.wish.set(Wish::Run);
    run(desk, id);
}

impl Bench {
    /// The network to begin from, on the chosen device: the one tuned before, or the pretrained one. A head whose classes
    /// have changed since is left out, so that the task begins with a new one.
    async fn beginning(&self, desk: &Desk, tasks: &[TaskId]) -> Result<(Network, Device), Failure> {
        let (pretrained, _) = desk.model().ok_or(Failure::NoModel)?;
        let device = pretrained.device().clone();
        let tuned = tasks.first().and_then(|task| self.models.borrow().back(*task, 0));
        let Some((run, tuned)) = tuned else { return Ok((pretrained.network().clone(), device)) };
        let medley = on_device(tuned, &device).await?;
        let kept: Vec<String> = tasks.iter().filter_map(|task| self.head_of(&medley, run, *task)).collect();
        let mut network = medley.network().clone();
        let heads = network.tasks.into_iter().zip(network.heads);
        (network.tasks, network.heads) = heads.filter(|(task, _)| kept.contains(&task.id)).unzip();
        Ok((network, device))
    }

    /// Of each task the ids of its classes.
    fn classes_of(&self, tasks: &[TaskId]) -> Vec<Vec<u8>> {
        let project = self.project.borrow();
        tasks.iter().map(|task| project.task(*task).map(ProjectTask::class_ids).unwrap_or_default()).collect()
    }
}

fn run(desk: &Rc<Desk>, id: RequestId) {
    if desk.studio.looping.replace(true) {
        return;
    }
    let desk = desk.clone();
    spawn_local(async move {
        loop {
            let state = match work(&desk, id).await {
                Ok(state) => state,
                Err(error) => failed(&desk, id, error.to_string()).await,
            };
            let waits = state == TuneState::Paused;
            finish(&desk, id, state).await;
            // Something else may have been wished while the state was stored.
            if !waits || desk.studio.wish.get() == Wish::Pause {
                break;
            }
        }
        desk.studio.looping.set(false);
    });
}

/// What becomes of a tuning that cannot go on: the best weights so far are kept, where there are any and the device still
/// has them.
async fn failed(desk: &Rc<Desk>, id: RequestId, reason: String) -> TuneState {
    let Some(course) = desk.studio.course.take() else { return TuneState::Cancelled };
    let there = course.session.state().await.is_ok();
    let learnt = course.session.has_learnt();
    desk.studio.course.replace(Some(course));
    match (there, learnt) {
        (true, true) => {
            say(id, StudioAnswer::Failed(Failure::EndedEarly(reason)));
            TuneState::Done
        }
        (true, false) => TuneState::Failed(Failure::LearntNothing(reason)),
        (false, _) => TuneState::Failed(Failure::DeviceLost(reason)),
    }
}

/// Works until the session has ended or something else is wished.
///
/// # Errors
/// Where the session cannot go on.
async fn work(desk: &Rc<Desk>, id: RequestId) -> Result<TuneState, WorkError> {
    let bench = &desk.studio;
    let (mut told, mut store_at) = (0.0, 0.0);
    loop {
        next_turn().await;
        match bench.wish.get() {
            Wish::Run => {}
            Wish::Pause => return Ok(TuneState::Paused),
            Wish::Stop => return Ok(TuneState::Done),
            Wish::Cancel => return Ok(TuneState::Cancelled),
        }
        let Some(mut course) = bench.course.take() else { return Ok(TuneState::Cancelled) };
        let start = now();
        let device = course.device.clone();
        let work = course.session.work(&device).await;
        course.seconds += (now() - start) / 1000.0;
        let measured = matches!(work, Ok(Work::Measured(_)));
        let time = now();
        if time - told > TELL_EVERY || measured {
            told = time;
            let preparing = course.session.base().is_none();
            let state = if preparing { TuneState::Preparing } else { TuneState::Running };
            say(id, StudioAnswer::Tuning(course.progress(state)));
        }
        // What failed is not worth to be read again.
        if work.is_ok() && time > store_at && course.session.base().is_some() {
            store(bench, &course).await;
            // Of a large model less often, so that learning is not slowed down.
            store_at = now() + STORE_EVERY.max((now() - time) * STORE_SHARE);
        }
        bench.course.replace(Some(course));
        if work? == Work::Over {
            return Ok(TuneState::Done);
        }
    }
}

/// Writes what is needed to go on.
async fn store(bench: &Bench, course: &Course) {
    let folder = bench.folder.borrow().clone();
    let (Some(folder), Ok(bytes)) = (folder, course.session.state().await) else { return };
    let begun = Begun { wish: course.wish.clone(), classes: course.classes.clone() };
    let Ok(begun) = serde_json::to_vec(&begun) else { return };
    // Where it cannot be stored, the next edit finds out and tells it.
    let _ = folder.write(TUNING, &bytes).await;
    let _ = folder.write(TUNING_WISH, &begun).await;
}

async fn finish(desk: &Rc<Desk>, id: RequestId, state: TuneState) {
    let bench = &desk.studio;
    if state == TuneState::Paused {
        let Some(course) = bench.course.take() else { return };
        say(id, StudioAnswer::Tuning(course.progress(state)));
        store(bench, &course).await;
        bench.course.replace(Some(course));
        return;
    }
    let Some(course) = bench.course.take() else { return };
    // How long a step takes here is known from now on.
    if let (Some(pace), Some((_, device))) = (course.seconds_per_step(), desk.model()) {
        let pixels = f64::from(course.plan.side) * f64::from(course.plan.side) * f64::from(course.plan.batch);
        bench.pace.borrow_mut().insert((device, plan::mode(course.wish.mode)), pace / pixels);
    }
    let folder = bench.folder.borrow().clone();
    // Where the device was lost, the next visit goes on from what was stored.
    let goes_on = matches!(state, TuneState::Failed(Failure::DeviceLost(_)));
    if let Some(folder) = folder.filter(|_| !goes_on) {
        folder.remove(TUNING_WISH).await;
        folder.remove(TUNING).await;
    }
    if state == TuneState::Done && course.session.steps() > 0 {
        keep::keep(desk, &course);
    } else {
        // What the weights said that are given up.
        course.tasks.iter().for_each(|task| bench.forget_predictions(Some(*task)));
    }
    say(id, StudioAnswer::Tuning(course.progress(state)));
    say(id, StudioAnswer::Project(bench.card()));
}

/// Ends a tuning, one that waits too.
pub fn end(desk: &Rc<Desk>, id: RequestId, wish: Wish) {
    desk.studio.wish.set(wish);
    if !desk.studio.looping.get() && desk.studio.course.borrow().is_some() {
        run(desk, id);
    }
}

/// Goes on with one that waits.
pub fn go_on(desk: &Rc<Desk>, id: RequestId) {
    desk.studio.wish.set(Wish::Run);
    if desk.studio.course.borrow().is_some() {
        run(desk, id);
    }
}

/// Finds a tuning that was cut off; it waits until the visitor lets it go on.
pub async fn recover(desk: &Rc<Desk>, id: RequestId) {
    let Some(folder) = desk.studio.folder.borrow().clone() else { return };
    let (Some(begun), Some(state)) = (folder.read(TUNING_WISH).await, folder.read(TUNING).await) else {
        return;
    };
    if let Ok(course) = recovered(desk, &begun, &state).await {
        say(id, StudioAnswer::Tuning(course.progress(TuneState::Paused)));
        desk.studio.course.replace(Some(course));
        desk.studio.wish.set(Wish::Pause);
    }
}

async fn recovered(desk: &Rc<Desk>, begun: &[u8], state: &[u8]) -> Result<Course, Failure> {
    let Begun { wish, classes } = serde_json::from_slice(begun).map_err(words)?;
    desk.studio.find_origins(&wish).await;
    let plan = plan::plan(desk, &wish);
    let (tasks, learning) = gather(&desk.studio, &wish, &plan).await?;
    if desk.studio.classes_of(&tasks) != classes {
        return Err(Failure::ClassesChanged);
    }
    let (network, device) = desk.studio.beginning(desk, &tasks).await?;
    let session = Session::resume(state, &network, learning, &device).map_err(words)?;
    let from_step = session.steps();
    Ok(Course {
        wish,
        tasks,
        classes,
        session,
        device,
        plan,
        started: (js_sys::Date::now() / 1000.0) as u64,
        seconds: 0.0,
        from_step,
        recovered: true,
    })
}

/// Refreshes what the newest weights say of an image while they learn.
pub async fn glance(desk: &Rc<Desk>, id: RequestId, at: Place) -> Result<(), Failure> {
    // While a step is made the loop has the course.
    while desk.studio.looping.get() && desk.studio.course.borrow().is_none() {
        next_turn().await;
    }
    let newest = {
        let course = desk.studio.course.borrow();
        course.as_ref().and_then(|course| {
            let index = course.tasks.iter().position(|task| *task == at.task)?;
            let same = desk.studio.classes_of(&[at.task]).first() == course.classes.get(index);
            Some((course.session.newest(), course.device.clone(), index, same))
        })
    };
    let Some((network, device, index, same)) = newest else { return predict::predict(desk, id, at).await };
    let base = desk.on_cpu.borrow().clone().ok_or(Failure::NoModel)?;
    let metadata = ModelMetadata { tasks: network.tasks.clone(), ..base.metadata().clone() };
    let medley = Medley::new(&network, metadata, &device);
    let head = medley.tasks().get(index).filter(|_| same).map(|task| task.id.clone());
    let head = head.ok_or(Failure::ClassesChanged)?;
    let said = desk.studio.ask_model(at, (&medley, &head)).await?;
    predict::tell(desk, id, at, &said);
    Ok(())
}
