//! The training batches of one task, by number.

use std::sync::Arc;

use medley_core::dataset::{
    AugmentConfig, Augmentation, Batch, Prepared, Task, batch_size_for, collate, collate_cases, epoch_order,
    sample_seed,
};
use rayon::prelude::*;

use super::cases::labelled;
use super::{CacheBudget, DataError, DataFolder, Item, SampleCache};

/// How batches are made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchOptions {
    /// About this many pixels are in a batch; there is at least one image.
    pub pixel_budget: usize,
    /// Random changes.
    pub augment: AugmentConfig,
    /// Seed of order and changes.
    pub seed: u64,
}

/// An endless row of batches of one task. Batch number `n` is the same whenever and wherever it is asked
/// for: nothing is remembered but pixels.
#[derive(Debug)]
pub struct BatchSource {
    folder: Arc<DataFolder>,
    task: Task,
    items: Vec<Item>,
    /// The items of each case, where the task looks at several of a case together.
    cases: Option<Vec<Vec<usize>>>,
    cache: SampleCache,
    options: BatchOptions,
    batch_size: usize,
}

impl BatchSource {
    /// Batches of `items`, which belong to `task` of `folder`.
    ///
    /// # Errors
    /// [`DataError::Empty`] when there is no item, [`DataError::Case`] when the items of a multi-instance case differ in
    /// their labels.
    pub fn new(
        folder: Arc<DataFolder>,
        task: Task,
        items: Vec<Item>,
        options: BatchOptions,
        budget: Arc<CacheBudget>,
    ) -> Result<Self, DataError> {
        if items.is_empty() {
            return Err(DataError::Empty { task: task.id });
        }
        let cache = SampleCache::new(items.len(), budget);
        let images = batch_size_for(options.pixel_budget, task.input_size, task.input_size);
        let cases = task.instances.map(|_| labelled(&task, &items)).transpose()?;
        let batch_size = match (&cases, task.instances) {
            (Some(cases), Some(instances)) => (images / instances).clamp(1, cases.len()),
            _ => images.min(items.len()),
        };
        Ok(Self { folder, task, items, cases, cache, options, batch_size })
    }

    /// What the batches are for.
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// Images, or cases, per batch; the last one of an epoch may have fewer.
    pub fn batch_size(&self) -> usize {
        self.batch_size
    }

    /// Batches in which every image, or case, comes once.
    pub fn batches_per_epoch(&self) -> u64 {
        self.units().div_ceil(self.batch_size) as u64
    }

    fn units(&self) -> usize {
        self.cases.as_ref().map_or(self.items.len(), Vec::len)
    }

    /// Batch number `number`, counted from 0 across epochs. Its images are read by the threads of the rayon
    /// pool that it is called in; each is a function of its number alone, and they keep their order.
    ///
    /// # Errors
    /// When an image or its label cannot be read.
    pub fn batch(&self, number: u64) -> Result<Batch, DataError> {
        let epoch = number / self.batches_per_epoch();
        let position = (number % self.batches_per_epoch()) as usize;
        let order = epoch_order(self.units(), self.options.seed, epoch);
        let start = position * self.batch_size;
        let members = &order[start..order.len().min(start + self.batch_size)];
        if let (Some(cases), Some(instances)) = (&self.cases, self.task.instances) {
            let case = |index: &usize| self.case(&cases[*index], instances.get(), epoch);
            return Ok(collate_cases(members.par_iter().map(case).collect::<Result<_, _>>()?));
        }
        let samples = members.par_iter().map(|index| self.sample(*index, epoch)).collect::<Result<_, _>>()?;
        Ok(collate(samples))
    }

    /// As many images of a case as are looked at together, drawn anew in each epoch, in their order.
    fn case(&self, members: &[usize], instances: usize, epoch: u64) -> Result<Vec<Prepared>, DataError> {
        let seed = sample_seed(self.options.seed, epoch, members.first().copied().unwrap_or(0));
        let mut drawn = epoch_order(members.len(), seed, epoch);
        drawn.truncate(instances);
        drawn.sort_unstable();
        drawn.into_iter().map(|place| self.sample(members[place], epoch)).collect()
    }

    /// Image `index` as it is shown in an epoch.
    fn sample(&self, index: usize, epoch: u64) -> Result<Prepared, DataError> {
        let load = || self.folder.load(&self.items[index]);
        let sample = self.cache.get(index, self.task.input_size, load)?;
        let seed = sample_seed(self.options.seed, epoch, index);
        let change = Augmentation::draw(&self.options.augment, seed, sample.width, sample.height);
        Ok(change.apply(sample))
    }
}
