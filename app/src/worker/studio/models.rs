//! The models of the project: the pretrained one, and what was tuned.

use std::collections::BTreeMap;
use std::rc::Rc;

use burn::tensor::Device;
use medley_core::Medley;
use medley_core::adapt::{difference, with_difference};
use medley_core::dataset::{Task, TaskKind};
use medley_core::project::{ProjectTask, TaskId};
use medley_core::weights::{Precision, read, write};

use super::{Bench, say, words};
use crate::worker::desk::Desk;
use crate::worker::messages::{Failure, RequestId, StudioAnswer};

/// Marks a file that holds only what differs from the pretrained model.
const CHANGE: &str = "medley.change";

/// Tuned models by run.
#[derive(Default)]
pub struct Models {
    by_run: BTreeMap<u32, (Vec<TaskId>, Rc<Medley>)>,
}

impl Models {
    /// Adds the model of a run.
    pub fn add(&mut self, run: u32, tasks: Vec<TaskId>, medley: Rc<Medley>) {
        self.by_run.insert(run, (tasks, medley));
    }

    /// The newest model of a task.
    pub fn newest(&self, task: TaskId) -> Option<Rc<Medley>> {
        self.back(task, 0).map(|(_, medley)| medley)
    }

    /// Run and model of a task so many tunings ago: 0 is the newest.
    pub fn back(&self, task: TaskId, ago: usize) -> Option<(u32, Rc<Medley>)> {
        let learnt = self.by_run.iter().rev().filter(|(_, (tasks, _))| tasks.contains(&task));
        learnt.map(|(run, (_, medley))| (*run, medley.clone())).nth(ago)
    }
}

impl Bench {
    /// The model in use for a task, and the task's id in it.
    ///
    /// # Errors
    /// In words, where the task has not been learnt.
    pub(super) fn model(&self, task: TaskId) -> Result<(Rc<Medley>, String), Failure> {
        let ago = usize::from(self.uses_base.borrow().contains(&task));
        let (run, medley) = self.models.borrow().back(task, ago).ok_or(Failure::NotLearnt)?;
        let id = self.head_of(&medley, run, task).ok_or(Failure::ClassesChanged)?;
        Ok((medley, id))
    }

    /// The model before the last tuning, and the task's id in it; `None` where that is the pretrained one.
    pub(super) fn model_before(&self, task: TaskId) -> Option<(Rc<Medley>, String)> {
        let (run, medley) = self.models.borrow().back(task, 1)?;
        let id = self.head_of(&medley, run, task)?;
        Some((medley, id))
    }

    /// The id of a task in the model of a run, where it learnt the classes that the task has now. The name may have
    /// changed since, the number does not.
    pub(super) fn head_of(&self, medley: &Medley, run: u32, task: TaskId) -> Option<String> {
        let project = self.project.borrow();
        let (run, own) = (project.document().run(run)?, project.task(task)?);
        let mine = |known: &&Task| known.id.ends_with(&format!("studio-{}", task.0));
        let known = medley.tasks().iter().find(mine)?;
        run.answers_for(own, known.classes.len()).then(|| known.id.clone())
    }
}

/// The model on another device; itself where it is there already.
///
/// # Errors
/// When a device fails.
pub async fn on_device(medley: Rc<Medley>, device: &Device) -> Result<Rc<Medley>, Failure> {
    if medley.device() == device {
        return Ok(medley);
    }
    // By way of the file: in a page the values of a GPU can be had only by waiting for them.
    let bytes = medley.to_bytes().await.map_err(words)?;
    Medley::from_bytes(&bytes, device).map(Rc::new).map_err(words)
}

/// Predicts with the model before the last tuning, or with the newest again.
pub fn use_base(desk: &Rc<Desk>, id: RequestId, task: TaskId, base: bool) {
    let bench = &desk.studio;
    if base {
        bench.uses_base.borrow_mut().insert(task);
    } else {
        bench.uses_base.borrow_mut().remove(&task);
    }
    bench.forget_predictions(Some(task));
    say(id, StudioAnswer::Project(bench.card()));
}

/// Only what differs from the pretrained model, as a small file.
///
/// # Errors
/// When one of the files cannot be read or written.
pub fn change(base: &[u8], tuned: &[u8]) -> Result<Vec<u8>, Failure> {
    let (base, _) = read(base).map_err(words)?;
    let (arrays, mut metadata) = read(tuned).map_err(words)?;
    metadata.insert(CHANGE.to_owned(), "1".to_owned());
    write(&difference(&base, arrays), &metadata, Precision::Half).map_err(words)
}

