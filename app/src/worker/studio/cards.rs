//! The project as the page shows it.

use medley_core::dataset::TaskKind as CoreKind;
use medley_core::project::{
    Entry, EntryId, Place, ProjectTask as CoreTask, RunScore, TaskId, TuningRun, training,
};

use super::Bench;
use crate::worker::messages::{
    EntryCard, EntryTask, Measure, PastTuning, ProjectCard, ProjectClass, ProjectTask, Score, TaskKind,
    TuneMode,
};

impl Bench {
    /// The whole project's card.
    pub(super) fn card(&self) -> ProjectCard {
        let project = self.project.borrow();
        let document = project.document();
        ProjectCard {
            generation: self.generation.get(),
            name: document.name.clone(),
            tasks: document.tasks.iter().map(|task| self.task_card(task)).collect(),
            entries: document.entries.iter().map(|entry| self.card_of(entry)).collect(),
            can_undo: project.can_undo(),
            can_redo: project.can_redo(),
            storage: self.storage.borrow().clone(),
        }
    }

    /// An image's card.
    pub(super) fn entry_card(&self, id: EntryId) -> Option<EntryCard> {
        let project = self.project.borrow();
        project.entry(id).map(|entry| self.card_of(entry))
    }

    fn task_card(&self, task: &CoreTask) -> ProjectTask {
        let project = self.project.borrow();
        let uses_base = self.uses_base.borrow().contains(&task.id);
        let results = project.document().runs.iter().rev().flat_map(|run| &run.results);
        let result = results.into_iter().find(|result| result.task == task.id);
        let score = result.and_then(|result| if uses_base { &result.before } else { &result.after }.as_ref());
        ProjectTask {
            id: task.id.0,
            name: task.name.clone(),
            kind: kind(task.kind),
            classes: task
                .classes
                .iter()
                .map(|class| ProjectClass { id: class.id, name: class.name.clone(), colour: class.colour })
                .collect(),
            tuned: self.models.borrow().newest(task.id).is_some(),
            tuned_before: self.models.borrow().back(task.id, 1).is_some(),
            uses_base,
            score: score.map(|score| of_run(task.kind, score)),
            history: project.document().runs.iter().filter_map(|run| past(task, run)).collect(),
        }
    }

    fn card_of(&self, entry: &Entry) -> EntryCard {
        let project = self.project.borrow();
        let tasks = project.document().tasks.iter().filter_map(|task| {
            let mut places = (0..entry.size[2]).map(|slice| Place { entry: entry.id, task: task.id, slice });
            let labelled = match task.kind {
                CoreKind::Segmentation => places.any(|at| project.stored_mask(at).is_some()),
                CoreKind::Detection => places.any(|at| entry.boxes_at(at.task, at.slice).is_some()),
                _ => training::target(&project, Place { entry: entry.id, task: task.id, slice: 0 }).is_some(),
            };
            let complete = entry.complete.iter().any(|(of, _)| *of == task.id);
            let predictions = || entry.predictions.iter().filter(|state| state.task == task.id);
            let uncertainty = predictions().filter_map(|state| state.uncertainty).reduce(f32::max);
            let predicted = predictions().next().is_some();
            let class = entry.classes.get(&task.id).copied();
            (labelled || complete || predicted).then_some(EntryTask {
                task: task.id.0,
                labelled: labelled || complete,
                complete,
                predicted,
                uncertainty,
                class,
            })
        });
        EntryCard {
            id: entry.id.0,
            name: entry.file.clone(),
            width: entry.size[0],
            height: entry.size[1],
            slices: entry.size[2],
            window: entry.window.map(|[centre, width]| (centre - width / 2.0, centre + width / 2.0)),
            held_out: entry.held_out,
            tasks: tasks.collect(),
        }
    }

    /// The label type of a task.
    pub(super) fn kind_of(&self, task: TaskId) -> Option<CoreKind> {
        self.project.borrow().task(task).map(|task| task.kind)
    }
}

/// A label type in the page's words.
pub(super) fn kind(kind: CoreKind) -> TaskKind {
    match kind {
        CoreKind::Segmentation => TaskKind::Segmentation,
        CoreKind::Detection => TaskKind::Detection,
        // Projects have no other kinds.
        _ => TaskKind::Classification,
    }
}

/// Which number a task's score is.
pub(super) fn measure(kind: CoreKind) -> Measure {
    match kind {
        CoreKind::Segmentation => Measure::Dice,
        CoreKind::Detection => Measure::Map50,
        _ => Measure::MacroF1,
    }
}

/// What a run was to a task; nothing where it learnt another.
fn past(task: &CoreTask, run: &TuningRun) -> Option<PastTuning> {
    let result = run.results.iter().find(|result| result.task == task.id)?;
    let mode = match run.mode.as_str() {
        "quick" => Some(TuneMode::Quick),
        "lora" => Some(TuneMode::Lora),
        "full" => Some(TuneMode::Full),
        _ => None,
    };
    Some(PastTuning {
        mode,
        started: run.started,
        seconds: run.seconds,
        steps: run.steps as u32,
        images: run.trained_on.len() as u32,
        score: result.after.as_ref().map(|score| of_run(task.kind, score)),
    })
}

fn of_run(kind: CoreKind, score: &RunScore) -> Score {
    Score { measure: measure(kind), value: score.value, interval: score.interval, images: score.images }
}
