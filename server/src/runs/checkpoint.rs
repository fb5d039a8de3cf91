//! Training states on disk: sealed with a checksum, the newest few and the best kept.

use std::fs;
use std::path::{Path, PathBuf};

use super::RunError;
use super::atomic::write_parts;
use super::crc32c::crc32c;

/// The file of the best state.
const BEST: &str = "best.state";

/// A training state as read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Updates made.
    pub update: u64,
    /// Its file.
    pub path: PathBuf,
    /// The state.
    pub payload: Vec<u8>,
}

/// The folder of training states. Files are named by the update, `000001200.state`.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    folder: PathBuf,
    keep: usize,
}

impl Checkpoints {
    /// The states in an existing folder, of which the newest `keep` stay (at least one) when one is added.
    pub fn new(folder: &Path, keep: usize) -> Self {
        Self { folder: folder.to_path_buf(), keep: keep.max(1) }
    }

    /// All numbered states, newest first.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub fn list(&self) -> Result<Vec<PathBuf>, RunError> {
        Ok(self.numbered()?.into_iter().map(|(_, path)| path).collect())
    }

    fn numbered(&self) -> Result<Vec<(u64, PathBuf)>, RunError> {
        let entries = fs::read_dir(&self.folder).map_err(RunError::io("read", &self.folder))?;
        let mut found: Vec<(u64, PathBuf)> = entries
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                let update = path.file_name()?.to_str()?.strip_suffix(".state")?.parse().ok()?;
                Some((update, path))
            })
            .collect();
        found.sort_unstable_by(|a, b| b.cmp(a));
        Ok(found)
    }

    /// Whether there is no state at all.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub fn is_empty(&self) -> Result<bool, RunError> {
        Ok(self.list()?.is_empty() && !self.folder.join(BEST).exists())
    }

    /// Writes the state after `update` updates and removes all but the newest few. It is on the disk when
    /// this returns.
    ///
    /// # Errors
    /// When writing fails; older states are then kept.
    pub fn write(&self, update: u64, payload: &[u8]) -> Result<PathBuf, RunError> {
        let path = self.folder.join(format!("{update:09}.state"));
        write_sealed(&path, update, payload)?;
        for old in self.list()?.into_iter().skip(self.keep) {
            fs::remove_file(&old).map_err(RunError::io("remove", &old))?;
        }
        Ok(path)
    }

    /// Writes the state with the best score so far, in place of the best before it.
    ///
    /// # Errors
    /// When writing fails; the best before it is then kept.
    pub fn write_best(&self, update: u64, payload: &[u8]) -> Result<PathBuf, RunError> {
        let path = self.folder.join(BEST);
        write_sealed(&path, update, payload)?;
        Ok(path)
    }

    /// The newest intact state; the best where no other is intact. Damaged ones that are newer are said to be so and
    /// set aside as `.damaged`, so that they do not count among the newest again.
    ///
    /// # Errors
    /// [`RunError::NoCheckpoint`] when there is none, [`RunError::AllDamaged`] when none is intact.
    pub fn latest(&self) -> Result<Checkpoint, RunError> {
        let mut damaged: Vec<PathBuf> = Vec::new();
        let best = self.folder.join(BEST);
        for path in self.list()?.into_iter().chain(best.exists().then_some(best)) {
            match read_sealed(&path) {
                Ok(checkpoint) => {
                    damaged.iter().for_each(|path| set_aside(path));
                    return Ok(checkpoint);
                }
                Err(RunError::Damaged { path, reason }) => {
                    tracing::warn!("{} is damaged ({reason}); trying the one before it", path.display());
                    damaged.push(path);
                }
                Err(error) => return Err(error),
            }
        }
        match damaged.into_iter().next() {
            Some(newest) => Err(RunError::AllDamaged(newest)),
            None => Err(RunError::NoCheckpoint(self.folder.clone())),
        }
    }

    /// The state with the best score; none where none was written.
    ///
    /// # Errors
    /// When it is damaged or cannot be read.
    pub fn best(&self) -> Result<Option<Checkpoint>, RunError> {
        let path = self.folder.join(BEST);
        if path.exists() { read_sealed(&path).map(Some) } else { Ok(None) }
    }

    /// Whether there is a numbered state before `update` updates.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub fn has_before(&self, update: u64) -> Result<bool, RunError> {
        Ok(self.numbered()?.into_iter().any(|(number, _)| number < update))
    }

    /// Removes numbered states from `update` updates on: the run goes back further than to the newest.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn discard_from(&self, update: u64) -> Result<(), RunError> {
        for (_, path) in self.numbered()?.into_iter().filter(|(number, _)| *number >= update) {
            fs::remove_file(&path).map_err(RunError::io("remove", &path))?;
        }
        Ok(())
    }
}

