//! How fast images are delivered to the training.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use medley_core::dataset::{AugmentConfig, TaskKind};
use medley_core::synth;
use serde::Serialize;

use super::pack::Encoding;
use super::synthetic::{SynthOptions, write_task};
use super::{
    BatchOptions, BatchSource, CacheBudget, DataError, DataFolder, FolderOptions, LoaderPool, Prefetch,
};

/// Batches made ahead, as in training.
const AHEAD: usize = 4;
/// Images of a batch.
const BATCH: usize = 16;
/// Side of the images in pixels.
pub const BENCH_SIZE: usize = 224;

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LoaderSpeed {
    /// The task whose images were read.
    pub task: String,
    /// Threads that read, decoded and changed them.
    pub threads: usize,
    /// Images delivered.
    pub images: usize,
    /// Time that they took.
    pub seconds: f64,
    /// Images per second.
    pub images_per_second: f64,
}

/// Reads, decodes and changes training images of the first task of `path` for about `duration`, with nothing
/// kept in memory, so that every image is decoded.
///
/// # Errors
/// When the data set cannot be read, or the threads cannot be started.
pub fn loader_speed(path: &Path, threads: usize, duration: Duration) -> Result<LoaderSpeed, DataError> {
    let options = FolderOptions { input_size: BENCH_SIZE, ..FolderOptions::default() };
    let folder = Arc::new(DataFolder::open_with(path, options)?);
    let empty = || DataError::layout(path, "this data set has no task");
    let data = folder.tasks.first().ok_or_else(empty)?;
    let (task, items) = (data.task.clone(), data.train.clone());
    let options = BatchOptions {
        pixel_budget: BATCH * task.input_size.next_multiple_of(32).pow(2),
        augment: AugmentConfig::for_task(&task),
        seed: 0,
    };
    let source = BatchSource::new(Arc::clone(&folder), task.clone(), items, options, CacheBudget::new(0))?;
    let pool = LoaderPool::new(threads)?;
    let mut batches = Prefetch::new(&pool, 0.., AHEAD, move |number| source.batch(number));

    let (start, mut images) = (Instant::now(), 0);
    while start.elapsed() < duration {
        let Some(batch) = batches.next() else { break };
        images += batch?.batch;
    }
    let seconds = start.elapsed().as_secs_f64();
    let images_per_second = images as f64 / seconds;
    Ok(LoaderSpeed { task: task.id, threads: pool.threads(), images, seconds, images_per_second })
}

/// Writes `images` synthetic JPEGs of 224 pixels below `out`, to be measured, and returns their folder. They are
/// in colour, which takes longest to decode, and have boxes.
///
/// # Errors
/// When they cannot be written.
pub fn write_bench_images(out: &Path, images: NonZeroUsize) -> Result<PathBuf, DataError> {
    let options =
        SynthOptions { images: images.get(), size: BENCH_SIZE, encoding: Encoding::Jpeg(90), seed: 0 };
    let slides = synth::tasks().into_iter().find(|task| task.kind == TaskKind::Detection);
    let task = slides.ok_or_else(|| DataError::Empty { task: "the built-in data".to_owned() })?;
    write_task(&task, out, options)
}
