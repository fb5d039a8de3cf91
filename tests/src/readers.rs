//! Independent readers of what Medley writes: Python with the libraries that others use.
//!
//! The scripts are in `tests/readers`; `cargo xtask test` brings the interpreter with its libraries, and names it in
//! `MEDLEY_READERS`.

#![allow(clippy::missing_panics_doc, clippy::must_use_candidate)]

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

/// The interpreter.
pub struct Readers {
    python: PathBuf,
}

impl Readers {
    /// The one in `MEDLEY_READERS`; none, with a word about it, where there is none.
    pub fn find() -> Option<Self> {
        let python = env::var_os("MEDLEY_READERS").map(PathBuf::from);
        if python.is_none() {
            crate::cannot_run("there is no Python in MEDLEY_READERS; `cargo xtask test` brings one");
        }
        python.map(|python| Self { python })
    }

    /// Opens an export with other programs' libraries and compares it; see `tests/readers/read.py` for the kinds and
    /// what each is given. Returns what was found.
    pub fn read(&self, kind: &str, arguments: &[&OsStr]) -> Value {
        let script = crate::workspace().join("tests/readers/read.py");
        let output =
            Command::new(&self.python).arg("-B").arg(script).arg(kind).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{kind} {arguments:?}: {said}");
        let found = String::from_utf8_lossy(&output.stdout);
        println!("{kind}: {}", found.trim());
        serde_json::from_str(found.trim()).unwrap()
    }
}
