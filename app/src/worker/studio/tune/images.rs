//! The images that a tuning learns from and is measured on.

use medley_core::adapt::SessionTask;
use medley_core::dataset::{Prepared, TaskKind};
use medley_core::project::{Place, TaskId, training};

use super::Bench;
use crate::worker::messages::{Failure, TunePlan, TuneWish};

/// Tasks with images to learn from, at the size at which the model sees them.
///
/// # Errors
/// Where an image is no longer there.
pub(super) async fn gather(
    bench: &Bench,
    wish: &TuneWish,
    plan: &TunePlan,
) -> Result<(Vec<TaskId>, Vec<SessionTask>), Failure> {
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
