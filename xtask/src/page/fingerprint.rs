//! Whether the page's sources have changed.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use super::sync::files;
use crate::error::Error;

/// All that goes into the page.
const SOURCES: [&str; 9] = [
    "app",
    "core",
    "kernels",
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    ".cargo/config.toml",
    "rust-toolchain.toml",
];

/// A hash over names and contents. Times do not count: a fresh checkout has new ones.
pub fn of_sources(root: &Path) -> Result<String, Error> {
    let mut hasher = DefaultHasher::new();
    for source in SOURCES {
        let path = root.join(source);
        if path.is_dir() {
            for name in files(&path)?.iter().filter(|name| !name.starts_with("tests")) {
                hash_file(&path.join(name), &name.to_string_lossy(), &mut hasher)?;
            }
        } else if path.is_file() {
            hash_file(&path, source, &mut hasher)?;
        }
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// A hash over names and contents of these files of a folder.
pub fn of_files(folder: &Path, names: &[String]) -> Result<String, Error> {
    let mut hasher = DefaultHasher::new();
    for name in names {
        hash_file(&folder.join(name), name, &mut hasher)?;
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn hash_file(path: &Path, name: &str, hasher: &mut DefaultHasher) -> Result<(), Error> {
    name.hash(hasher);
    fs::read(path).map_err(Error::file("read", path))?.hash(hasher);
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;

    use super::of_sources;
    use crate::page::sync::tests::Folder;

    #[test]
    fn sources_count_and_tests_do_not() {
        let folder = Folder::new("fingerprint");
        let root = folder.path();
        fs::create_dir_all(root.join("core/src")).unwrap();
        fs::create_dir_all(root.join("core/tests")).unwrap();
        fs::write(root.join("core/src/lib.rs"), "a").unwrap();
        let before = of_sources(root).unwrap();
        fs::write(root.join("core/tests/b.rs"), "b").unwrap();
        assert_eq!(of_sources(root).unwrap(), before);
        fs::write(root.join("core/src/lib.rs"), "b").unwrap();
        assert_ne!(of_sources(root).unwrap(), before);
    }
}
