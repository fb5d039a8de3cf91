//! The tuning loop: small units of work, with messages let in between them.

use std::rc::Rc;

use burn::tensor::Device;
use medley_core::Medley;
use medley_core::adapt::{
    Demand, Footprint, HeldOutScore, Mode, Plan, Session, SessionConfig, SessionTask, Work, plan as planned,
};
use medley_core::dataset::{AugmentConfig, Prepared, TaskKind};
use medley_core::project::{CurvePoint, EntryId, Place, RunScore, TaskId, TaskResult, TuningRun, training};
use medley_core::weights::ModelMetadata;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;

use super::cards::measure;
use super::models::on_device;
use super::save::{TUNING, TUNING_WISH};
use super::{Bench, predict, say, words};
use crate::worker::clock::{next_turn, now};
use crate::worker::desk::Desk;
use crate::worker::messages::{
    Failure, RequestId, Score, ScorePoint, StudioAnswer, TuneMode, TunePlan, TuneProgress, TuneState,
    TuneWarning, TuneWish,
};

/// Memory that a tab may use for tuning, in bytes.
const BUDGET: usize = 1 << 30;
/// Progress is told at most this often, in milliseconds.
const TELL_EVERY: f64 = 250.0;
/// The state is stored this often, in milliseconds.
const STORE_EVERY: f64 = 5000.0;
/// Storing takes at most one part in so many of the time.
const STORE_SHARE: f64 = 20.0;
/// Points of the curve of losses that the page is told.
const POINTS: usize = 300;
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
    seconds: f64,
    recovered: bool,
}

/// What tuning would mean.
pub fn plan(desk: &Rc<Desk>, wish: &TuneWish) -> TunePlan {
    planned_with_views(desk, wish).0
}

/// What tuning would mean, and what of it the page is not told.
fn planned_with_views(desk: &Rc<Desk>, wish: &TuneWish) -> (TunePlan, Plan) {
    let bench = &desk.studio;
    let project = bench.project.borrow();
    let mut warnings = Vec::new();
    let (mut learning, mut kept) = (Vec::<EntryId>::new(), Vec::<EntryId>::new());
    let mut counts = (0, 0);
    let mut longest = 0;
    for task in wish.tasks.iter().map(|task| TaskId(*task)) {
        let split = training::split(&project, task);
        warnings.extend(training::warnings(&project, task, &split).into_iter().map(warning));
        counts = (counts.0 + split.training.len(), counts.1 + split.held_out.len());
        learning.extend(split.training.iter().map(|at| at.entry));
        kept.extend(split.held_out.iter().map(|at| at.entry));
        for at in split.training.iter().chain(&split.held_out) {
            let side = project.entry(at.entry).map_or(0, |entry| entry.size[0].max(entry.size[1]));
            longest = longest.max(side as usize);
        }
    }
    learning.dedup();
    kept.dedup();
    let (weights, features) = desk.on_cpu.borrow().as_ref().map_or((0, 26.0), |medley| {
        let config = medley.network().config.clone();
        let width = config.encoder.width as f64;
        let squeezed = config.squeeze as f64 / 1024.0;
        let floats = 3.0 + width / 16.0 + width / 32.0 + width / 64.0 + squeezed;
        (2 * desk.bytes.borrow().as_ref().map_or(0, |bytes| bytes.len()), 4.0 * floats)
    });
    let footprint = Footprint { weights, features, decoder: 1600.0, encoder: 1400.0 };
    let views = medley_core::adapt::views(&AugmentConfig::MICROSCOPY).len();
    let demand = Demand {
        images: counts.0,
        held_out: counts.1,
        longest,
        keeps_features: wish.mode == TuneMode::Quick,
        views,
    };
    let chosen = planned(&footprint, &demand, BUDGET);
    if chosen.side < longest && longest > 0 {
        warnings.push(TuneWarning::ScaledDown { side: chosen.side as u32 });
    }
    let ids = |entries: Vec<EntryId>| entries.into_iter().map(|entry| entry.0).collect();
    let steps = wish.steps.unwrap_or(chosen.steps as u32);
    let plan = TunePlan {
        warnings,
        training: ids(learning),
        held_out: ids(kept),
        side: chosen.side as u32,
        batch: chosen.batch as u32,
        steps,
        memory: chosen.memory as u64,
        seconds: bench.pace.borrow().get(&mode(wish.mode)).map(|pace| {
            let pixels = chosen.side * chosen.side * chosen.batch;
            pace * pixels as f64 * f64::from(steps)
        }),
    };
    (plan, chosen)
}

fn mode(mode: TuneMode) -> Mode {
    match mode {
        TuneMode::Quick => Mode::Decoder,
        TuneMode::Lora => Mode::Lora,
        TuneMode::Full => Mode::Full,
    }
}

