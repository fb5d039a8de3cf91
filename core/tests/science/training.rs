//! What the loop does besides learning: trouble, averages, samplers, options.

use std::convert::Infallible;

use burn::module::Module;
use burn::tensor::Device;
use medley_core::dataset::{Batch, TaskKind};
use medley_core::model::parameters;
use medley_core::train::{
    OptimiserKind, SamplerKind, Schedule, StepError, TrainConfig, Trainer, Turn, Weighting,
};

use crate::scenes::{batch, small_model, task};

const KINDS: [TaskKind; 2] = [TaskKind::Segmentation, TaskKind::Classification];

fn trainer(config: TrainConfig) -> Trainer {
    let config = TrainConfig { learning_rate: 3e-3, warmup: 2, seed: 7, ..config };
    Trainer::new(small_model(), KINDS.map(task).into(), config, &Device::flex())
}

// As the trainer wants it: a source of batches may fail.
#[allow(clippy::unnecessary_wraps)]
fn draw(_: u64, turn: Turn) -> Result<Batch, Infallible> {
    Ok(batch(KINDS[turn.task]))
}

/// All weights, heads included.
fn weights(trainer: &Trainer) -> Vec<f32> {
    let network = trainer.network.valid();
    let mut all = parameters(&network.foundation);
    network.heads.iter().for_each(|head| all.extend(parameters(&head.clone().valid())));
    all.into_iter().flat_map(|p| p.values.into_data().iter::<f32>().collect::<Vec<_>>()).collect()
}

fn losses(trainer: &mut Trainer, updates: usize) -> Vec<Vec<Option<f32>>> {
    (0..updates).map(|_| pollster::block_on(trainer.step(draw)).unwrap().losses).collect()
}

#[test]
fn an_update_without_finite_numbers_changes_no_weight() {
    let mut trainer = trainer(TrainConfig { ema: Some(0.9), ..TrainConfig::default() });
    losses(&mut trainer, 2);
    let before = weights(&trainer);
    let broken = |step, turn: Turn| {
        let mut batch = draw(step, turn)?;
        // The second task's: the first one's head has stepped by then.
        if turn.task == 1 {
            batch.images[17] = f32::NAN;
        }
        Ok::<_, Infallible>(batch)
    };
    let update = pollster::block_on(trainer.step(broken)).unwrap();
    assert!(update.is_skipped);
    assert_eq!((trainer.update, trainer.inner_step), (3, 6), "time goes on");
    assert!(weights(&trainer) == before);
    let next = pollster::block_on(trainer.step(draw)).unwrap();
    assert!(!next.is_skipped && weights(&trainer) != before);
}

#[test]
fn a_missing_batch_changes_no_weight_and_can_be_asked_for_again() {
    let mut trainer = trainer(TrainConfig::default());
    losses(&mut trainer, 1);
    let before = weights(&trainer);
    let missing = |_, turn: Turn| if turn.task == 0 { Ok(batch(KINDS[0])) } else { Err(std::fmt::Error) };
    assert!(matches!(pollster::block_on(trainer.step(missing)), Err(StepError::Batch(_))));
    assert!(weights(&trainer) == before);
    assert_eq!(losses(&mut trainer, 1)[0].iter().flatten().count(), 2);
}

#[test]
fn the_running_mean_lies_between_the_weights_it_saw() {
    let mut trainer = trainer(TrainConfig { ema: Some(0.5), ..TrainConfig::default() });
    let start = weights(&trainer);
    losses(&mut trainer, 1);
    let end = weights(&trainer);
    let mut averaged = trainer.clone();
    averaged.network = trainer.result();
    // After one update the mean keeps (1 + 1) / (10 + 1) of what it was.
    for ((mean, start), end) in weights(&averaged).into_iter().zip(start).zip(end) {
        let expected = start * (2.0 / 11.0) + end * (9.0 / 11.0);
        assert!((mean - expected).abs() < 1e-5, "{mean} {expected}");
    }
}

