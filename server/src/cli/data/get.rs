//! `medley data get`: a public data set by name.

use std::error::Error;
use std::path::PathBuf;

use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use medley_core::dataset::Split;
use serde_json::{Value, json};

use crate::cli::table::Table;
use crate::data::download::{Catalogue, DataSet, Progress, Size, get};

/// Download a public data set by name.
///
/// The two-dimensional sets of MedMNIST, from where their publisher keeps them. A download that broke off goes
/// on where it stopped; the file is checked against its published checksum. The result is a folder that all
/// verbs take as a data set. Each set keeps its own licence.
#[expect(clippy::doc_markdown, reason = "it is the text of --help")]
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The data set; --list shows all names.
    #[arg(required_unless_present = "list")]
    name: Option<String>,
    /// Show all data sets with their sizes and licences.
    #[arg(long)]
    list: bool,
    /// With --list: print JSON instead of a table.
    #[arg(long, requires = "list")]
    json: bool,
    /// Side of the images in pixels.
    #[arg(long, value_enum, default_value = "28", value_name = "PX")]
    size: Size,
    /// Folder of data sets; the set gets a folder of its own in it, like bloodmnist-64.
    #[arg(long, default_value = "data", value_name = "DIR")]
    out: PathBuf,
    /// Take the files from another address (a mirror).
    #[arg(long, hide = true, value_name = "URL")]
    from: Option<String>,
}

/// Runs the verb.
///
/// # Errors
/// Whatever stopped it, worded for the person who typed it.
pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let catalogue = Catalogue::built_in()?;
    let Some(name) = args.name.as_deref().filter(|_| !args.list) else {
        if args.json {
            println!("{:#}", as_json(&catalogue));
        } else {
            print!("{}", as_table(&catalogue));
            println!("\nSizes are those of the unpacked images; the files are smaller.");
        }
        return Ok(());
    };
    let set = catalogue.find(name)?;
    announce(set, args.size);
    let bar = ProgressBar::no_length().with_style(ProgressStyle::with_template(
        "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left",
    )?);
    let mut show = |progress: Progress| {
        if let Some(total) = progress.total {
            bar.set_length(total);
        }
        bar.set_position(progress.received);
    };
    let base = args.from.as_deref().unwrap_or(&catalogue.base);
    let folder = args.out.join(set.manifest(args.size).id);
    let result = get(set, args.size, base, &folder, &mut show);
    bar.finish_and_clear();
    let file = result?;
    println!("{} has its published checksum; the data set is {}", file.display(), folder.display());
    Ok(())
}

/// What is about to come and what may be done with it.
fn announce(set: &DataSet, size: Size) {
    let images: usize = set.images.values().sum();
    let unpacked = HumanBytes(set.unpacked_bytes(size));
    println!(
        "{}: {images} images of {size} x {size} pixels ({unpacked} unpacked), {}",
        set.name, set.modality
    );
    println!("licence: {}; name the source when you use it: {}", set.license, set.manifest(size).source);
    if set.is_non_commercial() {
        println!(
            "This licence FORBIDS COMMERCIAL USE of the images, and may extend to models trained on them."
        );
    }
}

fn as_table(catalogue: &Catalogue) -> Table {
    let mut table = Table::new(&[
        "name",
        "labels",
        "classes",
        "train / val / test",
        "28 px",
        "64 px",
        "128 px",
        "224 px",
        "licence",
        "modality",
    ]);
    for set in &catalogue.sets {
        let counts = Split::ALL.map(|split| set.images.get(&split).copied().unwrap_or(0).to_string());
        let mut row = vec![
            set.name.clone(),
            set.task.name().to_owned(),
            set.classes.len().to_string(),
            counts.join(" / "),
        ];
        row.extend(Size::ALL.map(|size| HumanBytes(set.unpacked_bytes(size)).to_string()));
        let note = if set.is_non_commercial() { " (no commercial use)" } else { "" };
        row.extend([format!("{}{note}", set.license), set.modality.clone()]);
        table.row(row);
    }
    table
}

fn as_json(catalogue: &Catalogue) -> Value {
    let set = |set: &DataSet| {
        let sizes = Size::ALL.map(|size| {
            json!({
                "pixels": size.pixels(),
                "file": set.file(size),
                "md5": set.md5.get(&size),
                "unpacked_bytes": set.unpacked_bytes(size),
            })
        });
        json!({
            "name": set.name, "modality": set.modality, "labels": set.task, "classes": set.classes,
            "channels": set.channels, "images": set.images, "license": set.license,
            "non_commercial": set.is_non_commercial(), "source": set.source, "sizes": sizes,
        })
    };
    json!({ "base": catalogue.base, "sets": catalogue.sets.iter().map(set).collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    #[test]
    fn the_command_line_is_read() {
        let line = Line::try_parse_from(["get", "bloodmnist", "--size", "64", "--out", "sets"]).unwrap();
        assert_eq!((line.args.size, line.args.out), (Size::Px64, PathBuf::from("sets")));
        assert!(Line::try_parse_from(["get", "--list", "--json"]).is_ok());
        for wrong in
            [vec!["get"], vec!["get", "bloodmnist", "--size", "32"], vec!["get", "bloodmnist", "--json"]]
        {
            assert!(Line::try_parse_from(wrong).is_err());
        }
    }

    #[test]
    fn the_list_names_every_set_and_says_which_is_not_for_commerce() {
        let catalogue = Catalogue::built_in().unwrap();
        let table = as_table(&catalogue).to_string();
        assert_eq!(table.lines().count(), 2 + 12);
        let restricted: Vec<&str> = table.lines().filter(|line| line.contains("no commercial use")).collect();
        assert!(restricted.len() == 1 && restricted[0].starts_with("dermamnist"), "{table}");
        let json = as_json(&catalogue);
        assert_eq!(json["sets"][2]["non_commercial"], true);
        assert_eq!(json["sets"][7]["sizes"][1]["file"], "bloodmnist_64.npz");
    }
}
