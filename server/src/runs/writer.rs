//! Checkpoints written while the training goes on.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::Instant;

use super::{Checkpoints, RunError};

/// A training state to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingState {
    /// Updates made.
    pub update: u64,
    /// The state.
    pub payload: Vec<u8>,
    /// Whether it is the best so far, which is kept beside the newest.
    pub best: bool,
}

/// A training state that is on the disk.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// Updates made.
    pub update: u64,
    /// Its file.
    pub path: PathBuf,
    /// Size of the state in bytes.
    pub bytes: u64,
    /// How long writing took; the training did not wait.
    pub seconds: f64,
}

/// Writes states on a thread of its own. The training waits only when a state comes before the last one is
/// on the disk, so that there are never more than two in memory.
#[derive(Debug)]
pub struct CheckpointWriter {
    /// None once the thread was told that nothing more comes.
    states: Option<SyncSender<PendingState>>,
    written: Receiver<Result<Written, RunError>>,
    thread: Option<JoinHandle<()>>,
}

impl CheckpointWriter {
    /// Starts the thread.
    pub fn new(folder: Checkpoints) -> Self {
        // Without room in between, handing over waits until the thread is free.
        let (states, to_write) = sync_channel::<PendingState>(0);
        let (report, written) = channel();
        let thread = std::thread::spawn(move || {
            for state in to_write {
                // Nobody listens once the training ended with an error; the state is written all the same.
                let _ = report.send(write(&folder, &state));
            }
        });
        Self { states: Some(states), written, thread: Some(thread) }
    }

    /// Hands a state over, which waits while another is being written.
    ///
    /// # Errors
    /// When writing an earlier state failed; this one is then handed over as well.
    pub fn write(&self, state: PendingState) -> Result<Vec<Written>, RunError> {
        if let Some(states) = &self.states {
            // The thread ends only after the sender is gone.
            let _ = states.send(state);
        }
        self.written()
    }

    /// The states that reached the disk since the last call; waits for none.
    ///
    /// # Errors
    /// When writing one failed.
    pub fn written(&self) -> Result<Vec<Written>, RunError> {
        self.written.try_iter().collect()
    }

    /// Waits until all is on the disk, and gives what was not reported yet.
    ///
    /// # Errors
    /// When writing one failed.
    pub fn finish(mut self) -> Result<Vec<Written>, RunError> {
        self.join();
        self.written()
    }

    fn join(&mut self) {
        self.states = None;
        if let Some(thread) = self.thread.take() {
            // The thread has no way to panic; if it did, its message is on the terminal.
            let _ = thread.join();
        }
    }
}

impl Drop for CheckpointWriter {
    fn drop(&mut self) {
        self.join();
    }
}

fn write(folder: &Checkpoints, state: &PendingState) -> Result<Written, RunError> {
    let begin = Instant::now();
    if state.best {
        folder.write_best(state.update, &state.payload)?;
    }
    let path = folder.write(state.update, &state.payload)?;
    let seconds = begin.elapsed().as_secs_f64();
    Ok(Written { update: state.update, path, bytes: state.payload.len() as u64, seconds })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn state(update: u64, best: bool) -> PendingState {
        PendingState { update, payload: update.to_le_bytes().to_vec(), best }
    }

    #[test]
    fn all_states_reach_the_disk_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let states = Checkpoints::new(folder.path(), 2);
        let writer = CheckpointWriter::new(states.clone());
        let mut written = Vec::new();
        for update in 1..=5 {
            written.extend(writer.write(state(update, update == 3)).unwrap());
        }
        written.extend(writer.finish().unwrap());
        assert_eq!(written.iter().map(|state| state.update).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        assert_eq!(states.latest().unwrap().payload, 5_u64.to_le_bytes());
        assert_eq!(states.best().unwrap().unwrap().update, 3);
        assert_eq!(states.list().unwrap().len(), 2);
    }

    #[test]
    fn what_was_handed_over_is_written_although_nobody_asks() {
        let folder = tempfile::tempdir().unwrap();
        let states = Checkpoints::new(folder.path(), 2);
        let writer = CheckpointWriter::new(states.clone());
        writer.write(state(7, false)).unwrap();
        drop(writer);
        assert_eq!(states.latest().unwrap().update, 7);
    }

    #[test]
    fn a_failure_is_reported_and_the_last_good_state_kept() {
        let folder = tempfile::tempdir().unwrap();
        let states = Checkpoints::new(folder.path(), 2);
        states.write(1, b"good").unwrap();
        // A folder of this name cannot be replaced by a file.
        std::fs::create_dir_all(folder.path().join("best.state/inner")).unwrap();
        let writer = CheckpointWriter::new(states.clone());
        // Whichever call comes after the failure tells it.
        let told = writer.write(state(2, true)).and_then(|_| writer.finish());
        assert!(matches!(told, Err(RunError::Io { action: "write", .. })));
        assert_eq!(states.latest().unwrap().payload, b"good");
    }
}
