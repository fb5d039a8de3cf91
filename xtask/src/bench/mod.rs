//! `cargo xtask bench`: the figures that the README states, one file each.

mod loader;
mod size;

use crate::error::Error;
use crate::workspace::Workspace;

/// Measure
#[derive(clap::Subcommand)]
pub enum Bench {
    /// What opening the page transfers, with and without the model
    Size,
    /// Images per second that are read, decoded and augmented for training
    Loader,
}

pub fn run(workspace: &Workspace, bench: &Bench) -> Result<(), Error> {
    match bench {
        Bench::Size => size::run(workspace),
        Bench::Loader => loader::run(workspace),
    }
}
