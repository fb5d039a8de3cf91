//! How a model learns and predicts.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use burn::tensor::Device;
use medley_core::Medley;
use medley_core::adapt::{Mode as TuneMode, TuneConfig, Tuner};
use medley_core::dataset::{AugmentConfig, Task};
use medley_core::model::{ModelConfig, Network, Preset};
use medley_core::weights::{ModelMetadata, Provenance};

use super::{
    Cell, Init, LearningData, Learnt, Mode, Runner, RunnerError, Scores, TransferData, TransferError, metrics,
};
use crate::data::{
    BatchOptions, BatchSource, CacheBudget, DataFolder, Item, LoaderPool, Prefetch, TaskData, cases,
};
use crate::evaluate::{Tally, predict_case};

/// Images, or cases, per step.
const BATCH: usize = 8;
/// Batches made ahead.
const AHEAD: usize = 4;
/// Bytes of decoded images that are kept.
const CACHE_BYTES: usize = 2 << 30;
/// Looks at the watched images in a course.
const LOOKS: u64 = 20;
/// Looks without a better score after which a course ends.
const PATIENCE: u32 = 6;

/// Fine-tunes models on this machine.
#[derive(Debug)]
pub struct Learner<'a> {
    folder: Arc<DataFolder>,
    task: Task,
    updates: u64,
    device: Device,
    /// The architecture of random weights.
    architecture: ModelConfig,
    stop: &'a AtomicBool,
    pool: LoaderPool,
    cache: Arc<CacheBudget>,
}

impl<'a> Learner<'a> {
    /// Learns the task of `data` from `inits` in at most `updates` updates per model. Random weights have the
    /// architecture of the first model file, or that of the preset `nano` where there is none. `stop` is set from
    /// outside to give up.
    ///
    /// # Errors
    /// When the threads that read images cannot be started, or that model file cannot be read.
    pub fn new(
        data: &TransferData,
        inits: &[Init],
        updates: u64,
        device: Device,
        stop: &'a AtomicBool,
    ) -> Result<Self, TransferError> {
        let first = inits.iter().find_map(|init| match init {
            Init::Model(path) => Some(path),
            Init::Random => None,
        });
        let architecture = match first {
            Some(path) => {
                let model = read(path, &device).map_err(|error| TransferError::Model(path.clone(), error))?;
                model.network().config.clone()
            }
            None => Preset::Nano.config(),
        };
        Ok(Self {
            folder: Arc::clone(data.folder()),
            task: data.task().clone(),
            updates,
            device,
            architecture,
            stop,
            pool: LoaderPool::new(0)?,
            cache: CacheBudget::new(CACHE_BYTES),
        })
    }

    /// The initial network.
    fn initial(&self, cell: &Cell) -> Result<Network, RunnerError> {
        match &cell.init {
            Init::Model(path) => Ok(read(path, &self.device)?.network().clone()),
            Init::Random => {
                self.device.seed(cell.seed);
                let network = Network::new(self.architecture.clone(), Vec::new(), &self.device);
                // Parameters are created when first used.
                medley_core::model::parameters(&network.foundation);
                Ok(network)
            }
        }
    }

    fn medley(&self, network: &Network) -> Medley {
        let metadata = ModelMetadata {
            preset: None,
            config: network.config.clone(),
            tasks: network.tasks.clone(),
            provenance: Provenance::default(),
            license: String::new(),
        };
        Medley::new(network, metadata, &self.device)
    }

    fn tally(&self, medley: &Medley, items: &[Item]) -> Result<Tally, RunnerError> {
        let mut tally = Tally::new(&self.task);
        for case in cases(&self.task, items) {
            let samples: Vec<_> = case.iter().map(|item| self.folder.load(item)).collect::<Result<_, _>>()?;
            tally.add_case(predict_case(medley, &self.task, &samples)?);
        }
        Ok(tally)
    }

    /// The score by which a course ends early.
    fn watched(&self, medley: &Medley, items: &[Item]) -> Result<Option<f64>, RunnerError> {
        let tally = self.tally(medley, items)?;
        let first = metrics(&self.task).into_iter().next();
        let scores = tally.scores(&self.task);
        Ok(scores
            .into_iter()
            .find(|score| Some(&score.metric) == first.as_ref())
            .and_then(|score| score.value))
    }
}

