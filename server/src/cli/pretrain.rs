//! `medley pretrain`: train a model over many tasks at once.

use std::error::Error;
use std::io::IsTerminal;
use std::path::PathBuf;

use super::interrupt;
use crate::device::DeviceChoice;
use crate::pretrain::{PretrainConfig, RunOptions, print, run as pretrain};

/// Train a model over many tasks at once.
///
/// Without a configuration it learns from built-in synthetic images of all three label types. Ctrl-C ends
/// the run after the current update and leaves a checkpoint; --resume goes on from it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The configuration (TOML).
    config: Option<PathBuf>,
    /// Folder of the run.
    #[arg(long, default_value = "runs/latest", value_name = "DIR")]
    out: PathBuf,
    /// Go on from the newest checkpoint of the run.
    #[arg(long)]
    resume: bool,
    /// Updates to make, instead of the configured number.
    #[arg(long, value_name = "N")]
    updates: Option<u64>,
    /// Where to compute, instead of the configured device.
    #[arg(long, value_enum)]
    device: Option<DeviceChoice>,
    /// Print the whole configuration with comments, and train nothing.
    #[arg(long)]
    print_config: bool,
}

/// Runs the verb.
pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let mut config = match &args.config {
        Some(path) => PretrainConfig::read(path)?,
        None => PretrainConfig::default(),
    };
    config.train.updates = args.updates.unwrap_or(config.train.updates);
    config.device = args.device.unwrap_or(config.device);
    if args.print_config {
        print!("{}", print(&config)?);
        return Ok(());
    }
    let stop = interrupt::flag("ending after this update; press Ctrl-C again to lose it")?;
    if !std::io::stderr().is_terminal() {
        tracing::info!("the course of the run is in {}", args.out.join("events.jsonl").display());
    }
    let outcome = pretrain(&config, &RunOptions { out: args.out.clone(), resume: args.resume, stop: &stop })?;
    match outcome.model {
        Some(model) => println!("{} updates made; the model is {}", outcome.update, model.display()),
        None => println!(
            "stopped after {} of {} updates; go on with --resume --out {}",
            outcome.update,
            config.train.updates,
            args.out.display()
        ),
    }
    Ok(())
}
