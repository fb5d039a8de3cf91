//! Updates over several devices, against those of one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::convert::Infallible;
use std::net::TcpListener;

use burn::tensor::Device;
use medley_core::dataset::{Batch, Prepared, Task, TaskKind, collate};
use medley_core::model::{BoxDecoderConfig, Head, ModelConfig, PixelDecoderConfig, SwinConfig};
use medley_core::synth;
use medley_core::train::{
    Conflicts, Interference, OptimiserKind, StepError, TrainConfig, Trainer, Turn, Weighting,
};
use medley_core::weights::{Arrays, read};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use super::{ParallelError, step};
use crate::device::remote::send_operations_singly;
use crate::device::{DeviceName, OpenError, open_all};
use crate::worker::{WorkerError, serve};

const SIDE: usize = 32;
/// Sums in another order are rounded otherwise.
const TOLERANCE: f32 = 1e-4;
/// A worker takes apart operations that the engine has whole, such as softmax; where sums cancel, the other rounding shows.
const WORKER_TOLERANCE: f32 = 1e-2;
const TOKEN: &str = "a line that both know";

fn tasks() -> Vec<Task> {
    let wanted = [TaskKind::Segmentation, TaskKind::Classification];
    wanted.iter().map(|kind| of_kind(*kind)).collect()
}

fn batch(turn: Turn) -> Batch {
    pictures(&tasks()[turn.task], turn.number, 2)
}

fn pictures(task: &Task, number: u64, count: u64) -> Batch {
    let images = (0..count).map(|n| {
        let sample = synth::generate(&task.id, number * count + n, SIDE).unwrap();
        Prepared::new(&sample, SIDE)
    });
    collate(images.collect())
}

// As the trainer wants it: a source of batches may fail.
#[allow(clippy::unnecessary_wraps)]
fn draw(_: u64, turn: Turn) -> Result<Batch, Infallible> {
    Ok(batch(turn))
}

/// A trainer of a small model, on one device, by stochastic gradient descent.
fn trainer(config: TrainConfig) -> Trainer {
    trainer_of(tasks(), config)
}

fn trainer_of(tasks: Vec<Task>, config: TrainConfig) -> Trainer {
    let model = ModelConfig {
        encoder: SwinConfig { width: 8, depths: [1, 1, 1, 1], heads: [1, 1, 2, 2], window: 8 },
        squeeze: 16,
        pixel: PixelDecoderConfig { widths: [16, 16, 8, 8], embedding: 8 },
        boxes: BoxDecoderConfig { channels: 8, towers: 1, first_stride: 4, extra_levels: 1 },
    };
    let config = TrainConfig {
        optimiser: OptimiserKind::Sgd,
        learning_rate: 1e-2,
        warmup: 0,
        clip: Some(1.0),
        ema: Some(0.9),
        seed: 5,
        ..config
    };
    Trainer::new(model, tasks, config, &Device::flex())
}

/// A worker in this process, on a port of this machine.
struct Worker {
    runtime: Runtime,
    serving: Option<JoinHandle<Result<(), WorkerError>>>,
    name: DeviceName,
}

impl Worker {
    fn start() -> Self {
        // As a run does before everything else.
        send_operations_singly();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let name = format!("ws://{}", listener.local_addr().unwrap()).parse().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let serving = runtime.spawn(serve(listener, vec![Device::flex()], Some(TOKEN)).unwrap());
        Self { runtime, serving: Some(serving), name }
    }

    fn device(&self) -> Device {
        open_all(std::slice::from_ref(&self.name), Some(TOKEN)).unwrap().remove(0).device
    }

    fn stop(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
            assert!(self.runtime.block_on(serving).unwrap_err().is_cancelled());
        }
    }
}

fn state(trainer: &Trainer) -> Arrays {
    read(&pollster::block_on(trainer.to_bytes()).unwrap()).unwrap().0
}

/// The largest difference between two states, relative to the largest value of an array, and how many values differ.
fn difference(a: &Arrays, b: &Arrays) -> (f32, usize) {
    assert!(a.keys().eq(b.keys()));
    let (mut largest, mut count) = (0.0_f32, 0);
    for (a, b) in a.values().zip(b.values()) {
        let scale = a.values.iter().fold(f32::MIN_POSITIVE, |scale, value| scale.max(value.abs()));
        for (a, b) in a.values.iter().zip(&b.values).filter(|(a, b)| a != b) {
            largest = largest.max((a - b).abs() / scale);
            count += 1;
        }
    }
    (largest, count)
}

