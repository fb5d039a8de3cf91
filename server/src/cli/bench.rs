//! `medley bench`: what `cargo xtask bench` runs in processes of their own. Every verb prints one line of JSON.

use std::error::Error;

use clap::Subcommand;
use medley_core::model::Preset;

use crate::bench::{memory, train};
use crate::device::DeviceChoice;

/// Measure speed and memory of training.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Peak memory of a short run with many tasks
    Memory {
        /// Tasks, all of one kind and size.
        #[arg(long, value_name = "N")]
        tasks: usize,
        /// Updates.
        #[arg(long, default_value_t = 3, value_name = "N")]
        updates: u64,
        /// Where to compute.
        #[arg(long, value_enum, default_value_t)]
        device: DeviceChoice,
    },
    /// Time of a training step over one task of each dense label type and a classification
    Train {
        /// Size of the model: nano, tiny or base.
        #[arg(long, default_value = "nano", value_parser = preset)]
        preset: Preset,
        /// Side of the images in pixels.
        #[arg(long, default_value_t = 224, value_name = "PIXELS")]
        size: usize,
        /// Images per batch.
        #[arg(long, default_value_t = 4, value_name = "N")]
        batch: usize,
        /// Steps that are timed.
        #[arg(long, default_value_t = 5, value_name = "N")]
        repeats: usize,
        /// Threads to compute with; 0 is one for every processor core.
        #[arg(long, default_value_t = 0, value_name = "N")]
        threads: usize,
        /// Where to compute.
        #[arg(long, value_enum, default_value_t)]
        device: DeviceChoice,
        /// Feed every second step from JPEG files, decoded and augmented by the loader, and say what that adds.
        #[arg(long)]
        loader: bool,
    },
}

fn preset(name: &str) -> Result<Preset, String> {
    serde_json::from_value(serde_json::json!(name)).map_err(|_| "choose nano, tiny or base".to_owned())
}

/// Runs the verb.
///
/// # Errors
/// When the device fails or the loader's files cannot be written.
pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let json = match args.verb {
        Verb::Memory { tasks, updates, device } => {
            serde_json::to_string(&memory::run(tasks, updates, device)?)?
        }
        Verb::Train { preset, size, batch, repeats, threads, device, loader } => {
            let options = train::Options { preset, size, batch, repeats, threads, device };
            if loader {
                serde_json::to_string(&train::with_loader(&options)?)?
            } else {
                serde_json::to_string(&train::run(&options)?)?
            }
        }
    };
    println!("{json}");
    Ok(())
}
