//! `medley bench`: what `cargo xtask bench` runs in processes of their own. `RAYON_NUM_THREADS` sets the threads.

use std::error::Error;
use std::path::PathBuf;

use clap::Subcommand;
use medley_core::model::Preset;
use medley_core::train::ComputePrecision;
use serde::Serialize;

use crate::bench::{memory, ops, train};
use crate::device::DeviceChoice;

/// Measure speed and memory of training.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
    /// Print one line of JSON, not an indented value.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Peak memory of a short run with many tasks
    Memory {
        /// Tasks, all of one kind and size.
        #[arg(long, value_name = "N")]
        tasks: usize,
        /// Updates.
        #[arg(long, default_value_t = 2, value_name = "N")]
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
        /// Where to compute.
        #[arg(long, value_enum, default_value_t)]
        device: DeviceChoice,
        /// Compute the shared blocks with 16-bit numbers.
        #[arg(long)]
        half: bool,
        /// Turns made at the same time, each with its batch in memory.
        #[arg(long, default_value_t = 1, value_name = "N")]
        parallel_turns: usize,
        /// Feed every second step from JPEG files, decoded and augmented by the loader, and say what that adds.
        #[arg(long)]
        loader: bool,
    },
    /// Time of single operations
    Ops {
        /// JSON list of operations with their shapes.
        #[arg(long, value_name = "FILE")]
        list: PathBuf,
        /// Where to compute.
        #[arg(long, value_enum, default_value_t)]
        device: DeviceChoice,
    },
}

fn preset(name: &str) -> Result<Preset, String> {
    serde_json::from_value(serde_json::json!(name)).map_err(|_| "choose nano, tiny or base".to_owned())
}

/// Runs the verb.
///
/// # Errors
/// When the device fails, a list of operations is wrong, or the loader's files cannot be written.
pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    match &args.verb {
        Verb::Memory { tasks, updates, device } => print(&memory::run(*tasks, *updates, *device)?, args.json),
        &Verb::Train { preset, size, batch, repeats, device, half, parallel_turns, loader } => {
            let precision = if half { ComputePrecision::Half } else { ComputePrecision::Full };
            let options = train::Options { preset, size, batch, repeats, device, precision, parallel_turns };
            if loader {
                print(&train::with_loader(&options)?, args.json)
            } else {
                print(&train::run(&options)?, args.json)
            }
        }
        Verb::Ops { list, device } => print(&ops::run(list, *device)?, args.json),
    }
}

fn print(figures: &impl Serialize, one_line: bool) -> Result<(), Box<dyn Error>> {
    let json = if one_line { serde_json::to_string } else { serde_json::to_string_pretty }(figures)?;
    println!("{json}");
    Ok(())
}
