//! The tuning loop: small units of work, with messages let in between them.

mod images;
mod keep;
mod plan;
mod progress;
mod trial;

use std::rc::Rc;

use burn::tensor::Device;
use medley_core::Medley;
use medley_core::adapt::{Session, SessionConfig, Work};
use medley_core::dataset::AugmentConfig;
use medley_core::project::{Place, TaskId};
use medley_core::weights::ModelMetadata;
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

/// A tuning under way.
pub struct Course {
    wish: TuneWish,
    tasks: Vec<TaskId>,
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
    let (plan, chosen) = plan::with_views(desk, &wish);
    if plan.warnings.iter().any(TuneWarning::blocks) {
        return Err(Failure::NothingToLearn);
    }
    let (tasks, learning) = gather(&desk.studio, &wish, &plan).await?;
    let beginning = desk.studio.beginning(desk, &tasks).await?;
    let config = SessionConfig {
        mode: plan::mode(wish.mode),
        steps: u64::from(plan.steps),
        batch: chosen.batch,
        evaluate_every: chosen.evaluate_every,
        patience: PATIENCE,
        views: chosen.views,
        augment: AugmentConfig::MICROSCOPY,
        seed: 1,
    };
    let device = beginning.device().clone();
    let session = Session::new(beginning.network(), learning, config, &device);
    let started = (js_sys::Date::now() / 1000.0) as u64;
    let course =
        Course { wish, tasks, session, device, plan, started, seconds: 0.0, from_step: 0, recovered: false };
    begin(desk, id, course);
    Ok(())
}

fn begin(desk: &Rc<Desk>, id: RequestId, course: Course) {
    desk.studio.course.replace(Some(course));
    desk.studio.wish.set(Wish::Run);
    run(desk, id);
}

impl Bench {
    /// The model to begin from, on the chosen device: the one tuned before, or the pretrained one.
    async fn beginning(&self, desk: &Desk, tasks: &[TaskId]) -> Result<Rc<Medley>, Failure> {
        let (pretrained, _) = desk.model().ok_or(Failure::NoModel)?;
        let tuned = tasks.first().and_then(|task| self.models.borrow().newest(*task));
        match tuned {
            Some(tuned) => on_device(tuned, pretrained.device()).await,
            None => Ok(pretrained),
        }
    }
}

fn run(desk: &Rc<Desk>, id: RequestId) {
    if desk.studio.looping.replace(true) {
        return;
    }
    let desk = desk.clone();
    spawn_local(async move {
        loop {
            let state = work(&desk, id).await;
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

/// Works until the session has ended or something else is wished.
async fn work(desk: &Rc<Desk>, id: RequestId) -> TuneState {
    let bench = &desk.studio;
    let (mut told, mut store_at) = (0.0, 0.0);
    loop {
        next_turn().await;
        match bench.wish.get() {
            Wish::Run => {}
            Wish::Pause => return TuneState::Paused,
            Wish::Stop => return TuneState::Done,
            Wish::Cancel => return TuneState::Cancelled,
        }
        let Some(mut course) = bench.course.take() else { return TuneState::Cancelled };
        let start = now();
        let device = course.device.clone();
        let work = course.session.work(&device).await;
        course.seconds += (now() - start) / 1000.0;
        let measured = matches!(work, Ok(Work::Measured(_)));
        let over = matches!(work, Ok(Work::Over));
        let time = now();
        if time - told > TELL_EVERY || measured {
            told = time;
            let preparing = course.session.base().is_none();
            let state = if preparing { TuneState::Preparing } else { TuneState::Running };
            say(id, StudioAnswer::Tuning(course.progress(state)));
        }
        if time > store_at && course.session.base().is_some() {
            store(bench, &course).await;
            // Of a large model less often, so that learning is not slowed down.
            store_at = now() + STORE_EVERY.max((now() - time) * STORE_SHARE);
        }
        bench.course.replace(Some(course));
        match work {
            Err(error) => return TuneState::Failed(words(error)),
            Ok(_) if over => return TuneState::Done,
            Ok(_) => {}
        }
    }
}

/// Writes what is needed to go on.
async fn store(bench: &Bench, course: &Course) {
    let folder = bench.folder.borrow().clone();
    let (Some(folder), Ok(bytes)) = (folder, course.session.state().await) else { return };
    let wish = serde_json::to_vec(&course.wish).unwrap_or_default();
    // Where it cannot be stored, the next edit finds out and tells it.
    let _ = folder.write(TUNING, &bytes).await;
    let _ = folder.write(TUNING_WISH, &wish).await;
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
    if let Some(folder) = folder {
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
    let (Some(wish), Some(state)) = (folder.read(TUNING_WISH).await, folder.read(TUNING).await) else {
        return;
    };
    if let Ok(course) = recovered(desk, &wish, &state).await {
        say(id, StudioAnswer::Tuning(course.progress(TuneState::Paused)));
        desk.studio.course.replace(Some(course));
        desk.studio.wish.set(Wish::Pause);
    }
}

async fn recovered(desk: &Rc<Desk>, wish: &[u8], state: &[u8]) -> Result<Course, Failure> {
    let wish: TuneWish = serde_json::from_slice(wish).map_err(words)?;
    let plan = plan::plan(desk, &wish);
    let (tasks, learning) = gather(&desk.studio, &wish, &plan).await?;
    let beginning = desk.studio.beginning(desk, &tasks).await?;
    let device = beginning.device().clone();
    let session = Session::resume(state, beginning.network(), learning, &device).map_err(words)?;
    let started = (js_sys::Date::now() / 1000.0) as u64;
    let from_step = session.steps();
    Ok(Course { wish, tasks, session, device, plan, started, seconds: 0.0, from_step, recovered: true })
}

/// Refreshes what the newest weights say of an image while they learn.
pub async fn glance(desk: &Rc<Desk>, id: RequestId, at: Place) -> Result<(), Failure> {
    // While a step is made the loop has the course.
    while desk.studio.looping.get() && desk.studio.course.borrow().is_none() {
        next_turn().await;
    }
    let newest = {
        let course = desk.studio.course.borrow();
        let course = course.as_ref().filter(|course| course.tasks.contains(&at.task));
        course.map(|course| (course.session.newest(), course.device.clone()))
    };
    let Some((network, device)) = newest else { return predict::predict(desk, id, at).await };
    let base = desk.on_cpu.borrow().clone().ok_or(Failure::NoModel)?;
    let metadata = ModelMetadata { tasks: network.tasks.clone(), ..base.metadata().clone() };
    let medley = Medley::new(&network, metadata, &device);
    let head = super::models::head_of(&medley, &desk.studio.project.borrow(), at.task);
    let head = head.ok_or(Failure::ClassesChanged)?;
    let said = desk.studio.ask_model(at, (&medley, &head)).await?;
    predict::tell(desk, id, at, &said);
    Ok(())
}
