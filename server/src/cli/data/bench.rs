//! `medley data bench`: how many images per second the loader delivers.

use std::error::Error;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use crate::data::bench::{loader_speed, write_bench_images};

/// Synthetic images to read in turn.
const IMAGES: NonZeroUsize = NonZeroUsize::new(96).unwrap();

/// Measure how many images per second are read, decoded and augmented.
///
/// Prints one line of JSON. Without a data set, synthetic JPEGs of 224 pixels are written and read.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A data set folder.
    path: Option<PathBuf>,
    /// Threads; 0 is one for every processor core.
    #[arg(long, default_value_t = 0, value_name = "N")]
    threads: usize,
    /// How long to measure.
    #[arg(long, default_value_t = 5.0, value_name = "SECONDS")]
    seconds: f64,
}

/// Runs the verb.
///
/// # Errors
/// When the data cannot be read, or the synthetic ones not written.
pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let duration = Duration::try_from_secs_f64(args.seconds)?;
    let speed = if let Some(path) = &args.path {
        loader_speed(path, args.threads, duration)?
    } else {
        let folder = tempfile::tempdir()?;
        loader_speed(&write_bench_images(folder.path(), IMAGES)?, args.threads, duration)?
    };
    println!("{}", serde_json::to_string(&speed)?);
    Ok(())
}
