//! What can stop a measurement of transfer.

use std::path::PathBuf;

use thiserror::Error;

use super::run::RunnerError;
use crate::data::DataError;
use crate::runs::RunError;

/// Why transfer cannot be measured.
#[derive(Debug, Error)]
pub enum TransferError {
    /// The data.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Files cannot be read or written.
    #[error(transparent)]
    File(#[from] RunError),
    /// The data set has several tasks, or not the one that was asked for.
    #[error("choose one of the data set's tasks: {0}")]
    ChooseTask(String),
    /// No fraction, mode, seed or model.
    #[error("there is nothing to measure: name at least one fraction, mode, seed, and a model or --random")]
    NothingToMeasure,
    /// The results could not be told apart.
    #[error("two models are named {0}; rename one of the files")]
    SameName(String),
    /// Other results are there.
    #[error(
        "{} holds results of other settings ({difference}); repeat those settings, or choose another folder with --out",
        path.display()
    )]
    OtherSettings {
        /// The file that says so.
        path: PathBuf,
        /// What differs.
        difference: String,
    },
    /// The file of settings is not usable.
    #[error("{} cannot be read ({problem}); restore it, or choose another folder with --out", path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The table of results is not usable.
    #[error("{}, line {line}: {problem}; correct or remove the line, and it is measured again", path.display())]
    Results {
        /// The table.
        path: PathBuf,
        /// Line number.
        line: u64,
        /// What is wrong.
        problem: String,
    },
    /// A model file that nothing can start from.
    #[error("{} cannot be started from", .0.display())]
    Model(PathBuf, #[source] RunnerError),
    /// A model could not learn or be tested.
    #[error("the measurement of {cell} failed; the others are kept, and the same command goes on from here")]
    Cell {
        /// Which one.
        cell: String,
        /// Why.
        source: RunnerError,
    },
    /// A runner left out a number.
    #[error("the measurement of {cell} gave no {metric}")]
    MissingScore {
        /// Which one.
        cell: String,
        /// What is missing.
        metric: String,
    },
}
