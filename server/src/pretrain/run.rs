//! One run, from its first batch to its model file.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use burn::tensor::{Device, FloatDType};
use medley_core::Medley;
use medley_core::train::{ComputePrecision, Sampler, Trainer, Update};
use medley_core::weights::{ModelMetadata, Provenance, import_swin_v2};

use super::held_out::validate;
use super::recovery::{Action, Recovery};
use super::sources::Sources;
use super::window::Window;
use super::{PretrainConfig, PretrainError, parallel};
use crate::device::{DeviceChoice, OpenDevice, open_all, read_token};
use crate::runs::{
    Checkpoint, CheckpointWriter, Checkpoints, Event, EventLog, PendingState, RunError, RunFolder,
    TensorBoard, Watch, Written, process_memory, read_events, valid_events, write_atomically, write_report,
};
use crate::settings::nearest;
use crate::weights::read_swin_v2;

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
    /// The model file, when the run is complete.
    pub model: Option<PathBuf>,
}

/// A checkpoint takes at most this share of the time.
const CHECKPOINT_SHARE: u32 = 100;

/// Runs or resumes pretraining.
///
/// # Errors
/// When data, disk or device fail; the last checkpoint stays usable.
pub fn run(config: &PretrainConfig, options: &RunOptions<'_>) -> Result<Outcome, PretrainError> {
    let sources = Sources::open(config)?;
    let config = &resolved(config, &sources)?;
    let mut run = Run::open(config, sources, options)?;
    let ended = run.train(options.stop).map_err(PretrainError::while_running);
    if ended.is_err() {
        // The weights are those of the last whole update; what stopped the run matters more than a second error.
        if let Err(error) = run.save().and_then(|()| run.settle()) {
            tracing::warn!("the last updates are lost: {error}");
        }
    }
    let reason = ended?;
    run.save()?;
    run.settle()?;
    let is_complete = !matches!(reason, Ending::Interrupted);
    run.journal.write(&Event::End {
        update: run.trainer.update,
        complete: is_complete,
        reason: reason.words().map(str::to_owned),
    })?;
    let model = if is_complete { Some(run.write_model()?) } else { None };
    write_report(&run.folder)?;
    Ok(Outcome { update: run.trainer.update, model })
}

/// Why a run ends without an error.
enum Ending {
    Finished,
    StoppedEarly,
    Interrupted,
}

impl Ending {
    fn words(&self) -> Option<&'static str> {
        match self {
            Self::Finished => None,
            Self::StoppedEarly => Some("stopped early: the held-out scores no longer rose"),
            Self::Interrupted => Some("interrupted"),
        }
    }
}

/// A run that is going on.
struct Run<'a> {
    config: &'a PretrainConfig,
    /// The devices that make the turns; the first one has the state.
    devices: Vec<OpenDevice>,
    device: Device,
    folder: RunFolder,
    checkpoints: Checkpoints,
    writer: CheckpointWriter,
    sources: Sources,
    trainer: Trainer,
    journal: Journal,
    recovery: Recovery,
    best: Best,
    saved: Saved,
}

/// Everything that is told about a run: the event log, `TensorBoard`'s file, and what the terminal shows.
struct Journal {
    log: EventLog,
    tensorboard: TensorBoard,
    watch: Watch,
}

impl Journal {
    fn open(folder: &RunFolder) -> Result<Self, RunError> {
        let log = EventLog::open(&folder.events())?;
        Ok(Self { log, tensorboard: TensorBoard::new(folder), watch: Watch::new() })
    }

    fn write(&mut self, event: &Event) -> Result<(), RunError> {
        let timed = self.log.write(event)?;
        self.watch.show(&timed);
        self.tensorboard.write(&timed)
    }
}

/// The best held-out mean so far.
#[derive(Default)]
struct Best {
    criterion: Option<f64>,
    looks_since: u32,
}

/// The last checkpoint.
struct Saved {
    at: Instant,
    update: Option<u64>,
    cost: Duration,
}