/// A whole model from a file that may hold only what differs from the pretrained one.
///
/// # Errors
/// When it is no model.
pub fn whole(base: &[u8], bytes: &[u8]) -> Result<Medley, Failure> {
    let (change, mut metadata) = read(bytes).map_err(words)?;
    if metadata.remove(CHANGE).is_none() {
        return Medley::from_bytes(bytes, &Device::flex()).map_err(words);
    }
    let (base, _) = read(base).map_err(words)?;
    let arrays = with_difference(base, &change).map_err(words)?;
    let bytes = write(&arrays, &metadata, Precision::Half).map_err(words)?;
    Medley::from_bytes(&bytes, &Device::flex()).map_err(words)
}

/// The name of a task that another project gave: its id in the model without that project's number.
fn plain_name(id: &str) -> String {
    let own = id.rsplit_once("-studio-").filter(|(_, number)| number.parse::<u32>().is_ok());
    own.map_or(id, |(name, _)| name).to_owned()
}

/// Uses the model of a file: each of its tasks becomes one of the project, unless there is one with the same classes.
///
/// # Errors
/// In words, when it is no model.
pub fn import(desk: &Rc<Desk>, id: RequestId, bytes: &[u8]) -> Result<(), Failure> {
    use medley_core::project::{Change, Edit, NewTask, TuningRun};
    let base = desk.bytes.borrow().clone().ok_or(Failure::NoModel)?;
    let medley = whole(&base, bytes)?;
    let bench = &desk.studio;
    let mut known = Vec::new();
    let mut tasks = Vec::new();
    let shown = |task: &&Task| !matches!(task.kind, TaskKind::MultiLabel | TaskKind::Regression);
    if medley.tasks().iter().any(|task| !shown(&task)) {
        let reason = "the model has tasks that projects do not have: several classes per image, or numbers";
        return Err(Failure::Other(reason.to_owned()));
    }
    for task in medley.tasks() {
        let mut project = bench.project.borrow_mut();
        let same =
            |mine: &&ProjectTask| mine.kind == task.kind && mine.model_task("", 0).classes == task.classes;
        let found = project.document().tasks.iter().find(same).map(|task| task.id);
        let found = if let Some(found) = found {
            found
        } else {
            let skipped = usize::from(task.kind == TaskKind::Segmentation);
            let classes = task.classes.iter().skip(skipped).cloned().collect();
            let new = NewTask { name: plain_name(&task.id), kind: task.kind, classes };
            let changes = project.apply(Edit::AddTask(new)).map_err(words)?;
            debug_assert!(changes.contains(&Change::Tasks));
            project.document().tasks.last().map(|task| task.id).ok_or(Failure::NoTask)?
        };
        let model_id = project.task(found).map(ProjectTask::model_id).unwrap_or_default();
        tasks.push(Task { id: model_id, ..task.clone() });
        known.push(found);
    }
    let mut network = medley.network().clone();
    network.tasks.clone_from(&tasks);
    let metadata = medley_core::weights::ModelMetadata { tasks, ..medley.metadata().clone() };
    let medley = Medley::new(&network, metadata, &Device::flex());
    let results = known.iter().map(|task| medley_core::project::TaskResult {
        task: *task,
        classes: bench.project.borrow().task(*task).map(ProjectTask::class_ids),
        before: None,
        after: None,
    });
    let results = results.collect();
    let run = TuningRun {
        id: 0,
        base: "imported".to_owned(),
        mode: "imported".to_owned(),
        settings: Vec::new(),
        started: (js_sys::Date::now() / 1000.0) as u64,
        seconds: 0.0,
        steps: 0,
        trained_on: Vec::new(),
        held_out: Vec::new(),
        curve: Vec::new(),
        results,
    };
    let run = bench.project.borrow_mut().add_run(run);
    bench.models.borrow_mut().add(run, known, Rc::new(medley));
    bench.unsaved.borrow_mut().models.insert(run);
    bench.forget_predictions(None);
    desk.save();
    say(id, StudioAnswer::Project(bench.card()));
    Ok(())
}

impl Models {
    /// The model of a run.
    pub fn run(&self, run: u32) -> Option<Rc<Medley>> {
        self.by_run.get(&run).map(|(_, medley)| medley.clone())
    }
}
