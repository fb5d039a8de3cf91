//! `medley evaluate`: how good a model is.

use std::error::Error;
use std::path::PathBuf;

use medley_core::dataset::Split;

use super::files;
use super::table::Table;
use crate::device::DeviceChoice;
use crate::evaluate::{TaskScores, evaluate};

/// Score a model on data sets it has tasks for.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The model file (.safetensors).
    model: PathBuf,
    /// Folders of data sets.
    #[arg(long, required = true, num_args = 1.., value_name = "DIR")]
    data: Vec<PathBuf>,
    /// Which images: train, val or test.
    #[arg(long, default_value = "test")]
    split: Split,
    /// Where to compute.
    #[arg(long, value_enum, default_value_t)]
    device: DeviceChoice,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// Runs the verb.
pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let medley = files::read_model(&args.model, args.device)?;
    let mut all: Vec<TaskScores> = Vec::new();
    for folder in &args.data {
        let scores = evaluate(&medley, folder, args.split)?;
        if scores.is_empty() {
            tracing::warn!("the model has no task for {}", folder.display());
        }
        all.extend(scores);
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&all)?);
        return Ok(());
    }
    let mut table = Table::new(&["task", "images", "cases", "scores"]);
    for task in &all {
        let scores = task.scores.iter().map(|score| match score.value {
            Some(value) => format!("{} {value:.3}", score.metric),
            None => format!("{} –", score.metric),
        });
        table.row(vec![
            task.task.clone(),
            task.images.to_string(),
            task.cases.to_string(),
            scores.collect::<Vec<_>>().join("  "),
        ]);
    }
    println!("{} on the {} split\n\n{table}", args.model.display(), args.split);
    Ok(())
}
