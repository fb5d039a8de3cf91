//! `medley model`: look into model files.

use std::path::PathBuf;

use medley_core::weights::{ModelMetadata, read};
use serde_json::json;

use super::files::{self, FileError};
use super::table::Table;

/// Look into model files.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// What a model can do, what it learnt from, and under which licence it is.
    Info {
        /// The model file (.safetensors).
        file: PathBuf,
        /// Print JSON instead of a table.
        #[arg(long)]
        json: bool,
    },
}

/// Runs the verb.
pub fn run(args: &Args) -> Result<(), FileError> {
    let Verb::Info { file, json } = &args.verb;
    let bytes = files::read(file)?;
    let weights = |source| FileError::Weights { path: file.clone(), source };
    let (arrays, map) = read(&bytes).map_err(weights)?;
    let metadata = ModelMetadata::from_map(&map).map_err(weights)?;
    let parameters: usize = arrays.values().map(|array| array.values.len()).sum();
    if *json {
        let info = json!({
            "file": file, "bytes": bytes.len(), "parameters": parameters, "preset": metadata.preset,
            "config": metadata.config, "tasks": metadata.tasks, "provenance": metadata.provenance,
            "license": metadata.license,
        });
        println!("{info:#}");
        return Ok(());
    }
    println!("{}", file.display());
    println!("  {:.1} MB, {:.2} M parameters", bytes.len() as f64 / 1e6, parameters as f64 / 1e6);
    println!("  licence of the weights: {}", metadata.license);
    let provenance = &metadata.provenance;
    println!("  {} updates, seed {}, {}", provenance.updates, provenance.seed, provenance.program);
    let mut tasks = Table::new(&["task", "kind", "input", "classes"]);
    for task in &metadata.tasks {
        let kind = format!("{:?}", task.kind).to_lowercase();
        tasks.row(vec![task.id.clone(), kind, format!("{} px", task.input_size), task.classes.join(", ")]);
    }
    println!("\n{tasks}");
    let mut sources = Table::new(&["learnt from", "licence"]);
    for source in &provenance.sources {
        sources.row(vec![source.id.clone(), source.license.clone()]);
    }
    println!("{sources}");
    Ok(())
}
