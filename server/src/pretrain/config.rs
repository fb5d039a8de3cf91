//! The configuration of a run.

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};

use medley_core::dataset::{AugmentConfig, AugmentError, TaskKind};
use medley_core::model::Preset;
use medley_core::train::{SettingError, TrainConfig};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::device::{DeviceChoice, DeviceName};
use crate::settings::unknown_key;

/// Everything that determines a run, as in its TOML file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PretrainConfig {
    /// Size of the model.
    pub preset: Preset,
    /// Weights of a torchvision Swin V2 of the preset's size (`swin_v2_t`, `swin_v2_b`; safetensors or `.pth`) for the
    /// encoder to start from, instead of random ones.
    pub encoder: Option<PathBuf>,
    /// Where to compute.
    pub device: DeviceChoice,
    /// Several devices instead, which share the tasks: `cpu`, `gpu`, `gpu:0`, `gpu:1`, and `ws://host:3000` for all
    /// devices of a worker. The first one keeps the state of the run.
    pub devices: Vec<DeviceName>,
    /// Turns that a CPU makes at the same time, each with a batch of its own in memory. The operations of one turn keep
    /// little more than one core busy.
    pub parallel_turns: NonZeroUsize,
    /// A file with the line that workers ask for.
    pub token_file: Option<PathBuf>,
    /// Pixels per batch: large images come in small batches and the reverse.
    pub pixel_budget: usize,
    /// Seconds between training states on disk, 0 after every update; longer where taking one holds the training up
    /// for more than 1 % of that.
    pub checkpoint_seconds: u64,
    /// How many training states are kept, besides the best.
    pub keep_checkpoints: usize,
    /// Updates in a row whose loss may be no number before the run goes back to the last checkpoint with half the
    /// learning rate.
    pub max_skipped: u64,
    /// Ends the run after so many epochs instead of `train.updates` updates: with the cyclic sampler an epoch ends with the
    /// task that has most batches, and the others start anew.
    pub epochs: Option<NonZeroU64>,
    /// Licence of the weights, written into the model file.
    pub license: String,
    /// Scores on held-out images during the run.
    pub validation: ValidationConfig,
    /// The loop.
    pub train: TrainConfig,
    /// The data sets; none means the built-in synthetic data.
    pub data: Vec<DataConfig>,
}

/// When and how a run is scored on images that it does not learn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ValidationConfig {
    /// Updates between two looks; 0 is never. The state with the best mean over the tasks of the first score of
    /// each (accuracy, AUROC, Dice, mAP@0.5, R², at least 0) becomes the model.
    pub every: u64,
    /// At most this many cases per task; a case is an image or a volume.
    pub cases: usize,
    /// Stops the run after this many looks without a better mean.
    pub patience: Option<u32>,
}

impl Default for ValidationConfig {
    fn default() -> Self {
        Self { every: 250, cases: 100, patience: None }
    }
}

/// One data set of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    /// Its folder; relative to the configuration file.
    pub path: PathBuf,
    /// The longest side of an image as the model sees it, in pixels.
    #[serde(default = "default_input_size")]
    pub input_size: usize,
    /// Only these label types of the data set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kinds: Option<Vec<TaskKind>>,
    /// Leave out images that must not be used commercially.
    #[serde(default)]
    pub commercial_only: bool,
    /// Leave out slices of training volumes in which nothing is labelled.
    #[serde(default)]
    pub skip_empty_slices: bool,
    /// Learn labels of whole cases (volumes, or the images of a patient): this many images of a case, drawn anew each
    /// time, are weighted and joined. For classification, multilabel and regression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instances: Option<NonZeroUsize>,
    /// Pixels per batch, instead of the run's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pixel_budget: Option<usize>,
    /// Augmentation; by default what suits the modality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub augment: Option<AugmentConfig>,
}

fn default_input_size() -> usize {
    256
}

impl Default for PretrainConfig {
    fn default() -> Self {
        Self {
            preset: Preset::Nano,
            encoder: None,
            device: DeviceChoice::Cpu,
            devices: Vec::new(),
            parallel_turns: NonZeroUsize::MIN.saturating_add(1),
            token_file: None,
            pixel_budget: 4 * 128 * 128,
            checkpoint_seconds: 60,
            keep_checkpoints: 2,
            max_skipped: 10,
            epochs: None,
            validation: ValidationConfig::default(),
            license: "MIT OR Apache-2.0".to_owned(),
            train: TrainConfig { learning_rate: 5e-4, ..TrainConfig::default() },
            data: Vec::new(),
        }
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("cannot read {}: check the name", .0.display())]
    Read(PathBuf, #[source] std::io::Error),
    /// It is not valid.
    #[error("{} is not a valid configuration", .0.display())]
    Parse(PathBuf, #[source] Box<toml::de::Error>),
    /// It has a key that does not exist.
    #[error("{} is not a valid configuration: {advice}", path.display())]
    UnknownKey {
        /// The configuration.
        path: PathBuf,
        /// Which key was probably meant.
        advice: String,
        /// Where it is.
        source: Box<toml::de::Error>,
    },
    /// A number of the loop is out of range.
    #[error("{} is not a valid configuration", .0.display())]
    Setting(PathBuf, #[source] SettingError),
    /// A number of the augmentation is out of range.
    #[error("{} is not a valid configuration: see `augment` of {data}", path.display())]
    Augment {
        /// The configuration.
        path: PathBuf,
        /// The folder of the data set.
        data: String,
        /// What is wrong.
        source: AugmentError,
    },
}

impl PretrainConfig {
    /// Reads a TOML file; paths in it, which are relative to it, become absolute.
    ///
    /// # Errors
    /// When it cannot be read, or has unknown keys or wrong values.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|e| ConfigError::Read(path.to_path_buf(), e))?;
        let mut config: Self = toml::from_str(&text).map_err(|source| {
            let path = path.to_path_buf();
            match unknown_key(source.message()) {
                Some(advice) => ConfigError::UnknownKey { path, advice, source: Box::new(source) },
                None => ConfigError::Parse(path, Box::new(source)),
            }
        })?;
        config.train.check().map_err(|e| ConfigError::Setting(path.to_path_buf(), e))?;
        for data in &config.data {
            if let Some(augment) = &data.augment {
                augment.check().map_err(|source| ConfigError::Augment {
                    path: path.to_path_buf(),
                    data: data.path.display().to_string(),
                    source,
                })?;
            }
        }
        let base = path.parent().unwrap_or(Path::new(""));
        // Absolute, so that the copy in the run's folder can be resumed from.
        let resolve = |path: &mut PathBuf| {
            let joined = base.join(&*path);
            *path = std::path::absolute(&joined).unwrap_or(joined);
        };
        config.data.iter_mut().for_each(|data| resolve(&mut data.path));
        config.encoder.iter_mut().chain(&mut config.token_file).for_each(resolve);
        Ok(config)
    }
}