fn set_aside(path: &Path) {
    // A folder that cannot be written to is no reason not to read the intact state.
    if let Err(error) = fs::rename(path, path.with_extension("damaged")) {
        tracing::warn!("{} cannot be renamed: {error}", path.display());
    }
}

/// Ends every sealed file.
const MAGIC: &[u8; 8] = b"medley-1";

/// A sealed file is the payload, then the update and the payload's length (u64), the checksum of all before it
/// (u32), all little-endian, and the magic.
fn write_sealed(path: &Path, update: u64, payload: &[u8]) -> Result<(), RunError> {
    let (update, length) = (update.to_le_bytes(), (payload.len() as u64).to_le_bytes());
    let crc = crc32c(&[payload, &update, &length]).to_le_bytes();
    write_parts(path, &[payload, &update, &length, &crc, MAGIC])
}

fn read_sealed(path: &Path) -> Result<Checkpoint, RunError> {
    let mut bytes = fs::read(path).map_err(RunError::io("read", path))?;
    match unseal(&bytes) {
        Ok((update, length)) => {
            bytes.truncate(length);
            Ok(Checkpoint { update, path: path.to_path_buf(), payload: bytes })
        }
        Err(reason) => Err(RunError::Damaged { path: path.to_path_buf(), reason }),
    }
}

