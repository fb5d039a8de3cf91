//! How peak memory grows with the number of tasks: the method's claim is that it does not.

use std::convert::Infallible;

use medley_core::dataset::TaskKind;
use medley_core::model::{Preset, parameters};
use medley_core::train::{StepError, TrainConfig, Trainer, Turn};
use serde::Serialize;

use super::{batch, task};
use crate::device::DeviceChoice;
use crate::runs::peak_process_memory;

/// Images per batch.
const BATCH: usize = 16;
/// Their side.
const SIZE: usize = 224;
/// Bytes of a number.
const FLOAT: usize = 4;
/// A weight and its two moments.
const COPIES: usize = 3;

/// Peak memory of a process that trained.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Memory {
    /// Tasks.
    pub tasks: usize,
    /// Highest memory of the process, or of the device's allocator where it tells.
    pub peak_bytes: u64,
    /// Bytes of the heads and the state of their optimisers, which every task adds.
    pub head_bytes: u64,
}

/// Trains `nano` over `tasks` segmentation tasks for `updates` updates.
///
/// # Errors
/// When the device fails.
pub fn run(tasks: usize, updates: u64, device: DeviceChoice) -> Result<Memory, StepError<Infallible>> {
    let opened = device.open();
    let kind = TaskKind::Segmentation;
    let all = (0..tasks).map(|number| task(kind, format!("task-{number}"), SIZE)).collect();
    let config = TrainConfig { updates, ..TrainConfig::default() };
    let mut trainer = Trainer::new(Preset::Nano.config(), all, config, &opened);
    for _ in 0..updates {
        let draw = |_, _: Turn| Ok::<_, Infallible>(batch(kind, BATCH, SIZE));
        pollster::block_on(trainer.step(draw))?;
    }
    let of_device = opened.memory_pool_usage().map(|usage| usage.bytes_reserved);
    let numbers: usize =
        trainer.network.heads.iter().flat_map(parameters).map(|p| p.shape.iter().product::<usize>()).sum();
    Ok(Memory {
        tasks,
        peak_bytes: of_device.or_else(peak_process_memory).unwrap_or(0),
        head_bytes: (numbers * FLOAT * COPIES) as u64,
    })
}
