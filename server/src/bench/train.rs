//! The time of a training step.

use std::convert::Infallible;
use std::error::Error;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Instant;

use burn::tensor::Tensor;
use medley_core::dataset::{AugmentConfig, Batch, TaskKind};
use medley_core::model::{Network, Preset};
use medley_core::task::loss;
use medley_core::train::{ComputePrecision, SpreadError, TrainConfig, Trainer, Turn, images};
use serde::Serialize;

use super::{batch, median, milliseconds, task};
use crate::data::bench::write_bench_images;
use crate::data::{BatchOptions, BatchSource, CacheBudget, DataFolder, FolderOptions, LoaderPool, Prefetch};
use crate::device::DeviceChoice;
use crate::pretrain::parallel;
use crate::runs::peak_process_memory;

/// The tasks of a step, one batch of each.
const KINDS: [TaskKind; 3] = [TaskKind::Segmentation, TaskKind::Classification, TaskKind::Detection];

/// What their turns cost, in parts of the model.
const COSTS: [f64; 3] = [2.0, 1.0, 2.0];

/// Rounds before the first that is timed.
const WARM_UP: usize = 2;

/// What is measured.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Size of the model.
    pub preset: Preset,
    /// Side of the images.
    pub size: usize,
    /// Images per batch.
    pub batch: usize,
    /// Steps that are timed.
    pub repeats: usize,
    /// Where to compute.
    pub device: DeviceChoice,
    /// The numbers of the shared blocks.
    pub precision: ComputePrecision,
    /// Turns made at the same time in a whole step.
    pub parallel_turns: usize,
}

/// Times in milliseconds, medians over the repeats.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Speed {
    preset: Preset,
    device: String,
    threads: usize,
    /// Forward passes of the three tasks.
    forward_ms: f64,
    /// Their backward passes.
    backward_ms: f64,
    /// A whole update: three inner steps, the heads' optimisers and the shared one.
    step_ms: f64,
    images_per_second: f64,
    peak_memory_bytes: Option<u64>,
}

/// What feeding the step from files adds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LoaderCost {
    /// A step whose batch lies in memory, in milliseconds.
    ready_ms: f64,
    /// A step whose batch is read, decoded and augmented meanwhile.
    loaded_ms: f64,
    /// Difference in percent of the first.
    added_percent: f64,
}

/// Times forward, backward and whole steps.
///
/// # Errors
/// When the device fails.
pub fn run(options: &Options) -> Result<Speed, Box<dyn Error>> {
    let device = options.device.open();
    let batches = KINDS.map(|kind| batch(kind, options.batch, options.size));
    let mut trainer = trainer(options, &KINDS)?;
    let draw = |_, turn: Turn| Ok::<_, Infallible>(batches[turn.task].clone());
    let (mut forwards, mut backwards, mut steps) = (Vec::new(), Vec::new(), Vec::new());
    for repeat in 0..WARM_UP + options.repeats {
        let network = match options.precision {
            ComputePrecision::Full => trainer.network.clone(),
            ComputePrecision::Half => trainer.network.halved(),
        };
        let (forward, backward) = passes(&network, &batches, &device.clone().autodiff())?;
        let begin = Instant::now();
        parallel::step(&mut trainer, draw)?;
        device.sync().map_err(|error| format!("{error:?}"))?;
        let step = milliseconds(begin);
        if repeat >= WARM_UP {
            forwards.push(forward);
            backwards.push(backward);
            steps.push(step);
        }
    }
    let step_ms = median(steps);
    let of_device = device.memory_pool_usage().map(|usage| usage.bytes_reserved);
    Ok(Speed {
        preset: options.preset,
        device: options.device.name().to_owned(),
        threads: rayon::current_num_threads(),
        forward_ms: median(forwards),
        backward_ms: median(backwards),
        step_ms,
        images_per_second: (KINDS.len() * options.batch) as f64 * 1000.0 / step_ms,
        peak_memory_bytes: of_device.or_else(peak_process_memory),
    })
}

