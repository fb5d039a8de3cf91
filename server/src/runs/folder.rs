//! Where the files of a run are.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::atomic::remove_unfinished;
use super::{Checkpoints, RunError};

const LOCK: &str = ".lock";
const PICTURES: &str = "pictures";

/// Whoever asks [`RunFolder::is_busy`] holds the lock for an instant, which a writer waits for.
const LOCK_TRIES: usize = 5;
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// The folder of a run.
#[derive(Clone, Debug)]
pub struct RunFolder {
    root: PathBuf,
    /// Held by whoever writes to the run; the system lets go of it when the process ends in any way.
    lock: Option<Arc<File>>,
}

impl RunFolder {
    /// Opens or creates the folder to write to it, and removes what a killed writer left unfinished.
    ///
    /// # Errors
    /// When it cannot be created, another process writes to it, or it holds a run although `resume` is
    /// false. A run that ended before its first checkpoint does not count: there is nothing to go on from.
    pub fn open(root: &Path, resume: bool) -> Result<Self, RunError> {
        let mut run = Self::view(root);
        let states = run.checkpoints();
        fs::create_dir_all(&states).map_err(RunError::io("create", &states))?;
        run.lock = lock(root)?.map(Arc::new);
        if !resume && (run.model().exists() || !Checkpoints::new(&states, 1).is_empty()?) {
            return Err(RunError::Exists(run.root));
        }
        remove_unfinished(root)?;
        remove_unfinished(&states)?;
        Ok(run)
    }

    /// The folder of a run to look at: nothing is created, and the run may be going on.
    pub fn view(root: &Path) -> Self {
        Self { root: root.to_path_buf(), lock: None }
    }

    /// Whether a process writes to the run now. None where that cannot be told: the run has no lock, or the
    /// file system knows none.
    pub fn is_busy(&self) -> Option<bool> {
        let file = File::open(self.root.join(LOCK)).ok()?;
        match file.try_lock_shared() {
            Ok(()) => Some(false),
            Err(TryLockError::WouldBlock) => Some(true),
            Err(TryLockError::Error(_)) => None,
        }
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

    /// The report.
    pub fn report(&self) -> PathBuf {
        self.root.join("report.md")
    }

    /// The plots of the report.
    pub fn plots(&self) -> PathBuf {
        self.root.join("plots")
    }

    /// Pictures of predictions.
    pub fn pictures(&self) -> PathBuf {
        self.root.join(PICTURES)
    }

    /// The name, relative to the folder, of a picture made after `update` updates: what
    /// [`super::Event::Validation`] lists.
    pub fn picture_name(update: u64, name: &str) -> String {
        format!("{PICTURES}/{update:09}/{name}.png")
    }
}

/// The lock of a folder that one process writes to; none where the file system has no locks.
pub fn lock(root: &Path) -> Result<Option<File>, RunError> {
    let path = root.join(LOCK);
    let file = File::create(&path).map_err(RunError::io("create", &path))?;
    let mut locked = file.try_lock();
    for _ in 1..LOCK_TRIES {
        if matches!(locked, Err(TryLockError::WouldBlock)) {
            thread::sleep(LOCK_PAUSE);
            locked = file.try_lock();
        }
    }
    match locked {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(RunError::Busy(root.to_path_buf())),
        Err(TryLockError::Error(error)) => {
            tracing::warn!("{} cannot be locked ({error}): start no second run there", root.display());
            Ok(None)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_run_is_begun_once_and_gone_on_with_later() {
        let root = tempfile::tempdir().unwrap();
        let run = RunFolder::open(root.path(), false).unwrap();
        Checkpoints::new(&run.checkpoints(), 2).write(3, b"state").unwrap();
        drop(run);
        assert!(matches!(RunFolder::open(root.path(), false), Err(RunError::Exists(_))));
        let run = RunFolder::open(root.path(), true).unwrap();
        assert_eq!(Checkpoints::new(&run.checkpoints(), 2).latest().unwrap().update, 3);
    }

    #[test]
    fn a_run_killed_before_its_first_checkpoint_can_be_begun_again() {
        let root = tempfile::tempdir().unwrap();
        let run = RunFolder::open(root.path(), false).unwrap();
        fs::write(run.events(), b"{}\n").unwrap();
        fs::write(run.checkpoints().join(".unfinished-1"), b"hal").unwrap();
        drop(run);
        let run = RunFolder::open(root.path(), false).unwrap();
        assert_eq!(fs::read_dir(run.checkpoints()).unwrap().count(), 0);
    }

    #[test]
    fn two_runs_do_not_write_to_one_folder() {
        let root = tempfile::tempdir().unwrap();
        let first = RunFolder::open(root.path(), false).unwrap();
        assert!(matches!(RunFolder::open(root.path(), true), Err(RunError::Busy(_))));
        assert_eq!(RunFolder::view(root.path()).is_busy(), Some(true));
        drop(first);
        assert_eq!(RunFolder::view(root.path()).is_busy(), Some(false));
        assert!(RunFolder::open(root.path(), true).is_ok());
    }
}