impl<'a> Run<'a> {
    fn open(
        config: &'a PretrainConfig,
        sources: Sources,
        options: &RunOptions<'_>,
    ) -> Result<Self, PretrainError> {
        let devices = opened(config)?;
        let device = devices.first().map_or_else(Device::flex, |first| first.device.clone());
        let folder = RunFolder::open(&options.out, options.resume)?;
        let checkpoints = Checkpoints::new(&folder.checkpoints(), config.keep_checkpoints);
        let mut trainer = if options.resume {
            restored(&checkpoints.latest()?, config, &sources, &device)?
        } else {
            begun(config, &sources, &device)?
        };
        spread(&mut trainer, config, &devices, &sources)?;
        let text = toml::to_string_pretty(config).map_err(PretrainError::Config)?;
        write_atomically(&folder.config(), text.as_bytes())?;
        let best = best_so_far(&folder, trainer.update)?;
        let mut journal = Journal::open(&folder)?;
        journal.write(&Event::Start {
            update: trainer.update,
            device: devices.iter().map(|device| device.name.as_str()).collect::<Vec<_>>().join(", "),
            tasks: sources.sizes(),
            updates: trainer.config.updates,
        })?;
        Ok(Self {
            recovery: Recovery::new(config.max_skipped),
            saved: Saved {
                at: Instant::now(),
                update: options.resume.then_some(trainer.update),
                cost: Duration::ZERO,
            },
            config,
            devices,
            device,
            folder,
            writer: CheckpointWriter::new(checkpoints.clone()),
            checkpoints,
            sources,
            trainer,
            journal,
            best,
        })
    }

    /// Makes updates until there is a reason to end.
    fn train(&mut self, stop: &AtomicBool) -> Result<Ending, PretrainError> {
        let mut window = Window::new();
        while self.trainer.update < self.trainer.config.updates {
            if stop.load(Ordering::Relaxed) {
                return Ok(Ending::Interrupted);
            }
            let update = self.step()?;
            self.note_interference(&update)?;
            let action = self.recovery.after(update.is_skipped && !update.is_overflow);
            window.add(&self.trainer, update);
            match action {
                Action::GoOn => {}
                // What was looked at there is not looked at again.
                Action::GoBack => {
                    self.go_back()?;
                    continue;
                }
                Action::GiveUp { times } => return Err(PretrainError::Hopeless { times }),
            }
            let report = window.report(&self.trainer, memory(&self.device), self.recovery.skipped);
            if let Some(event) = report {
                self.journal.write(&event)?;
            }
            let validation = &self.config.validation;
            if validation.every > 0 && self.trainer.update.is_multiple_of(validation.every) {
                self.validate()?;
                if validation.patience.is_some_and(|patience| self.best.looks_since >= patience) {
                    return Ok(Ending::StoppedEarly);
                }
            }
            let written = self.writer.written()?;
            self.note_written(written)?;
            if self.saved.at.elapsed() >= self.pause() {
                self.save()?;
            }
        }
        Ok(Ending::Finished)
    }

    fn step(&mut self) -> Result<Update, PretrainError> {
        let sampler = self.trainer.sampler().clone();
        let draw = |step, turn| self.sources.draw(&sampler, step, turn);
        parallel::step(&mut self.trainer, draw).map_err(|error| PretrainError::of_step(error, &self.devices))
    }

    /// The time between two checkpoints; none when they are wanted after every update.
    fn pause(&self) -> Duration {
        match self.config.checkpoint_seconds {
            0 => Duration::ZERO,
            seconds => Duration::from_secs(seconds).max(self.saved.cost * CHECKPOINT_SHARE),
        }
    }

    fn note_interference(&mut self, update: &Update) -> Result<(), PretrainError> {
        if let Some(found) = &update.interference {
            self.journal.write(&Event::Interference {
                update: self.trainer.update,
                tasks: self.trainer.network.tasks.iter().map(|task| task.id.clone()).collect(),
                cosine: found.cosine.clone(),
                share: found.share.clone(),
            })?;
        }
        Ok(())
    }

    fn validate(&mut self) -> Result<(), PretrainError> {
        let update = self.trainer.update;
        let medley = self.model();
        let cases = self.config.validation.cases;
        let event = validate(&medley, &self.sources, &self.folder, update, cases)?;
        if let Event::Validation { scores, criterion, pictures, .. } = event {
            let is_best = criterion > self.best.criterion;
            self.best.looks_since += 1;
            // The log first: a state on the disk then always has its scores there.
            self.journal.write(&Event::Validation { update, scores, criterion, best: is_best, pictures })?;
            if is_best {
                self.best = Best { criterion, looks_since: 0 };
                self.hand_over(true)?;
            }
        }
        Ok(write_report(&self.folder)?)
    }

