//! What a tuning leaves behind: a model, and what can be told of how it came about.

use std::rc::Rc;

use medley_core::Medley;
use medley_core::dataset::TaskKind;
use medley_core::project::{CurvePoint, EntryId, RunScore, TaskResult, TuningRun};
use medley_core::weights::ModelMetadata;

use super::Course;
use crate::worker::desk::Desk;

/// Makes the best weights the model in use.
pub(super) fn keep(desk: &Rc<Desk>, course: &Course) {
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
    let results = course.tasks.iter().zip(&course.classes).enumerate().map(|(index, (task, classes))| {
        let kind = bench.kind_of(*task).unwrap_or(TaskKind::Segmentation);
        TaskResult {
            task: *task,
            classes: Some(classes.clone()),
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
