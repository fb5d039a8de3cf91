//! `medley pretrain`: train a model over many tasks at once.

use std::error::Error;
use std::io::IsTerminal;
use std::path::PathBuf;

use super::interrupt;
use crate::device::{DeviceChoice, DeviceName};
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
    /// Several devices instead of one, which share the tasks: cpu, gpu:0, gpu:1, ..., and ws://HOST:PORT for all devices
    /// of a `medley worker`. Give the configuration before this.
    #[arg(long, num_args = 1.., value_delimiter = ',', value_name = "DEVICE", conflicts_with = "device")]
    devices: Vec<DeviceName>,
    /// A file with the line that the workers among the devices ask for.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
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
    if let Some(device) = args.device {
        config.device = device;
        config.devices.clear();
    }
    if !args.devices.is_empty() {
        config.devices.clone_from(&args.devices);
    }
    config.token_file = args.token_file.clone().or(config.token_file);
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
