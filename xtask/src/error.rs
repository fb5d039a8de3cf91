//! What can stop a developer command.

use std::io;
use std::path::{Path, PathBuf};

/// Worded for the person at the terminal: what failed and, where it is not plain, what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot {action} {}", path.display())]
    File { action: &'static str, path: PathBuf, source: io::Error },
    #[error("cannot start `{program}`")]
    Start { program: String, source: io::Error },
    #[error("`{command}` failed ({status})")]
    Failed { command: String, status: String },
    #[error("no folder for caches: set XDG_CACHE_HOME or HOME")]
    NoCache,
    #[error("Cargo.lock names no package `{0}`: restore it with `git checkout Cargo.lock`")]
    NotLocked(&'static str),
    #[error("cannot read Cargo.lock")]
    Lock(#[from] toml::de::Error),
    #[error(
        "the wasm32-unknown-unknown target is missing and there is no rustup: install it from https://rustup.rs"
    )]
    NoRustup,
    #[error("missing: {packages}. {advice}")]
    Packages { packages: String, advice: String },
    #[error(
        "{} expects functions of the C library, which a page does not have: a dependency of `core` is not pure; \
         find it with `cargo tree --target wasm32-unknown-unknown` and use it natively alone",
        .0.display()
    )]
    ForeignImports(PathBuf),
    #[error("{} is no WebAssembly module: remove the folder it is in and build the page again", path.display())]
    Module { path: PathBuf, source: wasmparser::BinaryReaderError },
    #[error("the Python that is found as `python3` is {found}; the tests need {oldest} or later")]
    OldPython { found: String, oldest: String },
    #[error(
        "{} does not work after it was installed; remove it and try again", .0.display()
    )]
    NoReaders(PathBuf),
    #[error("`{command}` did not print the figures that were expected: {output}")]
    Figures { command: String, output: String, source: serde_json::Error },
    #[error("{} has no place for the list of files: two marks `/* page */`", .0.display())]
    NoMark(PathBuf),
    #[error("there is no page in {}: build it with `cargo xtask serve --no-run`", .0.display())]
    NoPage(PathBuf),
}

impl Error {
    /// Wraps an I/O error with what was tried on which path: `.map_err(Error::file("read", &path))`.
    pub fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { action, path, source }
    }
}