/// Settings with which this machine computes by the same operations as `device`. A worker's engine is not known to be the
/// CPU's, so that kernels of Medley's own have no part there; nor have they where activations are computed again.
fn with_operations_of(device: &Device, config: TrainConfig) -> TrainConfig {
    TrainConfig { gradient_checkpointing: *device != Device::flex(), ..config }
}

/// Three updates on one device, and on one and `other`: the states and the last measure of interference.
fn courses(config: &TrainConfig, other: &Device) -> [(Arrays, Option<Interference>); 2] {
    [vec![], vec![other.clone()]].map(|others| {
        let mut trainer = trainer(config.clone());
        trainer.spread(&others, &[1.0, 1.0]).unwrap();
        assert_eq!(trainer.devices(), others.len() + 1);
        let updates: Vec<_> = (0..3).map(|_| step(&mut trainer, draw).unwrap()).collect();
        let images = 2 * config.inner_steps.unwrap_or(tasks().len());
        assert!(updates.iter().all(|update| !update.is_skipped && update.images == images));
        (state(&trainer), updates[2].interference.clone())
    })
}

#[test]
fn two_devices_make_the_updates_of_one() {
    let plain = TrainConfig::default();
    let measured = TrainConfig { interference_every: 2, weighting: Weighting::Uncertainty, ..plain.clone() };
    let surgery = TrainConfig { conflicts: Conflicts::PcGrad, interference_every: 1, ..plain.clone() };
    let several = TrainConfig { inner_steps: Some(5), ..plain.clone() };
    let worker = Worker::start();
    for (place, device, tolerance) in
        [("a thread", Device::flex(), 1e-5), ("a worker", worker.device(), WORKER_TOLERANCE)]
    {
        for config in [&plain, &measured, &surgery, &several] {
            let config = &with_operations_of(&device, config.clone());
            let [(one, alone), (two, together)] = courses(config, &device);
            let (largest, count) = difference(&one, &two);
            println!("{place}: {count} values differ, by at most {largest:e}");
            assert!(largest <= tolerance, "{place}, {config:?}: {largest}");
            assert_eq!(alone.is_some(), config.interference_every > 0);
            assert_eq!(alone.is_some(), together.is_some());
            if place == "a thread" {
                // A turn on each: not even the order of the sum is another.
                assert!(config.inner_steps.is_some() || count == 0, "{config:?}: {count} values differ");
                assert_eq!(alone, together, "{config:?}");
            }
        }
    }
}

/// The task of a label type among those that are drawn.
fn of_kind(kind: TaskKind) -> Task {
    synth::tasks().into_iter().find(|task| task.kind == kind).unwrap()
}

#[test]
fn devices_without_a_task_share_the_batches_of_others() {
    let worker = Worker::start();
    let alone = |kind| vec![of_kind(kind)];
    let both = vec![of_kind(TaskKind::Segmentation), of_kind(TaskKind::Detection)];
    for (tasks, others, inner_steps, tolerance) in [
        (alone(TaskKind::Detection), vec![Device::flex()], None, TOLERANCE),
        (alone(TaskKind::Classification), vec![Device::flex(); 2], None, TOLERANCE),
        (both.clone(), vec![Device::flex(); 2], None, TOLERANCE),
        // Its head steps between the turns.
        (both, vec![Device::flex(); 2], Some(4), TOLERANCE),
        (alone(TaskKind::Detection), vec![worker.device()], None, WORKER_TOLERANCE),
    ] {
        let costs = vec![1.0; tasks.len()];
        let config = TrainConfig { inner_steps, interference_every: 2, ..TrainConfig::default() };
        let config = with_operations_of(&others[0], config);
        let runs = [vec![], others].map(|others| {
            let mut trainer = trainer_of(tasks.clone(), config.clone());
            // What is drawn for a part of a batch is not what is drawn for the whole.
            trainer.network.heads = trainer.network.heads.into_iter().map(Head::without_dropout).collect();
            trainer.spread(&others, &costs).unwrap();
            let draw = |_, turn: Turn| Ok::<_, Infallible>(pictures(&tasks[turn.task], turn.number, 5));
            let updates: Vec<_> = (0..3).map(|_| step(&mut trainer, draw).unwrap()).collect();
            assert_eq!(trainer.devices(), others.len() + 1);
            (state(&trainer), updates)
        });
        let [(one, alone), (several, together)] = runs;
        let (largest, count) = difference(&one, &several);
        println!("{} tasks, {inner_steps:?}: {count} values differ, by at most {largest:e}", tasks.len());
        assert!(largest <= tolerance, "{largest}");
        for (a, b) in alone.iter().zip(&together) {
            assert_eq!((a.images, a.is_skipped), (b.images, b.is_skipped));
            for (a, b) in a.losses.iter().flatten().zip(b.losses.iter().flatten()) {
                assert!((a - b).abs() <= tolerance * a.abs(), "{a} and {b}");
            }
        }
    }
}