    /// Writes a checkpoint, unless this update has one, or its weights are no good to go back to.
    fn save(&mut self) -> Result<(), PretrainError> {
        if self.saved.update == Some(self.trainer.update) || self.recovery.is_in_trouble() {
            return Ok(());
        }
        let begin = Instant::now();
        self.hand_over(false)?;
        self.saved = Saved { at: Instant::now(), update: Some(self.trainer.update), cost: begin.elapsed() };
        Ok(())
    }

    /// Reads the state back from the device and lets the writer have it.
    fn hand_over(&mut self, best: bool) -> Result<(), PretrainError> {
        let payload = pollster::block_on(self.trainer.to_bytes())?;
        let written = self.writer.write(PendingState { update: self.trainer.update, payload, best })?;
        self.note_written(written)
    }

    /// Waits until all checkpoints are on the disk.
    fn settle(&mut self) -> Result<(), PretrainError> {
        let next = CheckpointWriter::new(self.checkpoints.clone());
        let written = std::mem::replace(&mut self.writer, next).finish()?;
        self.note_written(written)
    }

    fn note_written(&mut self, written: Vec<Written>) -> Result<(), PretrainError> {
        for Written { update, bytes, .. } in written {
            let seconds = self.saved.cost.as_secs_f64();
            self.journal.write(&Event::Checkpoint { update, seconds, bytes })?;
        }
        Ok(())
    }

    /// Goes on from the last checkpoint with half the learning rate.
    fn go_back(&mut self) -> Result<(), PretrainError> {
        let update = self.trainer.update;
        self.settle()?;
        if self.checkpoints.is_empty()? {
            return Err(PretrainError::NotFinite { skipped: self.config.max_skipped });
        }
        let factor = self.trainer.rate_factor / 2.0;
        let mut checkpoint = self.checkpoints.latest()?;
        if self.recovery.goes_round() && self.checkpoints.has_before(checkpoint.update)? {
            self.checkpoints.discard_from(checkpoint.update)?;
            checkpoint = self.checkpoints.latest()?;
        }
        self.trainer = restored(&checkpoint, self.config, &self.sources, &self.device)?;
        spread(&mut self.trainer, self.config, &self.devices, &self.sources)?;
        self.trainer.rate_factor = factor;
        let reason = format!("{} updates in a row had a loss that is no number", self.config.max_skipped);
        tracing::warn!("{reason}; going on from update {} with half the learning rate", self.trainer.update);
        self.journal.write(&Event::Rollback { update, to: self.trainer.update, factor, reason })?;
        self.saved.update = None;
        Ok(())
    }

    /// The weights to show and export.
    fn model(&self) -> Medley {
        medley(self.config, &self.trainer, &self.sources, &self.device)
    }

    /// Writes the model of the best held-out score; where nothing was held out, the last one.
    fn write_model(&self) -> Result<PathBuf, PretrainError> {
        let best = self.checkpoints.best().unwrap_or_else(|error| {
            tracing::warn!("{error}; the model has the last weights instead of the best ones");
            None
        });
        let model = match best {
            Some(best) if self.best.criterion.is_some() => {
                // With its own settings: a running mean that it has is what was scored.
                let trainer = read(&best, &self.device)?;
                medley(self.config, &trainer, &self.sources, &self.device)
            }
            _ => self.model(),
        };
        let bytes = pollster::block_on(model.to_bytes())?;
        write_atomically(&self.folder.model(), &bytes)?;
        Ok(self.folder.model())
    }
}

/// What only the data tell: how many updates the epochs are, and which tasks there are to be weighted.
fn resolved(config: &PretrainConfig, sources: &Sources) -> Result<PretrainConfig, PretrainError> {
    let mut config = config.clone();
    let tasks = sources.tasks();
    let ids: Vec<&str> = tasks.iter().map(|task| task.id.as_str()).collect();
    if let Some(id) = config.train.weights.keys().find(|id| !ids.contains(&id.as_str())) {
        let advice = match nearest(id, &ids) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("the tasks are {}", ids.join(", ")),
        };
        return Err(PretrainError::UnknownTask { id: id.clone(), advice });
    }
    if let Some(epochs) = config.epochs {
        let sampler = Sampler::new(config.train.sampler, &sources.batches_per_epoch(), config.train.seed)?;
        let inner_steps = config.train.inner_steps.unwrap_or(tasks.len()) as u64;
        config.train.updates = (epochs.get() * sampler.steps_per_epoch()).div_ceil(inner_steps.max(1)).max(1);
    }
    Ok(config)
}

