//! `medley data check`: which labels are probably wrong.

use std::error::Error;
use std::path::PathBuf;

use crate::cli::files;
use crate::cli::table::Table;
use crate::device::DeviceChoice;
use crate::quality::{CheckOptions, check, page};

/// Rank the labels that a trained model doubts most, and show them on a page.
///
/// Classes are compared with a classifier on the model's frozen features that has not seen the image (confident
/// learning), so that any model will do. Masks and boxes are compared with the model's own predictions: it
/// needs a task of the same classes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The model file (.safetensors).
    model: PathBuf,
    /// The data set folder.
    path: PathBuf,
    /// The page to write.
    #[arg(long, default_value = "labels.html", value_name = "FILE")]
    out: PathBuf,
    /// How many images of each task the page shows.
    #[arg(long, default_value_t = 60)]
    show: usize,
    /// Parts of the cross-validation.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(2..=50))]
    folds: u32,
    /// Longest side at which the model sees an image, for data sets that it was not trained on.
    #[arg(long, default_value_t = 128, value_parser = clap::value_parser!(u32).range(16..=2048))]
    size: u32,
    /// Seed of the parts.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Where to compute.
    #[arg(long, value_enum, default_value_t)]
    device: DeviceChoice,
    /// Print the whole ranking as JSON instead of its head as a table.
    #[arg(long)]
    json: bool,
}

/// Rows of the table on the terminal.
const ROWS: usize = 20;

/// Runs the verb.
///
/// # Errors
/// When model or data cannot be read, or the page not be written.
pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let medley = files::read_model(&args.model, args.device)?;
    let options =
        CheckOptions { input_size: args.size as usize, folds: args.folds as usize, seed: args.seed };
    let found = check(&medley, &args.path, &options)?;
    files::write(&args.out, page(&found, &medley, args.show)?.as_bytes())?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&found.rankings)?);
        return Ok(());
    }
    for ranking in &found.rankings {
        let suspicious = ranking.images.iter().filter(|doubt| doubt.suspicious).count();
        println!(
            "{}: {suspicious} of {} labels are suspicious\n{}\n",
            ranking.task,
            ranking.images.len(),
            ranking.method
        );
        let mut table = Table::new(&["doubt", "image", "split", "label", "prediction"]);
        for doubt in ranking.images.iter().take(ROWS) {
            table.row(vec![
                format!("{:.2}", doubt.score),
                doubt.image.clone(),
                doubt.split.to_string(),
                doubt.label.clone(),
                doubt.prediction.clone(),
            ]);
        }
        println!("{table}");
    }
    println!("the worst of them with pictures: {}", args.out.display());
    Ok(())
}
