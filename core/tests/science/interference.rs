//! Tasks that pull against each other: two with the same pictures, the same head and opposite labels.

use std::convert::Infallible;

use burn::tensor::Device;
use medley_core::dataset::{Batch, Target, TaskKind};
use medley_core::model::{Head, map_parameters};
use medley_core::train::{
    Conflicts, Interference, OptimiserKind, TrainConfig, Trainer, Turn, Update, Weighting,
};
use medley_core::weights::read;

use crate::scenes::{batch, small_model, task};

const UPDATES: u64 = 12;

/// Two opposed tasks; the second counts three times.
fn opposed(conflicts: Conflicts) -> Trainer {
    let tasks = ["same", "opposite"].map(|id| {
        let mut task = task(TaskKind::Classification);
        id.clone_into(&mut task.id);
        task
    });
    let config = TrainConfig {
        updates: UPDATES,
        warmup: 0,
        optimiser: OptimiserKind::Sgd,
        learning_rate: 1e-2,
        // The heads stay alike.
        head_learning_rate: Some(1e-12),
        weight_decay: 0.0,
        interference_every: 1,
        conflicts,
        weights: [("opposite".to_owned(), 3.0)].into(),
        seed: 3,
        ..TrainConfig::default()
    };
    let mut trainer = Trainer::new(small_model(), tasks.into(), config, &Device::flex());
    let head = trainer.network.heads[0].clone().without_dropout();
    // Heads start close to zero; these have an opinion.
    let head = map_parameters(head, |_, _, value| Some(value * 10.0));
    trainer.network.heads = vec![head.clone(), head];
    trainer
}

fn labelled(is_opposite: bool) -> Batch {
    let mut batch = batch(TaskKind::Classification);
    for target in &mut batch.targets {
        if let Target::Class(class) = target
            && is_opposite
        {
            *class = 1 - *class;
        }
    }
    batch
}

/// Makes all updates.
fn train(trainer: &mut Trainer) -> Vec<Update> {
    let draw = |_, turn: Turn| Ok::<_, Infallible>(labelled(turn.task == 1));
    (0..trainer.config.updates).map(|_| pollster::block_on(trainer.step(draw)).unwrap()).collect()
}

/// The loss of the first task at the start and at the end, and the last measurement.
fn course(mut trainer: Trainer) -> (f32, f32, Interference) {
    let updates = train(&mut trainer);
    let loss = |update: &Update| update.losses[0].unwrap();
    assert!(matches!(trainer.network.heads[0], Head::Class(_)));
    let first = updates[0].interference.clone().unwrap();
    (loss(&updates[0]), loss(&updates[UPDATES as usize - 1]), first)
}

#[test]
fn summing_lets_the_stronger_task_win_and_the_measure_says_so() {
    let (first, last, interference) = course(opposed(Conflicts::Sum));
    assert!(interference.cosine[0][1] < -0.95, "{interference:?}");
    // Lengths 1 and 3, opposed: shares of -1/2 and 3/2.
    assert!((interference.share[0] + 0.5).abs() < 0.2 && (interference.share[1] - 1.5).abs() < 0.2);
    assert!(last > first * 1.1, "the weaker task suffers: {first} to {last}");
}

#[test]
fn surgery_spares_the_weaker_task() {
    let (first, last, interference) = course(opposed(Conflicts::PcGrad));
    assert!(interference.cosine[0][1] < -0.99, "{interference:?}");
    assert!(last < first * 1.03, "it hardly moves: {first} to {last}");
}

#[test]
fn uncertainty_lets_the_task_with_the_larger_loss_count_less() {
    let mut trainer = opposed(Conflicts::Sum);
    // Both losses begin above a half, from where both variances rise; that of the winning task then falls.
    let config = TrainConfig { weighting: Weighting::Uncertainty, updates: 80, ..trainer.config.clone() };
    trainer.configure(config);
    let updates = train(&mut trainer);
    let [same, opposite] = [0, 1].map(|task| updates.last().unwrap().losses[task].unwrap());
    assert!(same > opposite, "{same} {opposite}");
    let (state, _) = read(&pollster::block_on(trainer.to_bytes()).unwrap()).unwrap();
    let log_variance = |id: &str| state[&format!("uncertainty.{id}")].values[0];
    let (same, opposite) = (log_variance("same"), log_variance("opposite"));
    assert!(same > opposite + 0.1, "their factors are exp(-{same}) and exp(-{opposite})");
}
