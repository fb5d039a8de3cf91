//! Making the measurements, one after the other.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use sha2::{Digest, Sha256};

use super::{
    Cell, Init, LearningData, Plan, Results, Row, Settings, TransferData, TransferError, metrics,
    write_report,
};
use crate::data::Item;
use crate::runs::{RunError, lock, remove_unfinished};

/// Why a model could not learn or be tested.
pub type RunnerError = Box<dyn Error + Send + Sync>;

/// The value of each metric by its name in [`metrics`]; `None` where the data do not define it.
pub type Scores = BTreeMap<String, Option<f64>>;

/// A model that has learnt.
#[derive(Clone, Debug)]
pub struct Learnt<M> {
    /// The model.
    pub model: M,
    /// Updates until its weights.
    pub updates: u64,
}

/// Who trains and tests. The test images are handed over with a finished model only, so that nothing which
/// learns or decides when to stop can have seen them.
pub trait Runner {
    /// A finished model.
    type Model;

    /// All settings of learning that change results, for comparison with those of earlier commands.
    fn settings(&self) -> toml::Table;

    /// What random weights are weights of.
    fn random(&self) -> String;

    /// Trains a model; `None` when asked to stop before it was done.
    ///
    /// # Errors
    /// Whatever keeps it from learning.
    fn learn(&mut self, cell: &Cell, data: &LearningData)
    -> Result<Option<Learnt<Self::Model>>, RunnerError>;

    /// Tests it: every metric of [`metrics`].
    ///
    /// # Errors
    /// Whatever keeps it from predicting.
    fn score(&mut self, cell: &Cell, model: &Self::Model, test: &[Item]) -> Result<Scores, RunnerError>;
}

/// A measurement that was just made.
#[derive(Debug)]
pub struct Progress<'a> {
    /// Which one.
    pub cell: &'a Cell,
    /// Its result.
    pub row: &'a Row,
    /// Name and value of the first metric.
    pub metric: &'a str,
    /// Measurements that are made.
    pub done: usize,
    /// Of so many.
    pub total: usize,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Measurements of the plan that are made.
    pub done: usize,
    /// Of so many.
    pub total: usize,
    /// The report on all of them.
    pub report: PathBuf,
}

/// Makes all measurements of a plan that are not in the folder `out` yet. After each the folder holds
/// `results.csv`, `report.md` and its plots; interrupted at any moment, the same call goes on with the next.
///
/// # Errors
/// When the folder holds results of other settings, cannot be written or is written to by another process, or
/// a measurement fails.
pub fn run<R: Runner>(
    plan: &Plan,
    data: &TransferData,
    runner: &mut R,
    out: &Path,
    stop: &AtomicBool,
    mut watch: impl FnMut(&Progress<'_>),
) -> Result<Outcome, TransferError> {
    fs::create_dir_all(out).map_err(RunError::io("create", out))?;
    // Held until the end: two processes would overwrite each other's results.
    let _lock = lock(out)?;
    remove_unfinished(out)?;
    let settings = settings(plan, data, runner)?.store(&out.join("settings.toml"))?;
    let mut results = Results::open(&out.join("results.csv"), metrics(data.task()))?;
    let cells: Vec<Cell> = plan.cells().collect();
    let made = |results: &Results| cells.iter().filter(|cell| results.has(cell)).count();
    for cell in &cells {
        if results.has(cell) {
            continue;
        }
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let Some(row) = measure(cell, data, runner, results.metrics())? else { break };
        results.add(row.clone())?;
        write_report(&results, &settings, out)?;
        let metric = results.metrics().first().map_or("", String::as_str);
        watch(&Progress { cell, row: &row, metric, done: made(&results), total: cells.len() });
    }
    let report = write_report(&results, &settings, out)?;
    Ok(Outcome { done: made(&results), total: cells.len(), report })
}

fn measure<R: Runner>(
    cell: &Cell,
    data: &TransferData,
    runner: &mut R,
    metrics: &[String],
) -> Result<Option<Row>, TransferError> {
    let failed = |source| TransferError::Cell { cell: cell.to_string(), source };
    let learning = data.learning(cell);
    let begun = Instant::now();
    let Some(learnt) = runner.learn(cell, &learning).map_err(failed)? else { return Ok(None) };
    let seconds = begun.elapsed().as_secs_f64();
    let scores = runner.score(cell, &learnt.model, data.test()).map_err(failed)?;
    let score = |metric: &String| {
        let missing = || TransferError::MissingScore { cell: cell.to_string(), metric: metric.clone() };
        let score = scores.get(metric).copied().ok_or_else(missing)?;
        // A number that is none would spoil the means of those that are.
        Ok(score.filter(|score| score.is_finite()))
    };
    Ok(Some(Row {
        fraction: cell.fraction,
        mode: cell.mode,
        init: cell.init.name(),
        seed: cell.seed,
        train: learning.train.len(),
        watch: learning.watch.len(),
        updates: learnt.updates,
        seconds,
        scores: metrics.iter().map(score).collect::<Result<_, TransferError>>()?,
    }))
}

fn settings<R: Runner>(plan: &Plan, data: &TransferData, runner: &R) -> Result<Settings, TransferError> {
    let mut models = BTreeMap::new();
    for init in plan.inits() {
        let which = match init {
            Init::Model(path) => {
                let bytes = fs::read(path).map_err(RunError::io("read", path))?;
                Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect()
            }
            Init::Random => runner.random(),
        };
        models.insert(init.name(), which);
    }
    Ok(Settings {
        data: data.folder().manifest.id.clone(),
        task: data.task().id.clone(),
        images: data.sizes(),
        learning: runner.settings(),
        models,
    })
}
