//! `medley data`: what can be done with data sets, one file per verb.

mod import;
mod progress;
mod stats;
mod validate;

use std::error::Error;

use clap::Subcommand;

/// Check, describe, convert and pack data sets.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Validate(validate::Args),
    Stats(stats::Args),
    Import(import::Args),
}

/// Runs the verb.
///
/// # Errors
/// Whatever stopped it, worded for the person who typed it.
pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    match &args.verb {
        Verb::Validate(args) => validate::run(args),
        Verb::Stats(args) => stats::run(args),
        Verb::Import(args) => import::run(args),
    }
}