#[test]
fn a_run_goes_on_with_another_number_of_devices() {
    let mut two = trainer(TrainConfig::default());
    two.spread(&[Device::flex()], &[1.0, 1.0]).unwrap();
    (0..2).for_each(|_| drop(step(&mut two, draw).unwrap()));
    let bytes = pollster::block_on(two.to_bytes()).unwrap();
    let mut one = Trainer::from_bytes(&bytes, &Device::flex()).unwrap();
    assert_eq!(one.devices(), 1);
    let next = [&mut one, &mut two].map(|trainer| step(trainer, draw).unwrap());
    assert_eq!(next[0], next[1]);
    assert_eq!(difference(&state(&one), &state(&two)), (0.0, 0));
}

#[test]
fn a_worker_lost_in_an_update_leaves_the_weights_before_it() {
    let mut worker = Worker::start();
    let config = with_operations_of(&worker.device(), TrainConfig::default());
    let mut trainer = trainer(config.clone());
    trainer.spread(&[worker.device()], &[1.0, 1.0]).unwrap();
    step(&mut trainer, draw).unwrap();
    let before = state(&trainer);
    let losing = |number, turn: Turn| {
        // The turn of the worker.
        if turn.task == 1 {
            worker.stop();
        }
        draw(number, turn)
    };
    let error = step(&mut trainer, losing).unwrap_err();
    let rank = match error {
        ParallelError::Step(StepError::Device(error)) => error.rank,
        ParallelError::Panicked { rank, .. } => rank,
        ParallelError::Step(other) => panic!("{other}"),
    };
    assert_eq!(rank, 1);
    assert_eq!(difference(&state(&trainer), &before), (0.0, 0));
    assert_eq!((trainer.update, trainer.inner_step), (1, 2));
    // Without it the run goes on as if there had been one device from the start.
    trainer.spread(&[], &[1.0, 1.0]).unwrap();
    step(&mut trainer, draw).unwrap();
    let mut alone = self::trainer(config);
    (0..2).for_each(|_| drop(step(&mut alone, draw).unwrap()));
    let (largest, _) = difference(&state(&trainer), &state(&alone));
    assert!(largest <= WORKER_TOLERANCE, "{largest}");
}

#[test]
fn a_missing_batch_ends_the_update_of_all_devices() {
    let mut trainer = trainer(TrainConfig::default());
    trainer.spread(&[Device::flex()], &[1.0, 1.0]).unwrap();
    let before = state(&trainer);
    let missing = |_, turn: Turn| if turn.task == 0 { Ok(batch(turn)) } else { Err("no such file") };
    let error = step(&mut trainer, missing).unwrap_err();
    assert!(matches!(error, ParallelError::Step(StepError::Batch("no such file"))), "{error:?}");
    assert_eq!(difference(&state(&trainer), &before), (0.0, 0));
}

#[test]
fn devices_without_a_task_and_strangers_are_refused() {
    let mut trainer = trainer_of(vec![of_kind(TaskKind::Segmentation)], TrainConfig::default());
    let error = trainer.spread(&[Device::flex()], &[1.0]).unwrap_err();
    assert!(error.to_string().contains("2 devices"), "{error}");
    let worker = Worker::start();
    let refused = open_all(std::slice::from_ref(&worker.name), Some("another line"));
    assert!(matches!(refused, Err(OpenError::Unauthorized(_))), "{refused:?}");
}