fn trainer(options: &Options, kinds: &[TaskKind]) -> Result<Trainer, SpreadError> {
    let tasks = kinds.iter().map(|kind| task(*kind, format!("{kind:?}"), options.size)).collect();
    // As in PyTorch's step: AdamW without norms and biases in the decay.
    let config = TrainConfig {
        learning_rate: 1e-4,
        weight_decay: 1e-2,
        warmup: 0,
        precision: options.precision,
        ..TrainConfig::default()
    };
    let device = options.device.open();
    let mut trainer = Trainer::new(options.preset.config(), tasks, config, &device);
    trainer.spread(&vec![device; options.parallel_turns.saturating_sub(1)], &COSTS)?;
    Ok(trainer)
}

/// Milliseconds of the forward and of the backward passes of all tasks, each waited for.
fn passes(
    network: &Network,
    batches: &[Batch],
    device: &burn::tensor::Device,
) -> Result<(f64, f64), Box<dyn Error>> {
    let (mut forward, mut backward) = (0.0, 0.0);
    for (task, batch) in batches.iter().enumerate() {
        let begin = Instant::now();
        let loss = loss(network.forward(task, images(batch, device)), &batch.targets)?;
        wait(loss.clone().inner());
        forward += milliseconds(begin);
        let begin = Instant::now();
        drop(loss.backward());
        device.clone().inner().sync().map_err(|error| format!("{error:?}"))?;
        backward += milliseconds(begin);
    }
    Ok((forward, backward))
}

/// Compares steps on a batch in memory with steps fed by the loader from JPEG files, in alternation. The task is a
/// detection, whose images are the synthetic ones of the loader's own measurement.
///
/// # Errors
/// When files cannot be written or read, or the device fails.
pub fn with_loader(options: &Options) -> Result<LoaderCost, Box<dyn Error>> {
    let root = tempfile::tempdir()?;
    let written = write_bench_images(root.path(), NonZeroUsize::MIN.saturating_add(95))?;
    let folder_options = FolderOptions { input_size: options.size, ..FolderOptions::default() };
    let folder = Arc::new(DataFolder::open_with(&written, folder_options)?);
    let data = folder.tasks.first().ok_or("the synthetic data have no task")?;
    let (task, items) = (data.task.clone(), data.train.clone());
    let batch_options = BatchOptions {
        pixel_budget: options.batch * options.size.next_multiple_of(32).pow(2),
        augment: AugmentConfig::for_task(&task),
        seed: 0,
    };
    let source = Arc::new(BatchSource::new(
        Arc::clone(&folder),
        task.clone(),
        items,
        batch_options,
        CacheBudget::new(0),
    )?);
    let config = TrainConfig::default();
    let mut trainer = Trainer::new(options.preset.config(), vec![task], config, &options.device.open());
    let pool = LoaderPool::new(0)?;
    // The same batches in both: boxes and sizes vary, and with them the work.
    let ready: Vec<Batch> = (0..options.repeats as u64).map(|n| source.batch(n)).collect::<Result<_, _>>()?;
    let (mut from_memory, mut from_files) = (Vec::new(), Vec::new());
    for round in 0..3 {
        let begin = Instant::now();
        for batch in &ready {
            let draw = |_, _: Turn| Ok::<_, Infallible>(batch.clone());
            pollster::block_on(trainer.step(draw))?;
        }
        let memory = milliseconds(begin) / ready.len() as f64;
        let shared = Arc::clone(&source);
        let mut batches = Prefetch::new(&pool, 0..ready.len() as u64, 4, move |number| shared.batch(number));
        let begin = Instant::now();
        for _ in 0..ready.len() {
            let batch = batches.next().ok_or("the loader's threads have stopped")??;
            let draw = |_, _: Turn| Ok::<_, Infallible>(batch.clone());
            pollster::block_on(trainer.step(draw))?;
        }
        // The first round warms up.
        if round > 0 {
            from_memory.push(memory);
            from_files.push(milliseconds(begin) / ready.len() as f64);
        }
    }
    let (ready_ms, loaded_ms) = (median(from_memory), median(from_files));
    Ok(LoaderCost { ready_ms, loaded_ms, added_percent: (loaded_ms / ready_ms - 1.0) * 100.0 })
}

fn wait(tensor: Tensor<1>) {
    drop(tensor.into_data());
}
