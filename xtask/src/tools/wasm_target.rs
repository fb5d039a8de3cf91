//! The standard library for wasm.

use std::path::Path;

use crate::error::Error;
use crate::workspace::{WASM, Workspace, output, run};

/// Adds the wasm target to the toolchain where it is missing.
pub fn ensure_wasm_target(workspace: &Workspace) -> Result<(), Error> {
    let sysroot = output(workspace.command("rustc").args(["--print", "sysroot"])).unwrap_or_default();
    if Path::new(sysroot.trim()).join("lib/rustlib").join(WASM).join("lib").is_dir() {
        return Ok(());
    }
    if output(workspace.command("rustup").arg("--version")).is_none() {
        return Err(Error::NoRustup);
    }
    println!("Adding the Rust target {WASM}, which the page is compiled for (once, some 20 MB)");
    run(workspace.command("rustup").args(["target", "add", WASM]))
}
