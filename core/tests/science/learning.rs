//! Each label type learns four pictures by heart.

use std::convert::Infallible;

use burn::tensor::Device;
use medley_core::dataset::TaskKind;
use medley_core::train::{TrainConfig, Trainer, Turn};

use crate::scenes::{batch, small_model, task};

pub fn trainer(kinds: &[TaskKind], updates: u64) -> Trainer {
    let config = TrainConfig { updates, learning_rate: 3e-3, warmup: 5, seed: 7, ..TrainConfig::default() };
    Trainer::new(small_model(), kinds.iter().map(|kind| task(*kind)).collect(), config, &Device::flex())
}

pub fn losses(trainer: &mut Trainer) -> Vec<f32> {
    let kinds: Vec<TaskKind> = trainer.network.tasks.iter().map(|task| task.kind).collect();
    let draw = |_, turn: Turn| Ok::<_, Infallible>(batch(kinds[turn.task]));
    let update = pollster::block_on(trainer.step(draw)).unwrap();
    update.losses.into_iter().flatten().collect()
}

/// The mean of the last losses as a share of the first.
fn remaining(kind: TaskKind, updates: u64) -> f32 {
    let mut trainer = trainer(&[kind], updates);
    let course: Vec<f32> = (0..updates).map(|_| losses(&mut trainer)[0]).collect();
    let last = &course[course.len() - 5..];
    last.iter().sum::<f32>() / 5.0 / course[0]
}

#[test]
fn classification_overfits() {
    let share = remaining(TaskKind::Classification, 150);
    assert!(share < 0.3, "{share}");
}

#[test]
fn several_labels_overfit() {
    let share = remaining(TaskKind::MultiLabel, 150);
    assert!(share < 0.3, "{share}");
}

#[test]
fn regression_overfits() {
    let share = remaining(TaskKind::Regression, 150);
    assert!(share < 0.1, "{share}");
}

#[test]
fn segmentation_overfits() {
    let share = remaining(TaskKind::Segmentation, 60);
    assert!(share < 0.4, "{share}");
}

#[test]
fn detection_overfits() {
    let share = remaining(TaskKind::Detection, 100);
    assert!(share < 0.35, "{share}");
}

#[test]
fn three_tasks_learn_together() {
    let kinds = [TaskKind::Classification, TaskKind::Segmentation, TaskKind::Detection];
    let mut trainer = trainer(&kinds, 40);
    let first = losses(&mut trainer);
    let last = (1..40).map(|_| losses(&mut trainer)).last().unwrap();
    for ((kind, first), last) in kinds.iter().zip(first).zip(last) {
        assert!(last < 0.7 * first, "{kind:?}: {first} to {last}");
    }
    assert_eq!(trainer.drawn, [40, 40, 40], "every task gives one batch per update, none more");
}
