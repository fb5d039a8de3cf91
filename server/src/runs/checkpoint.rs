//! Files that are either old or new, never half.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::RunError;

/// How many training states are kept.
const KEEP: usize = 2;

/// Writes a new file beside `path`, syncs it, and renames it: a crash leaves the old file or the new one.
///
/// # Errors
/// When the disk is full or the folder not writable; an existing file is then untouched.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), RunError> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    // Temporary files are private by default; this one becomes an ordinary file.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(folder).map_err(RunError::io("write", path))?;
    file.write_all(bytes).map_err(RunError::io("write", path))?;
    file.as_file().sync_all().map_err(RunError::io("write", path))?;
    file.persist(path).map_err(|e| RunError::io("write", path)(e.error))?;
    // The rename itself is durable once its folder is.
    #[cfg(unix)]
    fs::File::open(folder).and_then(|f| f.sync_all()).map_err(RunError::io("write", folder))?;
    Ok(())
}

/// All training states of a folder, newest first.
///
/// # Errors
/// When the folder cannot be listed.
pub fn checkpoints(folder: &Path) -> Result<Vec<PathBuf>, RunError> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(RunError::io("read", folder))?
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "state"))
        .collect();
    // Names carry the update with leading zeros.
    found.sort_unstable_by(|a, b| b.cmp(a));
    Ok(found)
}

/// Writes the training state after `update` updates and removes all but the newest few.
///
/// # Errors
/// When writing fails; older states are then kept.
pub fn write_checkpoint(folder: &Path, update: u64, bytes: &[u8]) -> Result<PathBuf, RunError> {
    let path = folder.join(format!("{update:09}.state"));
    write_atomically(&path, bytes)?;
    for old in checkpoints(folder)?.into_iter().skip(KEEP) {
        fs::remove_file(&old).map_err(RunError::io("remove", &old))?;
    }
    Ok(path)
}

/// The newest training state that `parse` accepts.
///
/// # Errors
/// When there is none, or none is intact.
pub fn latest_checkpoint<T, E: std::fmt::Display>(
    folder: &Path,
    parse: impl Fn(&[u8]) -> Result<T, E>,
) -> Result<T, RunError> {
    let mut newest = None;
    for path in checkpoints(folder)? {
        let bytes = fs::read(&path).map_err(RunError::io("read", &path))?;
        match parse(&bytes) {
            Ok(state) => return Ok(state),
            Err(error) => {
                tracing::warn!("{} is damaged ({error}); trying the one before it", path.display());
                newest.get_or_insert(error.to_string());
            }
        }
    }
    Err(match newest {
        Some(reason) => RunError::Damaged { path: folder.to_path_buf(), reason },
        None => RunError::NoCheckpoint(folder.to_path_buf()),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parse(bytes: &[u8]) -> Result<String, String> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        if text.contains("good") { Ok(text) } else { Err("not good".into()) }
    }

    #[test]
    fn the_newest_intact_state_is_used_and_old_ones_go() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        for update in [5, 20, 100] {
            write_checkpoint(path, update, format!("good {update}").as_bytes()).unwrap();
        }
        assert_eq!(checkpoints(path).unwrap().len(), KEEP);
        assert_eq!(latest_checkpoint(path, parse).unwrap(), "good 100");

        write_checkpoint(path, 200, b"half written").unwrap();
        assert_eq!(latest_checkpoint(path, parse).unwrap(), "good 100");
    }

    #[test]
    fn a_folder_without_an_intact_state_says_so() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(latest_checkpoint(folder.path(), parse), Err(RunError::NoCheckpoint(_))));
        write_checkpoint(folder.path(), 1, b"rubbish").unwrap();
        assert!(matches!(latest_checkpoint(folder.path(), parse), Err(RunError::Damaged { .. })));
    }
}
