//! `medley data`: what can be done with data sets, one file per verb.

mod bench;
mod check;
mod get;
mod import;
mod pack;
mod stats;
mod synth;
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
    Check(check::Args),
    Get(get::Args),
    Pack(pack::Args),
    Synth(synth::Args),
    #[command(hide = true)]
    Bench(bench::Args),
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
        Verb::Check(args) => check::run(args),
        Verb::Get(args) => get::run(args),
        Verb::Pack(args) => pack::run(args),
        Verb::Synth(args) => synth::run(args),
        Verb::Bench(args) => bench::run(args),
        Verb::Import(args) => import::run(args),
    }
}