fn read(path: &Path, device: &Device) -> Result<Medley, RunnerError> {
    let bytes = std::fs::read(path).map_err(crate::runs::RunError::io("read", path))?;
    Ok(Medley::from_bytes(&bytes, device)?)
}

fn config(cell: &Cell, steps: u64) -> TuneConfig {
    let mode = match cell.mode {
        Mode::Frozen => TuneMode::Frozen,
        Mode::Decoder => TuneMode::Decoder,
        Mode::Lora => TuneMode::Lora,
        Mode::Finetuned => TuneMode::Full,
    };
    TuneConfig { mode, steps, seed: cell.seed, ..TuneConfig::default() }
}

impl Runner for Learner<'_> {
    type Model = Medley;

    fn settings(&self) -> toml::Table {
        let defaults = TuneConfig::default();
        let mut settings = toml::Table::new();
        settings.insert("updates".to_owned(), (self.updates as i64).into());
        settings.insert("batch".to_owned(), (BATCH as i64).into());
        settings.insert("learning_rate".to_owned(), defaults.learning_rate.into());
        settings.insert("head_learning_rate".to_owned(), defaults.head_learning_rate.into());
        settings.insert("weight_decay".to_owned(), defaults.weight_decay.into());
        settings.insert("input_size".to_owned(), (self.task.input_size as i64).into());
        if let Some(instances) = self.task.instances {
            settings.insert("instances".to_owned(), (instances.get() as i64).into());
        }
        settings
    }

    fn random(&self) -> String {
        serde_json::json!(self.architecture).to_string()
    }

    fn learn(&mut self, cell: &Cell, data: &LearningData) -> Result<Option<Learnt<Medley>>, RunnerError> {
        // Eight images, or eight cases.
        let images = self.task.instances.map_or(BATCH, |instances| BATCH * instances.get());
        let options = BatchOptions {
            pixel_budget: images * self.task.input_size.next_multiple_of(32).pow(2),
            augment: AugmentConfig::for_task(&self.task),
            seed: cell.seed,
        };
        // Numbers are scaled by those that are learnt from: the others are not known.
        let known = TaskData::scaled(&self.task, &data.train);
        let (folder, task) = (Arc::clone(&self.folder), known.clone());
        let source = BatchSource::new(folder, task, data.train.clone(), options, Arc::clone(&self.cache))?;
        let mut batches = Prefetch::new(&self.pool, 0.., AHEAD, move |number| source.batch(number));
        let network = self.initial(cell)?;
        let mut tuner = Tuner::new(&network, known, config(cell, self.updates), &self.device);
        let mut best: Option<(f64, u64, Network)> = None;
        let mut looks_since = 0;
        let every = self.updates.div_ceil(LOOKS).max(1);
        while tuner.steps() < self.updates {
            if self.stop.load(Ordering::Relaxed) {
                return Ok(None);
            }
            let batch = batches.next().ok_or("the threads that read images have stopped")??;
            pollster::block_on(tuner.step(&batch))?;
            if data.watch.is_empty() || !tuner.steps().is_multiple_of(every) {
                continue;
            }
            let network = tuner.network();
            let score = self.watched(&self.medley(&network), &data.watch)?.unwrap_or(f64::NEG_INFINITY);
            looks_since += 1;
            if best.as_ref().is_none_or(|(highest, ..)| score > *highest) {
                best = Some((score, tuner.steps(), network));
                looks_since = 0;
            }
            if looks_since >= PATIENCE {
                break;
            }
        }
        let (updates, network) =
            best.map_or_else(|| (tuner.steps(), tuner.network()), |(_, updates, network)| (updates, network));
        Ok(Some(Learnt { model: self.medley(&network), updates }))
    }

    fn score(&mut self, _: &Cell, model: &Medley, test: &[Item]) -> Result<Scores, RunnerError> {
        let found = self.tally(model, test)?.scores(&self.task);
        let wanted = metrics(&self.task);
        let scores = found.into_iter().map(|score| (score.metric, score.value));
        Ok(scores.filter(|(name, _)| wanted.contains(name)).collect())
    }
}
