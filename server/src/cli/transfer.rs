//! `medley transfer`: how well a model carries over to a new data set.

use std::error::Error;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use super::interrupt;
use crate::data::{DataFolder, FolderOptions};
use crate::device::DeviceChoice;
use crate::transfer::{Init, Learner, Mode, Percent, Plan, Progress, TransferData, run as measure};

/// Measure how well models carry over to a data set they have not seen.
///
/// Each model learns the data set's task from growing parts of the training images and is tested on the test
/// images, which neither training nor early stopping sees. Every part holds each class, is drawn by patient or
/// case, and lies within the next larger one. DIR then has results.csv with a row per measurement, and
/// report.md with tables and plots of the means and their 95 % confidence intervals.
///
/// This takes long. Stop it whenever you like: the same command goes on with what is missing, and more
/// fractions, modes, seeds and models can be added later.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The data set's folder.
    data: PathBuf,
    /// The task, where the data set has several.
    #[arg(long, value_name = "ID")]
    task: Option<String>,
    /// A model to start from (.safetensors); can be given several times.
    #[arg(long = "model", value_name = "FILE", required_unless_present = "random")]
    models: Vec<PathBuf>,
    /// Start from random weights too, to compare with: in the architecture of the first model.
    #[arg(long)]
    random: bool,
    /// Parts of the training images, in percent.
    #[arg(long, value_name = "PERCENT", value_delimiter = ',', default_value = "1,5,10,50,100")]
    fractions: Vec<Percent>,
    /// How much of the model learns.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "frozen,decoder,lora,finetuned")]
    modes: Vec<Mode>,
    /// A measurement for each: what is drawn, and all chance in learning.
    #[arg(long, value_name = "SEED", value_delimiter = ',', default_value = "0,1,2,3,4")]
    seeds: Vec<u64>,
    /// Folder of the results.
    #[arg(long, default_value = "transfer", value_name = "DIR")]
    out: PathBuf,
    /// Updates of each model at most; early stopping may end before.
    #[arg(long, default_value_t = 500, value_name = "N")]
    updates: u64,
    /// Longest side of an image as the model sees it, where the data set names none.
    #[arg(long, default_value_t = 256, value_name = "PIXELS")]
    input_size: usize,
    /// Learn labels of whole cases: this many images of a case are weighted and joined. For classes and numbers.
    #[arg(long, value_name = "N")]
    instances: Option<NonZeroUsize>,
    /// Where to compute.
    #[arg(long, value_enum, default_value_t)]
    device: DeviceChoice,
}

impl Args {
    fn plan(&self) -> Result<Plan, Box<dyn Error>> {
        let models = self.models.iter().cloned().map(Init::Model);
        let inits: Vec<Init> = models.chain(self.random.then_some(Init::Random)).collect();
        Ok(Plan::new(&self.fractions, &self.modes, &self.seeds, &inits)?)
    }
}

/// Runs the verb.
pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let plan = args.plan()?;
    let options =
        FolderOptions { input_size: args.input_size, instances: args.instances, ..FolderOptions::default() };
    let data =
        TransferData::new(Arc::new(DataFolder::open_with(&args.data, options)?), args.task.as_deref())?;
    let stop = interrupt::flag("stopping; the same command goes on with the measurement that was begun")?;
    let device = args.device.open();
    let mut runner = Learner::new(&data, plan.inits(), args.updates, device, &stop)?;
    let outcome =
        measure(&plan, &data, &mut runner, &args.out, &stop, |progress| println!("{}", line(progress)))?;
    let (done, total) = (outcome.done, outcome.total);
    println!("{done} of {total} measurements are made; the report is {}", outcome.report.display());
    Ok(())
}

/// ` 3 of 60  5 %, frozen, medley-nano, seed 1  macro F1 0.812  (48 images, 210 updates, 12 s)`
fn line(progress: &Progress<'_>) -> String {
    let Progress { cell, row, metric, done, total } = progress;
    let width = total.to_string().len();
    let score = row.scores.first().copied().flatten().map_or("–".to_owned(), |score| format!("{score:.3}"));
    format!(
        "{done:>width$} of {total}  {cell}  {metric} {score}  ({} images, {} updates, {:.0} s)",
        row.train, row.updates, row.seconds
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use clap::Parser;

    use super::*;
    use crate::transfer::Row;

    #[derive(Debug, Parser)]
    struct Cli {
        #[command(flatten)]
        args: Args,
    }

    fn plan(words: &str) -> Result<Plan, String> {
        let words = ["transfer"].into_iter().chain(words.split_whitespace());
        let cli = Cli::try_parse_from(words).map_err(|error| error.to_string())?;
        cli.args.plan().map_err(|error| error.to_string())
    }

    #[test]
    fn every_combination_is_planned() {
        assert_eq!(plan("data --random").unwrap().cells().count(), 5 * 4 * 5);
        let words = "data --model a.safetensors --model b.safetensors --random --fractions 1,2.5 --seeds 7 \
                     --modes frozen,decoder,lora,finetuned";
        assert_eq!(plan(words).unwrap().cells().count(), 2 * 4 * 3);
    }

    #[test]
    fn what_cannot_be_measured_is_refused_in_words() {
        let refused = |words: &str, part: &str| {
            let error = plan(words).unwrap_err();
            assert!(error.contains(part), "{error}");
        };
        refused("data", "--model <FILE>");
        refused("data --random --fractions 0", "a percentage above 0");
        refused("data --random --modes half", "possible values: frozen, decoder, lora, finetuned");
        refused("data --model a/x.safetensors --model b/x.safetensors", "two models are named x");
    }

    #[test]
    fn a_measurement_is_one_line() {
        let plan = plan("data --random --fractions 5 --modes frozen --seeds 3").unwrap();
        let cell = plan.cells().next().unwrap();
        let row = Row {
            fraction: cell.fraction,
            mode: cell.mode,
            init: cell.init.name(),
            seed: cell.seed,
            train: 48,
            watch: 9,
            updates: 210,
            seconds: 12.4,
            scores: vec![Some(0.81249), None],
        };
        let progress = Progress { cell: &cell, row: &row, metric: "Dice", done: 3, total: 60 };
        assert_eq!(
            line(&progress),
            " 3 of 60  5 %, frozen, random, seed 3  Dice 0.812  (48 images, 210 updates, 12 s)"
        );
    }
}
