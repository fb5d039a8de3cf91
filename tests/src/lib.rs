//! What the tests that cross crates share: where things lie, what happens when something is missing, and a browser.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod readers;
pub mod visit;

use std::env;
use std::path::{Path, PathBuf};

/// The root folder of the workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The built page: `dist/`, or where `MEDLEY_DIST` says.
pub fn page() -> PathBuf {
    env::var_os("MEDLEY_DIST").map_or_else(|| workspace().join("dist"), PathBuf::from)
}

/// The folder of the bundled model: `models/`, or where `MEDLEY_MODELS` says.
pub fn models() -> PathBuf {
    env::var_os("MEDLEY_MODELS").map_or_else(|| workspace().join("models"), PathBuf::from)
}

/// The bundled model.
pub fn bundled_model() -> PathBuf {
    models().join("medley-nano.safetensors")
}

/// The folder of a real data set, in `MEDLEY_DATA` or in `../shared/data` beside the workspace.
pub fn data_set(id: &str) -> Option<PathBuf> {
    let root = env::var_os("MEDLEY_DATA").map_or_else(|| workspace().join("../shared/data"), PathBuf::from);
    // Browsers take only files whose paths have no detours.
    let folder = root.join(id).canonicalize().ok()?;
    folder.join("dataset.json").is_file().then_some(folder)
}

/// Leaves a test that cannot run here: with a message, or with a failure where `CI` or `MEDLEY_E2E` is set,
/// because there nothing may go untested unnoticed.
///
/// # Panics
/// When `CI` or `MEDLEY_E2E` is set.
pub fn cannot_run(reason: &str) {
    let required = ["CI", "MEDLEY_E2E"].iter().any(|name| env::var_os(name).is_some());
    assert!(!required, "this test must run here, but {reason}");
    println!("SKIPPED: {reason}");
}
