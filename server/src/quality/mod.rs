//! Which labels of a data set are probably wrong, by the eyes of a trained model.

mod classes;
mod page;
mod picture;
mod regions;

use std::path::{Path, PathBuf};

use medley_core::adapt::ProbeError;
use medley_core::dataset::{Split, TaskKind};
use medley_core::{Medley, PredictError};
use serde::Serialize;
use thiserror::Error;

use crate::data::{DataError, DataFolder, FolderOptions, Item, TaskData};

pub use page::page;

/// How labels are checked.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckOptions {
    /// Longest side of an image as the model sees it, for classes; the task's own where the model knows it.
    pub input_size: usize,
    /// Parts of the cross-validation.
    pub folds: usize,
    /// Seed of the parts.
    pub seed: u64,
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self { input_size: 128, folds: 5, seed: 0 }
    }
}

/// Why labels cannot be checked.
#[derive(Debug, Error)]
pub enum CheckError {
    /// The data.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The model.
    #[error(transparent)]
    Predict(#[from] PredictError),
    /// Too little to learn from.
    #[error("the labels of {task} cannot be checked: {source}")]
    Probe {
        /// The task.
        task: String,
        /// Why.
        source: ProbeError,
    },
    /// Masks and boxes need a model that predicts them.
    #[error(
        "the model has no task like {task} ({kind}, classes {classes}); masks and boxes can be checked only by a model that was trained for them"
    )]
    NoTask {
        /// The task of the data set.
        task: String,
        /// Its label type.
        kind: &'static str,
        /// Its classes.
        classes: String,
    },
    /// No method is known for numbers.
    #[error("{task} predicts numbers; labels can be checked where they are classes, masks or boxes")]
    Numbers {
        /// The task.
        task: String,
    },
    /// A picture for the page.
    #[error("a picture for the page cannot be encoded")]
    Encode(#[from] image::ImageError),
}

/// The images of one task, most doubtful first.
#[derive(Clone, Debug, Serialize)]
pub struct Ranking {
    /// The task.
    pub task: String,
    /// What was compared, in words.
    pub method: String,
    /// Most doubtful first.
    pub images: Vec<Doubt>,
}

/// How doubtful the label of one image is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Doubt {
    /// Name in the data set.
    pub image: String,
    /// Its split.
    pub split: Split,
    /// From 0, label and prediction agree, to 1.
    pub score: f32,
    /// The label, in words.
    pub label: String,
    /// What the model would say.
    pub prediction: String,
    /// Whether it is confidently another class (confident learning), or an object is missing on one side.
    pub suspicious: bool,
    #[serde(skip)]
    position: usize,
}

/// The rankings of a data set with what is needed to show them.
#[derive(Debug)]
pub struct Check {
    /// The data set's folder.
    pub path: PathBuf,
    /// One per task.
    pub rankings: Vec<Ranking>,
    folder: DataFolder,
}

/// Ranks the labels of every task of the data set at `path`. Classes are compared with the predictions of a
/// classifier on the model's frozen features that has not seen the image (out of fold), so that the model
/// needs no task of its own for them; masks and boxes with the model's own predictions.
///
/// # Errors
/// When the data cannot be read, a task has too few images, or the model has no task for masks or boxes.
pub fn check(medley: &Medley, path: &Path, options: &CheckOptions) -> Result<Check, CheckError> {
    let folder = DataFolder::open_with(path, FolderOptions::default())?;
    let rank = |found: &TaskData| match found.task.kind {
        TaskKind::Classification => classes::rank(medley, &folder, found, options),
        TaskKind::MultiLabel => classes::rank_labels(medley, &folder, found, options),
        TaskKind::Segmentation | TaskKind::Detection => regions::rank(medley, &folder, found),
        TaskKind::Regression => Err(CheckError::Numbers { task: found.task.id.clone() }),
    };
    let rankings = folder.tasks.iter().map(rank).collect::<Result<_, _>>()?;
    Ok(Check { path: path.to_path_buf(), rankings, folder })
}

/// All images of a task with their splits, in a fixed order.
fn all_items(found: &TaskData) -> Vec<(Split, &Item)> {
    Split::ALL
        .into_iter()
        .flat_map(|split| found.items(split).iter().map(move |item| (split, item)))
        .collect()
}

/// Sorts by doubt; equal ones stay in the order of the data set.
fn ranked(task: &str, method: String, mut images: Vec<Doubt>) -> Ranking {
    images.sort_by(|a, b| b.score.total_cmp(&a.score));
    Ranking { task: task.to_owned(), method, images }
}
