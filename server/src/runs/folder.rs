//! Where the files of a run are.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a run's files cannot be read or written.
#[derive(Debug, Error)]
pub enum RunError {
    /// A file system error.
    #[error("cannot {action} {}: check that the folder exists, is writable and the disk is not full", path.display())]
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
    /// Nothing to resume.
    #[error("{} has no checkpoint to resume from: start the run without --resume", .0.display())]
    NoCheckpoint(PathBuf),
    /// No checkpoint is intact.
    #[error("no checkpoint in {} can be read; the newest says: {reason}", path.display())]
    Damaged {
        /// The folder of checkpoints.
        path: PathBuf,
        /// Why the newest is refused.
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

/// The folder of a run.
#[derive(Clone, Debug)]
pub struct RunFolder {
    root: PathBuf,
}

impl RunFolder {
    /// Opens or creates the folder.
    ///
    /// # Errors
    /// When it cannot be created, or holds a run although `resume` is false.
    pub fn open(root: &Path, resume: bool) -> Result<Self, RunError> {
        let run = Self { root: root.to_path_buf() };
        if !resume && run.events().exists() {
            return Err(RunError::Exists(run.root));
        }
        fs::create_dir_all(run.checkpoints()).map_err(RunError::io("create", &run.checkpoints()))?;
        Ok(run)
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The configuration as resolved.
    pub fn config(&self) -> PathBuf {
        self.root.join("config.toml")
    }

    /// One JSON object per line.
    pub fn events(&self) -> PathBuf {
        self.root.join("events.jsonl")
    }

    /// Training states.
    pub fn checkpoints(&self) -> PathBuf {
        self.root.join("checkpoints")
    }

    /// The model.
    pub fn model(&self) -> PathBuf {
        self.root.join("model.safetensors")
    }
}
