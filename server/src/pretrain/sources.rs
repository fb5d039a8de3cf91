//! Where the batches of a run come from.

use std::collections::BTreeMap;
use std::sync::Arc;

use medley_core::train::{Sampler, Turn};

use medley_core::dataset::{
    AugmentConfig, Augmentation, Batch, Prepared, Sample, Task, TaskKind, batch_size_for, collate,
    sample_seed,
};
use medley_core::synth;
use medley_core::weights::Source as Provenance;

use super::{DataConfig, PretrainConfig};
use crate::data::{
    BatchOptions, BatchSource, CacheBudget, DataError, DataFolder, FolderOptions, Item, LoaderPool, Prefetch,
    VolumeCache, cases,
};

/// Bytes of decoded images that are kept in memory.
const CACHE_BYTES: usize = 4 << 30;
/// Side of the synthetic images.
const SYNTHETIC_SIZE: usize = 128;
/// Synthetic images that make an epoch; they never repeat, so this is only for people.
const SYNTHETIC_IMAGES: usize = 1000;
/// Synthetic images to watch the run on.
const SYNTHETIC_HELD_OUT: usize = 40;
/// Bytes of decoded volumes that are kept in memory.
const VOLUME_BYTES: usize = 1 << 30;
/// Batches made ahead of the loop.
const AHEAD: usize = 4;

/// Batch number `n` of a task.
type Make = Box<dyn Fn(u64) -> Result<Batch, DataError> + Send + Sync>;

/// The pictures of held-out case number `n` of a task: one, or the slices of a volume.
type LoadCase = Box<dyn Fn(usize) -> Result<Vec<Sample>, DataError> + Send + Sync>;

struct TaskSource {
    task: Task,
    images: usize,
    batches_per_epoch: u64,
    /// Pixels per batch.
    pixels: usize,
    make: Make,
    held_out: HeldOut,
}

/// Cases of a task that it does not learn from.
pub struct HeldOut {
    /// How many there are.
    pub cases: usize,
    /// Reads one of them.
    pub load: LoadCase,
}

/// All tasks of a run with their batches.
pub struct Sources {
    tasks: Arc<Vec<TaskSource>>,
    provenance: Vec<Provenance>,
    pool: LoaderPool,
    ahead: Option<Ahead>,
}

/// Batches on their way, in the order in which the sampler draws them.
struct Ahead {
    batches: Prefetch<Turn, Result<Batch, DataError>>,
    /// The inner step of the next one.
    next: u64,
}

impl Sources {
    /// Opens the configured data sets, or the built-in ones where none is configured. Data sets whose licence
    /// was excluded are left out with a warning.
    ///
    /// # Errors
    /// When a data set is damaged, or nothing is left.
    pub fn open(config: &PretrainConfig) -> Result<Self, DataError> {
        let pool = LoaderPool::new(0)?;
        let mut sources = Self { tasks: Arc::default(), provenance: Vec::new(), pool, ahead: None };
        let mut tasks = Vec::new();
        if config.data.is_empty() {
            tasks.extend(synth::tasks().into_iter().map(|task| synthetic(task, config)));
            let license = config.license.clone();
            sources.provenance.push(Provenance { id: "synthetic".to_owned(), license });
        }
        let budget = CacheBudget::new(CACHE_BYTES);
        let volumes = VolumeCache::new(VOLUME_BYTES);
        for data in &config.data {
            let options = FolderOptions {
                input_size: data.input_size,
                commercial_only: data.commercial_only,
                skip_empty_slices: data.skip_empty_slices,
                instances: data.instances,
            };
            let folder = match DataFolder::open_with(&data.path, options) {
                Err(error) if error.is_skippable() => {
                    tracing::warn!("left out: {error}");
                    continue;
                }
                opened => Arc::new(opened?.sharing(Arc::clone(&volumes))),
            };
            let (id, license) = (folder.manifest.id.clone(), folder.manifest.license.clone());
            if !sources.provenance.iter().any(|source| source.id == id) {
                sources.provenance.push(Provenance { id, license });
            }
            tasks.extend(from_folder(&folder, data, config, &budget)?);
        }
        if tasks.is_empty() {
            return Err(DataError::Empty { task: "the whole run".to_owned() });
        }
        sources.tasks = Arc::new(tasks);
        Ok(sources)
    }

    /// The tasks, in the order of their heads.
    pub fn tasks(&self) -> Vec<Task> {
        self.tasks.iter().map(|source| source.task.clone()).collect()
    }

    /// Training images per task.
    pub fn sizes(&self) -> BTreeMap<String, usize> {
        self.tasks.iter().map(|source| (source.task.id.clone(), source.images)).collect()
    }

    /// The data sets and their licences.
    pub fn provenance(&self) -> Vec<Provenance> {
        self.provenance.clone()
    }

    /// Batches per epoch of every task, in the order of their heads.
    pub fn batches_per_epoch(&self) -> Vec<u64> {
        self.tasks.iter().map(|source| source.batches_per_epoch).collect()
    }

