//! Copies a folder onto another, touching only what differs, so that compressed files stay where they are good.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// Makes `to` hold the files of `from`. A `.br` beside an unchanged file stays.
pub fn mirror(from: &Path, to: &Path) -> Result<(), Error> {
    fs::create_dir_all(to).map_err(Error::file("create", to))?;
    let wanted = files(from)?;
    for name in files(to)? {
        let original = if name.extension().is_some_and(|extension| extension == "br") {
            name.with_extension("")
        } else {
            name.clone()
        };
        if !wanted.contains(&original) {
            remove(&to.join(name))?;
        }
    }
    for name in wanted {
        let (source, target) = (from.join(&name), to.join(&name));
        let bytes = fs::read(&source).map_err(Error::file("read", &source))?;
        if fs::read(&target).is_ok_and(|old| old == bytes) {
            continue;
        }
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).map_err(Error::file("create", parent))?;
        }
        let compressed = compressed(&target);
        if compressed.exists() {
            remove(&compressed)?;
        }
        fs::write(&target, bytes).map_err(Error::file("write", &target))?;
    }
    Ok(())
}

/// Where the brotli form of a file is.
pub fn compressed(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    PathBuf::from(name)
}

/// All files below `folder`, relative to it, sorted.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(current) = folders.pop() {
        for entry in fs::read_dir(&current).map_err(Error::file("read", &current))? {
            let path = entry.map_err(Error::file("read", &current))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(name) = path.strip_prefix(folder) {
                found.push(name.to_path_buf());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn remove(file: &Path) -> Result<(), Error> {
    fs::remove_file(file).map_err(Error::file("remove", file))
}

#[cfg(test)]
pub mod tests {
    #![allow(clippy::unwrap_used)]

    use std::env;
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::process;

    use super::{files, mirror};

    /// A temporary folder that goes away with the test.
    pub struct Folder(PathBuf);

    impl Folder {
        pub fn new(name: &str) -> Self {
            let path = env::temp_dir().join(format!("medley-xtask-{name}-{}", process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        pub fn path(&self) -> &Path {
            &self.0
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            drop(fs::remove_dir_all(&self.0));
        }
    }

    #[test]
    fn a_mirror_keeps_what_is_still_good() {
        let folder = Folder::new("mirror");
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        for (root, name, text) in [
            (&from, "same.js", "same"),
            (&from, "sub/changed.js", "new"),
            (&to, "same.js", "same"),
            (&to, "same.js.br", "squeezed"),
            (&to, "sub/changed.js", "old"),
            (&to, "sub/changed.js.br", "squeezed"),
            (&to, "gone.js", "gone"),
            (&to, "gone.js.br", "squeezed"),
        ] {
            fs::create_dir_all(root.join("sub")).unwrap();
            fs::write(root.join(name), text).unwrap();
        }
        mirror(&from, &to).unwrap();
        let expected: Vec<PathBuf> = ["same.js", "same.js.br", "sub/changed.js"].map(PathBuf::from).into();
        assert_eq!(files(&to).unwrap(), expected);
        assert_eq!(fs::read_to_string(to.join("sub/changed.js")).unwrap(), "new");
    }
}
