//! `medley model`: look into model files, and make one of weights that others trained.

use std::path::{Path, PathBuf};

use medley_core::Medley;
use medley_core::model::{Network, Preset};
use medley_core::weights::{ModelMetadata, Provenance, Source, import_swin_v2, read};
use serde_json::json;

use crate::device::DeviceChoice;
use crate::weights::read_swin_v2;

use super::files::{self, FileError};
use super::table::Table;

/// Look into model files, import weights.
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
    /// Make a model without tasks whose encoder has the weights of a Swin V2 of torchvision, to transfer from; the
    /// other shared blocks are random. (To pretrain from such weights, name them as `encoder` in the configuration.)
    Import {
        /// The state dict (.pth, .pt or .safetensors). Nothing in it is executed.
        file: PathBuf,
        /// The model file to write.
        #[arg(long)]
        out: PathBuf,
        /// The preset of the same size.
        #[arg(long, value_enum, default_value = "tiny")]
        preset: ImportPreset,
        /// The licence of the weights, as their source states it.
        #[arg(long)]
        license: String,
    },
}

/// The presets whose encoder torchvision has.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum ImportPreset {
    /// `swin_v2_t`.
    Tiny,
    /// `swin_v2_b`.
    Base,
}

/// Runs the verb.
pub fn run(args: &Args) -> Result<(), FileError> {
    match &args.verb {
        Verb::Info { file, json } => info(file, *json),
        Verb::Import { file, out, preset, license } => {
            let preset = match preset {
                ImportPreset::Tiny => Preset::Tiny,
                ImportPreset::Base => Preset::Base,
            };
            files::write(out, &imported(file, preset, license)?)
        }
    }
}

fn imported(file: &Path, preset: Preset, license: &str) -> Result<Vec<u8>, FileError> {
    let device = DeviceChoice::Cpu.open();
    let weights = |source| FileError::Weights { path: file.to_path_buf(), source };
    let state = read_swin_v2(file)?;
    device.seed(0);
    let mut network = Network::new(preset.config(), Vec::new(), &device);
    let import = |encoder| import_swin_v2(encoder, &state, &device);
    network.foundation = network.foundation.map_encoder(import).map_err(weights)?;
    let id = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let metadata = ModelMetadata {
        preset: Some(preset),
        config: preset.config(),
        tasks: Vec::new(),
        provenance: Provenance {
            sources: vec![Source { id, license: license.to_owned() }],
            updates: 0,
            seed: 0,
            program: concat!("medley ", env!("CARGO_PKG_VERSION")).to_owned(),
        },
        license: license.to_owned(),
    };
    pollster::block_on(Medley::new(&network, metadata, &device).to_bytes()).map_err(weights)
}

fn info(file: &Path, json: bool) -> Result<(), FileError> {
    let bytes = files::read(file)?;
    let weights = |source| FileError::Weights { path: file.to_path_buf(), source };
    let (arrays, map) = read(&bytes).map_err(weights)?;
    let metadata = ModelMetadata::from_map(&map).map_err(weights)?;
    let parameters: usize = arrays.values().map(|array| array.values.len()).sum();
    if json {
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
