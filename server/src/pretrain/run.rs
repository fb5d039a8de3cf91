//! One run, from its first batch to its model file.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use burn::tensor::Device;
use indicatif::{ProgressBar, ProgressStyle};
use medley_core::Medley;
use medley_core::train::{StateError, StepError, Trainer, Update};
use medley_core::weights::{ModelMetadata, Provenance, WeightsError, read_back};
use thiserror::Error;

use super::PretrainConfig;
use super::sources::Sources;
use crate::data::DataError;
use crate::runs::{Checkpoints, Event, EventLog, RunError, RunFolder, write_atomically};

/// How many training states are kept.
const KEEP: usize = 2;

/// What a run needs besides its configuration.
#[derive(Debug)]
pub struct RunOptions<'a> {
    /// The run's folder.
    pub out: PathBuf,
    /// Go on from the newest checkpoint.
    pub resume: bool,
    /// Set from outside to end the run after the current update.
    pub stop: &'a AtomicBool,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Updates made.
    pub update: u64,
    /// The model file, when all updates were made.
    pub model: Option<PathBuf>,
}

/// Why a run stopped.
#[derive(Debug, Error)]
pub enum PretrainError {
    /// The data.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The run folder.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The device.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// A batch does not fit its task.
    #[error(transparent)]
    Loss(#[from] medley_core::task::LossError),
    /// The loss is not a number.
    #[error(
        "the loss of {task} is not a number at update {update}; continue with --resume and a smaller learning rate"
    )]
    NotFinite {
        /// The task.
        task: String,
        /// The update.
        update: u64,
    },
    /// The configuration changed in a way that resuming cannot follow.
    #[error(
        "the checkpoint was made with other tasks ({0}); resume with the configuration in the run's folder"
    )]
    OtherTasks(String),
    /// The checkpoint is whole, but not one of this program.
    #[error("{} was written by another version of medley: resume with that one, or start again with --out", .0.display())]
    OtherVersion(PathBuf, #[source] StateError),
    /// The configuration cannot be written as TOML.
    #[error("the configuration cannot be stored")]
    Config(#[source] toml::ser::Error),
}

/// Runs or resumes pretraining.
///
/// # Errors
/// When data, disk or device fail; the last checkpoint stays usable.
pub fn run(config: &PretrainConfig, options: &RunOptions<'_>) -> Result<Outcome, PretrainError> {
    let device = config.device.open();
    let folder = RunFolder::open(&options.out, options.resume)?;
    let mut sources = Sources::open(config)?;
    let mut trainer = start(config, options, &folder, &sources, &device)?;
    let text = toml::to_string_pretty(config).map_err(PretrainError::Config)?;
    write_atomically(&folder.config(), text.as_bytes())?;

    let mut log = EventLog::open(&folder.events())?;
    log.write(&Event::Start {
        update: trainer.update,
        device: config.device.name().to_owned(),
        tasks: sources.sizes(),
        updates: trainer.config.updates,
    })?;
    let bar = progress_bar(&trainer);
    let mut window = Window::new();
    let mut saved = Instant::now();

    while trainer.update < trainer.config.updates && !options.stop.load(Ordering::Relaxed) {
        let step = trainer.step(|task, index| sources.draw(task, index));
        let update = step.map_err(|error| match error {
            StepError::Batch(error) => PretrainError::Data(error),
            StepError::Loss(error) => PretrainError::Loss(error),
        })?;
        window.add(&trainer, update)?;
        if let Some(progress) = window.finish_if_due(&trainer) {
            bar.set_position(trainer.update);
            bar.set_message(progress.line());
            log.write(&progress.event)?;
        }
        if saved.elapsed() >= Duration::from_secs(config.checkpoint_seconds) {
            save(&trainer, &folder, &mut log)?;
            saved = Instant::now();
        }
    }
    save(&trainer, &folder, &mut log)?;
    let complete = trainer.update >= trainer.config.updates;
    let reason = (!complete).then(|| "interrupted".to_owned());
    log.write(&Event::End { update: trainer.update, complete, reason })?;
    bar.abandon();
    let model =
        if complete { Some(write_model(config, &trainer, &sources, &folder, &device)?) } else { None };
    Ok(Outcome { update: trainer.update, model })
}

fn start(
    config: &PretrainConfig,
    options: &RunOptions<'_>,
    folder: &RunFolder,
    sources: &Sources,
    device: &Device,
) -> Result<Trainer, PretrainError> {
    if !options.resume {
        return Ok(Trainer::new(config.preset.config(), sources.tasks(), config.train.clone(), device));
    }
    let checkpoint = Checkpoints::new(&folder.checkpoints(), KEEP).latest()?;
    let mut trainer = Trainer::from_bytes(&checkpoint.payload, device)
        .map_err(|error| PretrainError::OtherVersion(checkpoint.path, error))?;
    if trainer.network.tasks != sources.tasks() {
        let ids: Vec<String> = trainer.network.tasks.iter().map(|task| task.id.clone()).collect();
        return Err(PretrainError::OtherTasks(ids.join(", ")));
    }
    // More updates or another rate may be asked for when going on.
    trainer.config = config.train.clone();
    Ok(trainer)
}

fn save(trainer: &Trainer, folder: &RunFolder, log: &mut EventLog) -> Result<(), PretrainError> {
    let begin = Instant::now();
    let bytes = pollster::block_on(trainer.to_bytes())?;
    Checkpoints::new(&folder.checkpoints(), KEEP).write(trainer.update, &bytes)?;
    log.write(&Event::Checkpoint {
        update: trainer.update,
        seconds: begin.elapsed().as_secs_f64(),
        bytes: bytes.len() as u64,
    })?;
    Ok(())
}

fn write_model(
    config: &PretrainConfig,
    trainer: &Trainer,
    sources: &Sources,
    folder: &RunFolder,
    device: &Device,
) -> Result<PathBuf, PretrainError> {
    let metadata = ModelMetadata {
        preset: Some(config.preset),
        config: trainer.network.config.clone(),
        tasks: trainer.network.tasks.clone(),
        provenance: Provenance {
            sources: sources.provenance(),
            updates: trainer.update,
            seed: trainer.config.seed,
            program: concat!("medley ", env!("CARGO_PKG_VERSION")).to_owned(),
        },
        license: config.license.clone(),
    };
    let bytes = pollster::block_on(Medley::new(&trainer.network, metadata, device).to_bytes())?;
    write_atomically(&folder.model(), &bytes)?;
    Ok(folder.model())
}

fn progress_bar(trainer: &Trainer) -> ProgressBar {
    let bar = ProgressBar::new(trainer.config.updates).with_position(trainer.update);
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} updates, {eta} left\n{msg}");
    // The template is a constant; without it the default style would do.
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.reset_eta();
    bar
}

