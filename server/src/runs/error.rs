//! What can go wrong with the files of a run.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a run's files cannot be read or written.
#[derive(Debug, Error)]
pub enum RunError {
    /// A file system error.
    #[error("cannot {action} {}: {}", path.display(), advice(source))]
    Io {
        /// What was tried: `write`, `read`, `create`.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The folder already holds a run.
    #[error("{} already holds a run: continue it with --resume, or choose another folder with --out", .0.display())]
    Exists(PathBuf),
    /// Another process writes to the run.
    #[error("another process is writing to {}: wait for it or end it, or choose another folder with --out", .0.display())]
    Busy(PathBuf),
    /// Nothing to resume.
    #[error("{} has no checkpoint to resume from: start the run without --resume", .0.display())]
    NoCheckpoint(PathBuf),
    /// A checkpoint is not as it was written.
    #[error("{} is damaged: {reason}", path.display())]
    Damaged {
        /// Its file.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// No checkpoint is as it was written.
    #[error("all checkpoints are damaged, the newest is {}: start the run again in another folder with --out, and have the disk checked", .0.display())]
    AllDamaged(PathBuf),
    /// A plot of the report.
    #[error("cannot draw {}: {reason}", path.display())]
    Plot {
        /// Its file.
        path: PathBuf,
        /// What the drawing library says.
        reason: String,
    },
}

impl RunError {
    /// Wraps a file system error.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { action, path, source }
    }
}

/// What to do about a file system error.
fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "the disk is full; make room and continue with --resume from the last checkpoint, which is kept"
        }
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => {
            "you may not write there; change the rights, or choose another folder with --out"
        }
        ErrorKind::NotFound => "it does not exist; was the folder moved or removed?",
        _ => "check that the folder exists, is writable and the disk is not full",
    }
}