/// (update, payload length) of an intact file.
fn unseal(bytes: &[u8]) -> Result<(u64, usize), &'static str> {
    let whole = bytes.strip_suffix(MAGIC).and_then(|rest| rest.split_last_chunk::<4>());
    let (sealed, crc) = whole.ok_or("its end is missing")?;
    let (rest, length) = sealed.split_last_chunk::<8>().ok_or("its end is missing")?;
    let (payload, update) = rest.split_last_chunk::<8>().ok_or("its end is missing")?;
    if u64::from_le_bytes(*length) != payload.len() as u64 {
        return Err("its length is wrong");
    }
    if u32::from_le_bytes(*crc) != crc32c(&[sealed]) {
        return Err("its checksum is wrong");
    }
    Ok((u64::from_le_bytes(*update), payload.len()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn states(keep: usize) -> (tempfile::TempDir, Checkpoints) {
        let folder = tempfile::tempdir().unwrap();
        let states = Checkpoints::new(folder.path(), keep);
        (folder, states)
    }

    fn updates(states: &Checkpoints) -> Vec<u64> {
        states.numbered().unwrap().into_iter().map(|(update, _)| update).collect()
    }

    #[test]
    fn the_newest_few_and_the_best_are_kept() {
        let (_folder, states) = states(3);
        for update in [5, 20, 100, 1_000_000_000, 1_000_000_001] {
            states.write(update, format!("state {update}").as_bytes()).unwrap();
            if update == 20 {
                states.write_best(update, b"best of all").unwrap();
            }
        }
        // More digits than the names are padded to still sort by number.
        assert_eq!(updates(&states), [1_000_000_001, 1_000_000_000, 100]);
        let latest = states.latest().unwrap();
        assert_eq!((latest.update, latest.payload.as_slice()), (1_000_000_001, &b"state 1000000001"[..]));
        let best = states.best().unwrap().unwrap();
        assert_eq!((best.update, best.payload.as_slice()), (20, &b"best of all"[..]));
    }

    #[test]
    fn the_payload_stands_readable_at_the_beginning() {
        let (_folder, states) = states(1);
        let path = states.write(7, b"payload").unwrap();
        assert!(fs::read(path).unwrap().starts_with(b"payload"));
    }

    #[test]
    fn any_damage_is_recognised_and_the_state_before_it_used() {
        let (_folder, states) = states(2);
        states.write(1, b"an older state").unwrap();
        let path = states.write(2, b"a newer state").unwrap();
        let whole = fs::read(&path).unwrap();
        let flipped = (0..whole.len() * 8).map(|bit| {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            bytes
        });
        let cut = (0..whole.len()).map(|length| whole[..length].to_vec());
        let longer = [[whole.as_slice(), b"\0"].concat(), [whole.as_slice(), &whole].concat()];
        for bytes in flipped.chain(cut).chain(longer) {
            fs::write(&path, &bytes).unwrap();
            assert_eq!(states.latest().unwrap().payload, b"an older state", "{bytes:?}");
        }
    }

    #[test]
    fn a_damaged_state_is_set_aside_and_does_not_push_out_intact_ones() {
        let (folder, states) = states(2);
        states.write(100, b"intact").unwrap();
        let path = states.write(200, b"soon damaged").unwrap();
        fs::write(&path, b"").unwrap();
        assert_eq!(states.latest().unwrap().update, 100);
        states.write(160, b"intact").unwrap();
        states.write(190, b"intact").unwrap();
        assert_eq!(updates(&states), [190, 160]);
        assert!(folder.path().join("000000200.damaged").exists());
    }

    #[test]
    fn the_best_state_is_used_where_no_other_is_intact() {
        let (folder, states) = states(2);
        states.write_best(3, b"best").unwrap();
        for update in [5, 6] {
            fs::write(states.write(update, b"soon damaged").unwrap(), b"").unwrap();
        }
        let found = states.latest().unwrap();
        assert_eq!((found.update, found.payload.as_slice()), (3, &b"best"[..]));
        assert_eq!(states.list().unwrap(), Vec::<PathBuf>::new());
        assert!(folder.path().join("000000006.damaged").exists());
        // A newer intact state comes before it again.
        states.write(4, b"newer").unwrap();
        assert_eq!(states.latest().unwrap().update, 4);
    }

    #[test]
    fn a_folder_without_an_intact_state_says_so_each_time() {
        let (_folder, states) = states(2);
        assert!(matches!(states.latest(), Err(RunError::NoCheckpoint(_))));
        let path = states.write(1, b"state").unwrap();
        fs::write(&path, b"stat").unwrap();
        for _ in 0..2 {
            assert!(matches!(states.latest(), Err(RunError::AllDamaged(newest)) if newest == path));
        }
    }

    #[test]
    fn a_damaged_best_state_is_an_error_and_a_missing_one_is_not() {
        let (_folder, states) = states(2);
        assert_eq!(states.best().unwrap(), None);
        let path = states.write_best(3, b"best").unwrap();
        fs::write(&path, b"bes").unwrap();
        assert!(matches!(states.best(), Err(RunError::Damaged { .. })));
    }

    #[test]
    fn states_beyond_the_one_gone_back_to_are_removed() {
        let (_folder, states) = states(5);
        for update in [10, 20, 30] {
            states.write(update, b"state").unwrap();
        }
        states.write_best(30, b"state").unwrap();
        assert!(states.has_before(20).unwrap() && !states.has_before(10).unwrap());
        states.discard_from(20).unwrap();
        assert_eq!(updates(&states), [10]);
        assert!(states.best().unwrap().is_some());
    }
}
