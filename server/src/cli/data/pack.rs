//! `medley data pack`: data sets as small files to carry and to train from.

use std::error::Error;
use std::path::PathBuf;

use clap::value_parser;

use crate::cli::table::Table;
use crate::data::DataFolder;
use crate::data::pack::{Encoding, PackOptions, pack};

/// Pack data sets: every picture scaled, one tar per split.
///
/// The packed folders are data sets themselves: train from them without unpacking. The same data give the
/// same bytes. Volumes are packed as slices; deep images are brought to 8 bits in their window. Licences and
/// names stay with the data.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The data set folders.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Longest side of a packed picture in pixels; smaller ones are not enlarged.
    #[arg(long, default_value_t = 192, value_parser = value_parser!(u32).range(16..=4096))]
    size: u32,
    /// Where to write: one folder per data set, named by its id.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Quality of the JPEGs.
    #[arg(long, default_value_t = 80, value_parser = value_parser!(u8).range(1..=100))]
    quality: u8,
    /// Store PNGs instead of JPEGs: exact and about three times as large.
    #[arg(long, conflicts_with = "quality")]
    lossless: bool,
}

/// Runs the verb.
///
/// # Errors
/// When a data set cannot be read or written.
pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let encoding = if args.lossless { Encoding::Lossless } else { Encoding::Jpeg(args.quality) };
    let options = PackOptions { size: args.size as usize, encoding };
    let mut table = Table::new(&["data set", "train", "val", "test", "MB"]);
    let mut total = 0;
    for path in &args.paths {
        let folder = DataFolder::open(path)?;
        let packed = pack(&folder, &args.out, options)?;
        total += packed.bytes;
        let mut row = vec![folder.manifest.id.clone()];
        row.extend(packed.pictures.map(|count| count.to_string()));
        row.push(megabytes(packed.bytes));
        table.row(row);
    }
    print!("{table}");
    println!("{} MB in {}", megabytes(total), args.out.display());
    Ok(())
}

fn megabytes(bytes: u64) -> String {
    format!("{:.2}", bytes as f64 / 1e6)
}
