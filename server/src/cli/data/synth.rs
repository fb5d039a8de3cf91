//! `medley data synth`: the built-in synthetic data as data set folders.

use std::error::Error;
use std::path::PathBuf;

use clap::value_parser;

use crate::data::synthetic::{SynthOptions, write_synthetic};

/// Write the built-in synthetic data as data set folders.
///
/// They show how classes, masks and boxes are laid out on disk, and can be trained from like any other data.
/// The same seed gives the same files.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where to write: one folder per task.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Pictures of each task.
    #[arg(long, default_value_t = 200, value_name = "N", value_parser = value_parser!(u32).range(3..=100_000))]
    images: u32,
    /// Longest side of a picture in pixels.
    #[arg(long, default_value_t = 192, value_parser = value_parser!(u32).range(32..=2048))]
    size: u32,
    /// Seed of the pictures.
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

/// Runs the verb.
///
/// # Errors
/// When a folder is there already or cannot be written.
pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let options = SynthOptions {
        images: args.images as usize,
        size: args.size as usize,
        seed: args.seed,
        ..SynthOptions::default()
    };
    for folder in write_synthetic(&args.out, options)? {
        println!("{}", folder.display());
    }
    Ok(())
}