fn warning(warning: training::Warning) -> TuneWarning {
    use training::Warning;
    match warning {
        Warning::NothingLabelled => TuneWarning::NothingLabelled,
        Warning::AllHeldOut => TuneWarning::AllHeldOut,
        Warning::NothingHeldOut => TuneWarning::OneImage,
        Warning::FewLabels { images } => TuneWarning::FewLabels { images: images as u32 },
        Warning::OneClass { class } => TuneWarning::OneClass { class: class.unwrap_or_default() },
        Warning::ClassWithoutLabels { class } => TuneWarning::ClassWithoutLabels { class },
        Warning::Imbalance { rare, common, factor } => {
            TuneWarning::Imbalance { rare, common, factor: factor as f32 }
        }
        Warning::AutomaticSplit { entries } => {
            TuneWarning::AutomaticSplit { entries: entries.into_iter().map(|entry| entry.0).collect() }
        }
    }
}

/// Begins a tuning.
///
/// # Errors
/// In words, where it cannot begin.
pub async fn start(desk: &Rc<Desk>, id: RequestId, wish: TuneWish) -> Result<(), Failure> {
    if desk.studio.looping.get() || desk.studio.course.borrow().is_some() {
        return Err(Failure::Underway);
    }
    let (plan, chosen) = planned_with_views(desk, &wish);
    if plan.warnings.iter().any(TuneWarning::blocks) {
        return Err(Failure::NothingToLearn);
    }
    let (tasks, learning) = gather(desk, &wish, &plan).await?;
    let beginning = desk.studio.beginning(desk, &tasks).await?;
    let config = SessionConfig {
        mode: mode(wish.mode),
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
    let course = Course { wish, tasks, session, device, plan, started, seconds: 0.0, recovered: false };
    begin(desk, id, course);
    Ok(())
}

fn begin(desk: &Rc<Desk>, id: RequestId, course: Course) {
    desk.studio.course.replace(Some(course));
    desk.studio.wish.set(Wish::Run);
    run(desk, id);
}

/// Tasks with images to learn from, at the size at which the model sees them.
async fn gather(
    desk: &Rc<Desk>,
    wish: &TuneWish,
    plan: &TunePlan,
) -> Result<(Vec<TaskId>, Vec<SessionTask>), Failure> {
    let bench = &desk.studio;
    let (mut tasks, mut all) = (Vec::new(), Vec::new());
    for task in wish.tasks.iter().map(|task| TaskId(*task)) {
        let split = training::split(&bench.project.borrow(), task);
        let known = bench.project.borrow().task(task).cloned();
        let Some(known) = known.filter(|_| !split.training.is_empty()) else { continue };
        let learning = prepared(bench, &split.training, plan.side).await?;
        let held_out = prepared(bench, &split.held_out, plan.side).await?;
        tasks.push(task);
        let task = known.model_task("studio", plan.side as usize);
        all.push(SessionTask { task, training: learning, held_out });
    }
    Ok((tasks, all))
}

async fn prepared(bench: &Bench, places: &[Place], side: u32) -> Result<Vec<Prepared>, Failure> {
    let mut all = Vec::with_capacity(places.len());
    for at in places {
        let image = bench.image(at.entry).await?;
        let sample = training::sample(&bench.project.borrow(), *at, &image);
        let Some(sample) = sample else { continue };
        let longest = sample.image.width().max(sample.image.height());
        let enlarges = bench.kind_of(at.task) == Some(TaskKind::Classification);
        // As in prediction: small images of segmentations and detections are not enlarged.
        let side = if enlarges { side as usize } else { longest.min(side as usize) };
        all.push(Prepared::new(&sample, side));
    }
    Ok(all)
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
    if course.session.steps() > 0 {
        let pixels = f64::from(course.plan.side) * f64::from(course.plan.side) * f64::from(course.plan.batch);
        let pace = course.seconds / (pixels * course.session.steps() as f64);
        bench.pace.borrow_mut().insert(mode(course.wish.mode), pace);
    }
    let folder = bench.folder.borrow().clone();
    if let Some(folder) = folder {
        folder.remove(TUNING_WISH).await;
        folder.remove(TUNING).await;
    }
    if state == TuneState::Done && course.session.steps() > 0 {
        keep(desk, &course);
    } else {
        // What the weights said that are given up.
        course.tasks.iter().for_each(|task| bench.forget_predictions(Some(*task)));
    }
    say(id, StudioAnswer::Tuning(course.progress(state)));
    say(id, StudioAnswer::Project(bench.card()));
}

/// Makes the best weights the model in use.
fn keep(desk: &Rc<Desk>, course: &Course) {
    let bench = &desk.studio;
    let Some(base) = desk.on_cpu.borrow().clone() else { return };
    let network = course.session.network();
    let metadata = ModelMetadata { tasks: network.tasks.clone(), ..base.metadata().clone() };
    let medley = Rc::new(Medley::new(&network, metadata, &course.device));
    let score = |at: Option<&medley_core::adapt::Measured>, index: usize, kind: TaskKind| {
        let score = at.and_then(|measured| measured.scores.get(index).copied().flatten())?;
        Some(RunScore {
            name: name_of(kind).to_owned(),
            value: score.value,
            interval: score.interval,
            images: score.images as u32,
        })
    };
    let results = course.tasks.iter().enumerate().map(|(index, task)| {
        let kind = bench.kind_of(*task).unwrap_or(TaskKind::Segmentation);
        TaskResult {
            task: *task,
            before: score(course.session.base(), index, kind),
            after: score(course.session.best(), index, kind),
        }
    });
    let results = results.collect();
    let curve = course.session.losses().iter().enumerate().map(|(index, loss)| {
        let step = index as u64 + 1;
        let measured = course.session.course().iter().find(|measured| measured.step == step);
        let score = measured.and_then(|measured| measured.scores.first().copied().flatten());
        CurvePoint { step, loss: *loss, score: score.map(|score| score.value as f32) }
    });
    let ids = |entries: &[u32]| entries.iter().map(|entry| EntryId(*entry)).collect();
    let settings = [
        ("batch", course.plan.batch.to_string()),
        ("image size", course.plan.side.to_string()),
        ("seed", course.session.config().seed.to_string()),
    ];
    let run = TuningRun {
        id: 0,
        base: format!("{:?}", base.metadata().preset.unwrap_or_default()).to_lowercase(),
        mode: format!("{:?}", course.wish.mode).to_lowercase(),
        settings: settings.map(|(name, value)| (name.to_owned(), value)).to_vec(),
        started: course.started,
        seconds: course.seconds,
        steps: course.session.steps(),
        trained_on: ids(&course.plan.training),
        held_out: ids(&course.plan.held_out),
        curve: curve.collect(),
        results,
    };
    let run = bench.project.borrow_mut().add_run(run);
    bench.models.borrow_mut().add(run, course.tasks.clone(), medley);
    for task in &course.tasks {
        bench.uses_base.borrow_mut().remove(task);
        bench.forget_predictions(Some(*task));
    }
    bench.unsaved.borrow_mut().models.insert(run);
    desk.save();
}

fn name_of(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Segmentation => "Dice",
        TaskKind::Detection => "AP50",
        _ => "F1",
    }
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
    let plan = plan(desk, &wish);
    let (tasks, learning) = gather(desk, &wish, &plan).await?;
    let beginning = desk.studio.beginning(desk, &tasks).await?;
    let device = beginning.device().clone();
    let session = Session::resume(state, beginning.network(), learning, &device).map_err(words)?;
    let started = (js_sys::Date::now() / 1000.0) as u64;
    Ok(Course { wish, tasks, session, device, plan, started, seconds: 0.0, recovered: true })
}

