//! One target folder serves several clones, and cargo tells by times alone what is out of date.
//!
//! Cargo gives a package of the workspace the same name in every clone and compares the times of its sources
//! with those of what was built. A clone whose files are older than another clone's build would so be served
//! the other's programs. Where another clone built last, the sources here are therefore given today's time.

use std::fs::{self, File, FileTimes};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::Error;

/// Names, in the target folder, the clone that built last.
const LAST: &str = "medley-clone";

/// Folders without sources.
const SKIPPED: [&str; 4] = ["target", "dist", "models", "node_modules"];

/// Lets cargo see the sources of `root` as new if another clone has used the folder `target` in between.
pub fn claim(root: &Path, target: &Path) -> Result<(), Error> {
    let stamp = target.join(LAST);
    let here = root.to_string_lossy();
    if fs::read_to_string(&stamp).is_ok_and(|last| last == here) {
        return Ok(());
    }
    // A folder that holds nothing yet cannot mislead.
    if target.is_dir() {
        let now = FileTimes::new().set_modified(SystemTime::now());
        for file in sources(root)? {
            let touched = File::options().append(true).open(&file).and_then(|open| open.set_times(now));
            touched.map_err(Error::file("touch", &file))?;
        }
    }
    fs::create_dir_all(target).map_err(Error::file("create", target))?;
    fs::write(&stamp, here.as_bytes()).map_err(Error::file("write", &stamp))
}

/// Every file below `root` that may go into a build.
fn sources(root: &Path) -> Result<Vec<PathBuf>, Error> {
    let (mut found, mut folders) = (Vec::new(), vec![root.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(Error::file("read", &folder))? {
            let entry = entry.map_err(Error::file("read", &folder))?;
            let kind = entry.file_type().map_err(Error::file("read", &entry.path()))?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if kind.is_dir() && !name.starts_with('.') && !SKIPPED.contains(&name.as_ref()) {
                folders.push(entry.path());
            } else if kind.is_file() && !name.starts_with('.') {
                found.push(entry.path());
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs::{self, File};
    use std::path::Path;
    use std::time::{Duration, SystemTime};

    use super::claim;
    use crate::page::sync::tests::Folder;

    fn age(file: &Path) -> Duration {
        SystemTime::now().duration_since(fs::metadata(file).unwrap().modified().unwrap()).unwrap_or_default()
    }

    #[test]
    fn sources_become_new_when_the_target_folder_changes_hands() {
        let folder = Folder::new("freshness");
        let target = folder.path().join("shared");
        let [one, other] = ["one", "other"].map(|name| folder.path().join(name));
        let sources = [&one, &other].map(|clone| clone.join("core/src/lib.rs"));
        let year = Duration::from_hours(365 * 24);
        let make_old = |file: &Path| {
            File::options().append(true).open(file).unwrap().set_modified(SystemTime::now() - year).unwrap();
        };
        for source in &sources {
            fs::create_dir_all(source.parent().unwrap()).unwrap();
            fs::write(source, "").unwrap();
            make_old(source);
        }
        claim(&one, &target).unwrap();
        assert!(age(&sources[0]) > year / 2, "an empty folder misleads nobody");
        claim(&other, &target).unwrap();
        assert!(age(&sources[1]) < year / 2, "another clone built last");
        make_old(&sources[1]);
        claim(&other, &target).unwrap();
        assert!(age(&sources[1]) > year / 2, "this clone built last");
        claim(&one, &target).unwrap();
        assert!(age(&sources[0]) < year / 2, "and back again");
    }
}