    /// What a turn of each task costs, in the order of their heads: the pixels of a batch, which an encoder alone or an
    /// encoder and a decoder look at.
    pub fn costs(&self) -> Vec<f64> {
        let cost = |source: &TaskSource| {
            let parts = match source.task.kind {
                TaskKind::Classification | TaskKind::MultiLabel | TaskKind::Regression => 1.0,
                TaskKind::Segmentation | TaskKind::Detection => 2.0,
            };
            source.pixels as f64 * parts
        };
        self.tasks.iter().map(cost).collect()
    }

    /// The tasks with what is held out of them, in the order of their heads.
    pub fn held_out(&self) -> impl Iterator<Item = (&Task, &HeldOut)> {
        self.tasks.iter().map(|source| (&source.task, &source.held_out))
    }

    /// The batch of an inner step. Batches are made ahead as long as steps follow each other; any other step
    /// starts anew from there.
    ///
    /// # Errors
    /// When an image cannot be read.
    pub fn draw(&mut self, sampler: &Sampler, step: u64, turn: Turn) -> Result<Batch, DataError> {
        let mut ahead = match self.ahead.take() {
            Some(ahead) if ahead.next == step => ahead,
            _ => Ahead { batches: self.prefetch(sampler, step), next: step },
        };
        let batch = ahead.batches.next();
        ahead.next = step + 1;
        self.ahead = Some(ahead);
        // The row ends only when its thread panicked; making the batch here shows why.
        batch.unwrap_or_else(|| (self.tasks[turn.task].make)(turn.number))
    }

    fn prefetch(&self, sampler: &Sampler, step: u64) -> Prefetch<Turn, Result<Batch, DataError>> {
        let tasks = Arc::clone(&self.tasks);
        Prefetch::new(&self.pool, sampler.turns(step), AHEAD, move |turn: Turn| {
            (tasks[turn.task].make)(turn.number)
        })
    }
}

fn from_folder(
    folder: &Arc<DataFolder>,
    data: &DataConfig,
    config: &PretrainConfig,
    budget: &Arc<CacheBudget>,
) -> Result<Vec<TaskSource>, DataError> {
    let wanted = |kind| data.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind));
    let mut tasks = Vec::new();
    for found in folder.tasks.iter().filter(|found| wanted(found.task.kind)) {
        let task = found.task.clone();
        let pixels = data.pixel_budget.unwrap_or(config.pixel_budget);
        let options = BatchOptions {
            pixel_budget: pixels,
            augment: data.augment.unwrap_or_else(|| AugmentConfig::for_task(&task)),
            seed: config.train.seed,
        };
        let items = found.train.clone();
        let images = items.len();
        let batches = BatchSource::new(Arc::clone(folder), task.clone(), items, options, Arc::clone(budget))?;
        tasks.push(TaskSource {
            task,
            images,
            batches_per_epoch: batches.batches_per_epoch(),
            pixels,
            make: Box::new(move |number| batches.batch(number)),
            held_out: held_out(folder, &found.task, &found.val),
        });
    }
    Ok(tasks)
}

/// The cases of a data set's validation part.
fn held_out(folder: &Arc<DataFolder>, task: &Task, items: &[Item]) -> HeldOut {
    let cases = cases(task, items);
    let folder = Arc::clone(folder);
    HeldOut {
        cases: cases.len(),
        load: Box::new(move |case| cases[case].iter().map(|item| folder.load(item)).collect()),
    }
}

fn synthetic(task: Task, config: &PretrainConfig) -> TaskSource {
    let size = batch_size_for(config.pixel_budget, SYNTHETIC_SIZE, SYNTHETIC_SIZE) as u64;
    let (seed, augment) = (config.train.seed, AugmentConfig::for_task(&task));
    let (described, id) = (task.clone(), task.id.clone());
    let make = move |number: u64| {
        let image = |index: u64| {
            let sample = synth::generate(&task.id, sample_seed(seed, 0, index as usize), SYNTHETIC_SIZE)?;
            let prepared = Prepared::new(&sample, task.input_size);
            let seed = sample_seed(seed, 1, index as usize);
            Some(Augmentation::draw(&augment, seed, prepared.width, prepared.height).apply(prepared))
        };
        let images: Option<Vec<_>> = (number * size..(number + 1) * size).map(image).collect();
        images.map(collate).ok_or_else(|| DataError::Empty { task: task.id.clone() })
    };
    let load = move |case: usize| {
        let sample = synth::generate(&id, sample_seed(seed, 2, case), SYNTHETIC_SIZE);
        sample.map(|sample| vec![sample]).ok_or_else(|| DataError::Empty { task: id.clone() })
    };
    TaskSource {
        task: described,
        images: SYNTHETIC_IMAGES,
        batches_per_epoch: (SYNTHETIC_IMAGES as u64).div_ceil(size),
        pixels: config.pixel_budget,
        make: Box::new(make),
        held_out: HeldOut { cases: SYNTHETIC_HELD_OUT, load: Box::new(load) },
    }
}
