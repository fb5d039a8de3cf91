//! Files that are either old or new, never half.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::RunError;

/// How the names of files begin that are still being written.
const UNFINISHED: &str = ".unfinished-";

/// Writes a new file beside `path`, syncs it, and renames it: a crash leaves the old file or the new one.
///
/// # Errors
/// When the disk is full or the folder not writable; an existing file is then untouched.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), RunError> {
    write_parts(path, &[bytes])
}

/// [`write_atomically`] for a file that is in several pieces.
pub(super) fn write_parts(path: &Path, parts: &[&[u8]]) -> Result<(), RunError> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED);
    // Temporary files are private by default; this one becomes an ordinary file.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(folder).map_err(RunError::io("write", path))?;
    write_synced(file.as_file_mut(), parts).map_err(RunError::io("write", path))?;
    file.persist(path).map_err(|e| RunError::io("write", path)(e.error))?;
    // The rename itself is durable once its folder is.
    #[cfg(unix)]
    fs::File::open(folder).and_then(|f| f.sync_all()).map_err(RunError::io("write", folder))?;
    Ok(())
}

fn write_synced(file: &mut fs::File, parts: &[&[u8]]) -> io::Result<()> {
    for part in parts {
        file.write_all(part)?;
    }
    file.sync_all()
}

/// Removes what a killed writer left behind. Nobody else may be writing to the folder.
///
/// # Errors
/// When the folder cannot be listed.
pub fn remove_unfinished(folder: &Path) -> Result<(), RunError> {
    for entry in fs::read_dir(folder).map_err(RunError::io("read", folder))?.flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            fs::remove_file(entry.path()).map_err(RunError::io("remove", &entry.path()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write_atomically(&path, b"a longer text").unwrap();
        write_parts(&path, &[b"sh", b"ort"]).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"short");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_name_that_cannot_be_replaced_leaves_no_unfinished_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("folder");
        fs::create_dir_all(path.join("inner")).unwrap();
        assert!(write_atomically(&path, b"text").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_a_killed_writer_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(format!("{UNFINISHED}x7")), b"hal").unwrap();
        fs::write(folder.path().join("000000001.state"), b"whole").unwrap();
        remove_unfinished(folder.path()).unwrap();
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left, ["000000001.state"]);
    }

    /// `/dev/full` takes no byte, as a full disk.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error_that_says_so() {
        let mut full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let error = write_synced(&mut full, &[b"state"]).unwrap_err();
        let error = RunError::io("write", Path::new("run/checkpoints/1.state"))(error);
        assert_eq!(
            error.to_string(),
            "cannot write run/checkpoints/1.state: the disk is full; make room and continue with --resume from the last checkpoint, which is kept"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_read_only_folder_is_an_error_that_says_so() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, b"old").unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
        if fs::write(folder.path().join("probe"), b"").is_ok() {
            println!("skipped: this user may write to read-only folders");
            return;
        }
        let error = write_atomically(&path, b"new").unwrap_err();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        assert!(error.to_string().contains("you may not write there"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"old");
    }
}
