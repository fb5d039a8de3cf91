//! The page: built by trunk when its sources have changed, compressed once, kept in `dist/`.

mod compress;
mod fingerprint;
mod names;
mod offline;
pub mod sync;

pub use compress::{Size, sizes};

use std::fs;
use std::path::Path;
use std::time::Instant;

use crate::error::Error;
use crate::tools;
use crate::workspace::{WASM, Workspace, run};

/// Brings `dist/` up to date.
pub fn build(workspace: &Workspace) -> Result<(), Error> {
    let dist = workspace.dist();
    let scratch = workspace.root.join("target");
    let stamp = scratch.join("page.fingerprint");
    let sources = fingerprint::of_sources(&workspace.root)?;
    let built = fs::read_to_string(&stamp).unwrap_or_default();
    if built == sources && dist.join("index.html").is_file() {
        println!("The page is up to date.");
        return Ok(());
    }

    tools::ensure_page_tools(workspace)?;
    println!("Building the page (about 20 minutes on two cores the first time, then less)");
    let start = Instant::now();
    // All that may be downloaded is downloaded here; `--offline` then keeps trunk from fetching programs.
    run(&mut workspace.cargo(&["fetch", "--locked", "--target", WASM]))?;
    let fresh = scratch.join("page");
    let mut trunk = workspace.command("trunk");
    trunk.args([
        "build",
        "--release",
        "--cargo-profile",
        "page",
        "--offline",
        "--locked",
        "--skip-version-check",
    ]);
    // trunk takes NO_COLOR for an option and rejects the usual `NO_COLOR=1`.
    run(trunk.arg("--dist").arg(&fresh).env_remove("NO_COLOR"))?;

    refuse_foreign_imports(&fresh)?;
    names::remove(&fresh)?;
    offline::complete(&fresh)?;
    sync::mirror(&fresh, &dist)?;
    println!("Compressing");
    compress::all(&dist)?;
    fs::write(&stamp, sources).map_err(Error::file("write", &stamp))?;
    let total: u64 = sizes(&dist)?.iter().map(Size::transferred).sum();
    println!(
        "The page is built ({:.0} s): {:.2} MB to transfer.",
        start.elapsed().as_secs_f32(),
        total as f64 / 1e6
    );
    Ok(())
}

/// A library that expects C functions links without complaint and fails only when the page starts.
fn refuse_foreign_imports(page: &Path) -> Result<(), Error> {
    for entry in fs::read_dir(page).map_err(Error::file("read", page))? {
        let path = entry.map_err(Error::file("read", page))?.path();
        if path.extension().is_some_and(|extension| extension == "js") {
            let script = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
            if [r#"require("env")"#, r#"from "env""#].iter().any(|import| script.contains(import)) {
                return Err(Error::ForeignImports(path));
            }
        }
    }
    Ok(())
}
