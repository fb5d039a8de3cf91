//! `cargo xtask bench`: the figures that the README states, one file each.

mod size;

use crate::error::Error;
use crate::workspace::Workspace;

/// Measure
#[derive(clap::Subcommand)]
pub enum Bench {
    /// What opening the page transfers, with and without the model
    Size,
}

pub fn run(workspace: &Workspace, bench: &Bench) -> Result<(), Error> {
    match bench {
        Bench::Size => size::run(workspace),
    }
}