impl Course {
    fn progress(&self, state: TuneState) -> TuneProgress {
        let session = &self.session;
        let losses = session.losses();
        let every = losses.len().div_ceil(POINTS).max(1);
        let thinned =
            losses.iter().enumerate().filter(|(index, _)| index % every == 0 || index + 1 == losses.len());
        let first = |measured: &medley_core::adapt::Measured| measured.scores.first().copied().flatten();
        let kind = session.tasks().next().map_or(TaskKind::Segmentation, |task| task.kind);
        let (step, steps) = (session.steps() as u32, session.config().steps as u32);
        let left = f64::from(steps.saturating_sub(step)) * self.seconds / f64::from(step.max(1));
        TuneProgress {
            tasks: self.tasks.iter().map(|task| task.0).collect(),
            mode: self.wish.mode,
            state,
            step,
            steps,
            prepared: (0, 0),
            losses: thinned.map(|(index, loss)| (index as u32 + 1, *loss)).collect(),
            scores: session
                .course()
                .iter()
                .filter_map(|m| Some(ScorePoint { step: m.step as u32, value: first(m)?.value }))
                .collect(),
            base: session.base().and_then(first).map(|score| card(kind, score)),
            best: session.best().and_then(first).map(|score| card(kind, score)),
            seconds_left: (step > 0).then_some(left),
            seconds: self.seconds,
            memory: memory(),
            recovered: self.recovered,
        }
    }
}

fn card(kind: TaskKind, score: HeldOutScore) -> Score {
    Score {
        measure: measure(kind),
        value: score.value,
        interval: score.interval,
        images: score.images as u32,
    }
}

/// Bytes of the Worker's memory.
fn memory() -> u64 {
    let memory = wasm_bindgen::memory().dyn_into::<js_sys::WebAssembly::Memory>();
    let buffer = memory.ok().and_then(|memory| memory.buffer().dyn_into::<js_sys::ArrayBuffer>().ok());
    buffer.map_or(0, |buffer| u64::from(buffer.byte_length()))
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