/// Bytes in use: of the device's allocator where it tells, else of the process.
fn memory(device: &Device) -> Option<u64> {
    device.memory_pool_usage().map(|usage| usage.bytes_reserved).or_else(process_memory)
}

/// Opens all devices of a run.
fn opened(config: &PretrainConfig) -> Result<Vec<OpenDevice>, PretrainError> {
    let devices = if config.devices.is_empty() {
        vec![OpenDevice { name: config.device.name().to_owned(), device: config.device.open() }]
    } else {
        let token = config.token_file.as_deref().map(read_token).transpose()?;
        open_all(&config.devices, token.as_deref())?
    };
    if config.train.precision == ComputePrecision::Half {
        let lacks = |open: &&OpenDevice| !open.device.supports_dtype(FloatDType::F16);
        if let Some(open) = devices.iter().find(lacks) {
            return Err(PretrainError::NoHalf(open.name.clone()));
        }
    }
    Ok(devices)
}

/// Says which task comes when, and where.
fn spread(
    trainer: &mut Trainer,
    config: &PretrainConfig,
    devices: &[OpenDevice],
    sources: &Sources,
) -> Result<(), PretrainError> {
    trainer.set_sampler(&sources.batches_per_epoch())?;
    let mut others: Vec<Device> = devices.iter().skip(1).map(|other| other.device.clone()).collect();
    if let ([alone], true, DeviceChoice::Cpu) = (devices, config.devices.is_empty(), config.device) {
        let turns = config.parallel_turns.get().min(trainer.network.tasks.len());
        others = vec![alone.device.clone(); turns.saturating_sub(1)];
    }
    let chances = trainer.sampler().shares();
    let costs: Vec<f64> =
        sources.costs().into_iter().zip(chances).map(|(cost, chance)| cost * chance).collect();
    Ok(trainer.spread(&others, &costs)?)
}

fn medley(config: &PretrainConfig, trainer: &Trainer, sources: &Sources, device: &Device) -> Medley {
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
    Medley::new(&trainer.result(), metadata, device)
}

/// A trainer at the start of a run.
fn begun(config: &PretrainConfig, sources: &Sources, device: &Device) -> Result<Trainer, PretrainError> {
    let mut trainer = Trainer::new(config.preset.config(), sources.tasks(), config.train.clone(), device);
    if let Some(path) = &config.encoder {
        let refused = |source| PretrainError::Encoder(path.clone(), source);
        let state = read_swin_v2(path)?;
        trainer.set_encoder(|encoder| import_swin_v2(encoder, &state, device)).map_err(refused)?;
    }
    Ok(trainer)
}

fn read(checkpoint: &Checkpoint, device: &Device) -> Result<Trainer, PretrainError> {
    Trainer::from_bytes(&checkpoint.payload, device)
        .map_err(|error| PretrainError::OtherVersion(checkpoint.path.clone(), error))
}

fn restored(
    checkpoint: &Checkpoint,
    config: &PretrainConfig,
    sources: &Sources,
    device: &Device,
) -> Result<Trainer, PretrainError> {
    let mut trainer = read(checkpoint, device)?;
    if trainer.network.tasks != sources.tasks() {
        let ids: Vec<String> = trainer.network.tasks.iter().map(|task| task.id.clone()).collect();
        return Err(PretrainError::OtherTasks(ids.join(", ")));
    }
    // More updates or another rate may be asked for when going on.
    trainer.configure(config.train.clone());
    Ok(trainer)
}

/// The best held-out mean in the log of a run that goes on from `update`. Later looks are taken again: the run may
/// have been killed before the state that they found best was on the disk.
fn best_so_far(folder: &RunFolder, update: u64) -> Result<Best, PretrainError> {
    let mut best = Best::default();
    let events = read_events(&folder.events())?;
    for timed in valid_events(&events).into_iter().filter(|timed| timed.event.update() <= update) {
        if let Event::Validation { criterion, best: is_best, .. } = timed.event {
            best.looks_since += 1;
            if is_best {
                best = Best { criterion, looks_since: 0 };
            }
        }
    }
    Ok(best)
}