#[test]
fn every_option_survives_a_checkpoint_bit_for_bit() {
    let config = TrainConfig {
        sampler: SamplerKind::Balanced,
        inner_steps: Some(3),
        optimiser: OptimiserKind::Muon,
        schedule: Schedule::Polynomial { power: 0.9 },
        clip: Some(1.0),
        ema: Some(0.9),
        stochastic_depth: 0.2,
        gradient_checkpointing: true,
        weighting: Weighting::Uncertainty,
        interference_every: 2,
        ..TrainConfig::default()
    };
    let mut uninterrupted = trainer(config);
    uninterrupted.set_sampler(&[10, 20]).unwrap();
    losses(&mut uninterrupted, 3);
    let bytes = pollster::block_on(uninterrupted.to_bytes()).unwrap();
    let mut resumed = Trainer::from_bytes(&bytes, &Device::flex()).unwrap();
    resumed.set_sampler(&[10, 20]).unwrap();
    let expected = losses(&mut uninterrupted, 3);
    assert_eq!(losses(&mut resumed, 3), expected);
    assert!(weights(&resumed) == weights(&uninterrupted));
    let [a, b] = [&mut resumed, &mut uninterrupted].map(|trainer| {
        trainer.network = trainer.result();
        weights(trainer)
    });
    assert!(a == b, "the running means differ");
}

#[test]
fn every_optimiser_learns() {
    for (optimiser, learning_rate) in
        [(OptimiserKind::AdamW, 3e-3), (OptimiserKind::Sgd, 3e-4), (OptimiserKind::Muon, 3e-3)]
    {
        let config = TrainConfig {
            optimiser,
            learning_rate,
            updates: 40,
            warmup: 5,
            seed: 7,
            ..TrainConfig::default()
        };
        let tasks = vec![task(TaskKind::Segmentation)];
        let mut trainer = Trainer::new(small_model(), tasks, config, &Device::flex());
        let course = losses(&mut trainer, 40);
        let [first, last] = [0, 39].map(|update| course[update][0].unwrap());
        assert!(last < 0.8 * first, "{optimiser:?}: {first} to {last}");
    }
}

#[test]
fn recomputed_activations_give_the_same_course() {
    let course = |gradient_checkpointing| {
        let mut trainer = trainer(TrainConfig { gradient_checkpointing, ..TrainConfig::default() });
        losses(&mut trainer, 3)
    };
    for (kept, again) in course(false).into_iter().flatten().zip(course(true).into_iter().flatten()) {
        assert!((kept.unwrap() - again.unwrap()).abs() < 1e-5);
    }
}

#[test]
fn a_run_can_start_from_a_torchvision_encoder() {
    let mut trainer = trainer(TrainConfig { ema: Some(0.9), ..TrainConfig::default() });
    let before = weights(&trainer);
    // Nothing that torchvision would have is in it.
    let empty = medley_core::weights::Arrays::new();
    let refused =
        trainer.set_encoder(|encoder| medley_core::weights::import_swin_v2(encoder, &empty, &Device::flex()));
    assert!(refused.is_err() && weights(&trainer) == before);
    let doubled = |encoder| {
        Ok::<_, Infallible>(medley_core::model::map_parameters(encoder, |_, _, value| Some(value * 2.0)))
    };
    trainer.set_encoder(doubled).unwrap();
    let after = weights(&trainer);
    assert!(before.iter().zip(&after).any(|(a, b)| a != b));
    trainer.network = trainer.result();
    assert!(weights(&trainer) == after, "the running mean starts from the same weights");
}

#[test]
fn activations_can_be_recomputed_from_a_checkpoint_on() {
    let mut kept = trainer(TrainConfig::default());
    losses(&mut kept, 1);
    let bytes = pollster::block_on(kept.to_bytes()).unwrap();
    let mut resumed = Trainer::from_bytes(&bytes, &Device::flex()).unwrap();
    resumed.configure(TrainConfig { gradient_checkpointing: true, ..resumed.config.clone() });
    let wanted = Device::flex().autodiff().gradient_checkpointing().gradient_checkpointing_strategy();
    let recomputes = |trainer: &Trainer| {
        let devices = trainer.network.foundation.devices();
        devices.iter().all(|device| device.gradient_checkpointing_strategy() == wanted)
    };
    assert!(recomputes(&resumed) && !recomputes(&kept));
    assert!(weights(&resumed) == weights(&kept));
    for (kept, again) in losses(&mut kept, 2).into_iter().zip(losses(&mut resumed, 2)) {
        for (kept, again) in kept.into_iter().zip(again) {
            assert!((kept.unwrap() - again.unwrap()).abs() < 1e-5);
        }
    }
}