/// Means over the updates since the last report.
struct Window {
    losses: BTreeMap<String, f32>,
    updates: u32,
    images: usize,
    rate: f64,
    since: Instant,
}

/// Time between reports.
const REPORT_EVERY: Duration = Duration::from_secs(2);

impl Window {
    fn new() -> Self {
        Self { losses: BTreeMap::new(), updates: 0, images: 0, rate: 0.0, since: Instant::now() }
    }

    /// Reads the losses, which waits for the device: once per update, not per task.
    fn add(&mut self, trainer: &Trainer, update: Update) -> Result<(), PretrainError> {
        for (task, loss) in trainer.network.tasks.iter().zip(update.losses) {
            let values = pollster::block_on(read_back(loss))?;
            let value = values.first().copied().unwrap_or(f32::NAN);
            if !value.is_finite() {
                return Err(PretrainError::NotFinite { task: task.id.clone(), update: trainer.update });
            }
            *self.losses.entry(task.id.clone()).or_default() += value;
        }
        self.updates += 1;
        self.images += update.images;
        self.rate = update.rate;
        Ok(())
    }

    fn finish_if_due(&mut self, trainer: &Trainer) -> Option<Progress> {
        let elapsed = self.since.elapsed();
        let last = trainer.update == trainer.config.updates;
        if self.updates == 0 || (elapsed < REPORT_EVERY && !last) {
            return None;
        }
        let window = std::mem::replace(self, Self::new());
        let losses: BTreeMap<String, f32> =
            window.losses.into_iter().map(|(task, sum)| (task, sum / window.updates as f32)).collect();
        let images_per_second = window.images as f64 / elapsed.as_secs_f64();
        let event = Event::Progress {
            update: trainer.update,
            losses,
            rate: window.rate,
            images_per_second,
            memory: None,
            gradient_norm: None,
            skipped: 0,
        };
        Some(Progress { event })
    }
}

struct Progress {
    event: Event,
}

impl Progress {
    fn line(&self) -> String {
        let Event::Progress { losses, images_per_second, .. } = &self.event else { return String::new() };
        let losses: Vec<String> =
            losses.iter().map(|(task, loss)| format!("  {task:<28} {loss:.3}")).collect();
        format!("{images_per_second:.1} images/s, loss per task:\n{}", losses.join("\n"))
    }
}
