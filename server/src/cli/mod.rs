//! The command line: one file per verb.

mod bench;
mod data;
mod evaluate;
mod files;
mod interrupt;
mod model;
mod overlay;
mod predict;
mod pretrain;
mod serve;
mod table;
mod transfer;
mod worker;

use std::error::Error;

use clap::{Parser, Subcommand};

/// A biomedical imaging foundation model that is used and fine-tuned in the browser.
///
/// For research. Not a medical device.
#[derive(Debug, Parser)]
#[command(name = "medley", version, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Serve(serve::Args),
    Pretrain(pretrain::Args),
    Worker(worker::Args),
    Evaluate(evaluate::Args),
    Predict(predict::Args),
    Transfer(transfer::Args),
    Model(model::Args),
    Data(data::Args),
    #[command(hide = true)]
    Bench(bench::Args),
}

impl Cli {
    /// Does what was asked.
    ///
    /// # Errors
    /// Whatever stopped the verb, worded for the person who typed it.
    pub fn run(self) -> Result<(), Box<dyn Error>> {
        match self.verb {
            Verb::Serve(args) => Ok(serve::run(&args)?),
            Verb::Pretrain(args) => pretrain::run(&args),
            Verb::Worker(args) => worker::run(&args),
            Verb::Evaluate(args) => evaluate::run(&args),
            Verb::Predict(args) => Ok(predict::run(&args)?),
            Verb::Transfer(args) => transfer::run(&args),
            Verb::Data(args) => data::run(&args),
            Verb::Bench(args) => bench::run(&args),
            Verb::Model(args) => Ok(model::run(&args)?),
        }
    }
}
