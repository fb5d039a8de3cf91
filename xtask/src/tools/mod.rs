//! The programs the commands need: found, or installed with a word about what, why and how long.

mod cargo_tool;
mod python;
mod system;
mod wasm_target;

pub use cargo_tool::CargoTool;
pub use python::Readers;
pub use system::ensure_system_packages;
pub use wasm_target::ensure_wasm_target;

use crate::error::Error;
use crate::workspace::Workspace;

/// Everything that builds the page.
pub fn ensure_page_tools(workspace: &Workspace) -> Result<(), Error> {
    ensure_wasm_target(workspace)?;
    CargoTool::trunk().ensure(workspace)?;
    CargoTool::wasm_bindgen(workspace.locked_version("wasm-bindgen")?).ensure(workspace)
}
