//! Half precision against full precision.

use std::convert::Infallible;

use burn::tensor::Device;
use medley_core::dataset::TaskKind;
use medley_core::model::{parameters, take_gradients};
use medley_core::task::loss;
use medley_core::train::{ComputePrecision, TrainConfig, Trainer, Turn, Update, images};

use crate::scenes::{batch, small_model, task};

const KINDS: [TaskKind; 3] = [TaskKind::Classification, TaskKind::Segmentation, TaskKind::Detection];

fn trainer(precision: ComputePrecision, updates: u64) -> Trainer {
    let config =
        TrainConfig { updates, learning_rate: 3e-3, warmup: 5, seed: 7, precision, ..TrainConfig::default() };
    Trainer::new(small_model(), KINDS.map(task).to_vec(), config, &Device::flex())
}

fn step(trainer: &mut Trainer) -> Update {
    let draw = |_, turn: Turn| Ok::<_, Infallible>(batch(KINDS[turn.task]));
    pollster::block_on(trainer.step(draw)).unwrap()
}

fn weights(trainer: &Trainer) -> Vec<f32> {
    let heads = trainer.network.heads.iter().flat_map(parameters);
    let all = parameters(&trainer.network.foundation).into_iter().chain(heads);
    all.flat_map(|p| p.values.into_data().try_to_vec::<f32>().unwrap()).collect()
}

#[test]
fn gradients_are_those_of_full_precision() {
    let network = trainer(ComputePrecision::Full, 1).network;
    let device = Device::flex().autodiff();
    for (task, kind) in KINDS.into_iter().enumerate() {
        let batch = batch(kind);
        let [full, half] = [network.clone(), network.halved()].map(|through| {
            // The same dropout.
            device.seed(1);
            let loss = loss(through.forward(task, images(&batch, &device)), &batch.targets).unwrap();
            // Small enough not to overflow, large enough not to vanish.
            let mut gradients = loss.clone().mul_scalar(1024.0).backward();
            let named = take_gradients(&network.foundation, &mut gradients);
            let flat = |g: burn::tensor::Tensor<1>| g.into_data().try_to_vec::<f32>().unwrap();
            let gradients: Vec<f32> = named.into_values().flat_map(flat).map(|g| g / 1024.0).collect();
            (loss.into_scalar::<f32>(), gradients)
        });
        assert!((full.0 - half.0).abs() < 0.03 * full.0.abs(), "{kind:?}: loss {} and {}", full.0, half.0);
        assert_ne!(full.1, half.1, "computed with other numbers");
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
        let cosine = dot(&full.1, &half.1) / (dot(&full.1, &full.1) * dot(&half.1, &half.1)).sqrt();
        let length = (dot(&half.1, &half.1) / dot(&full.1, &full.1)).sqrt();
        assert!(cosine > 0.99, "{kind:?}: cosine {cosine}");
        assert!((length - 1.0).abs() < 0.05, "{kind:?}: length {length}");
    }
}

#[test]
fn three_tasks_learn_together() {
    let mut trainer = trainer(ComputePrecision::Half, 40);
    let updates: Vec<Update> = (0..40).map(|_| step(&mut trainer)).collect();
    let sound: Vec<&Update> = updates.iter().filter(|update| !update.is_skipped).collect();
    assert!(sound.len() > 30, "{} sound updates", sound.len());
    assert!(updates.iter().all(|update| update.is_skipped == update.is_overflow));
    for (task, kind) in KINDS.iter().enumerate() {
        let [first, last] = [0, sound.len() - 1].map(|at| sound[at].losses[task].unwrap());
        assert!(last < 0.7 * first, "{kind:?}: {first} to {last}");
    }
}

#[test]
fn an_overflow_changes_nothing_but_the_factor() {
    let mut trainer = trainer(ComputePrecision::Half, 10);
    trainer.loss_scale.factor = 2.0_f32.powi(60);
    let before = weights(&trainer);
    let update = step(&mut trainer);
    assert!(update.is_skipped && update.is_overflow);
    assert_eq!(weights(&trainer), before);
    assert_eq!(trainer.loss_scale.factor, 2.0_f32.powi(59));
    let bytes = pollster::block_on(trainer.to_bytes()).unwrap();
    let restored = Trainer::from_bytes(&bytes, &Device::flex()).unwrap();
    assert_eq!(restored.loss_scale, trainer.loss_scale);
}
