//! `medley data import`: labels of any form into a data set folder.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, BufRead, IsTerminal, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::ArgAction;
use medley_core::dataset::Split;
use serde_json::json;

use crate::cli::table::Table;
use crate::data::import::{
    CaseLabel, Form, Found, Hints, ObjectsAs, Settings, assign_splits, manifest, write,
};

/// Turn labelled images of any common form into a data set folder.
///
/// Guesses the form, shows what it found, and asks for what the source does not say; flags answer before they are
/// asked. Forms: class-folders (a folder per class), table (CSV with columns file and label; several labels as
/// "A|B", or a column of 0 and 1 per class; numbers with --value), masks (images/ and
/// masks/ with the same names; PNG, TIFF, NIfTI), coco, voc, yolo, geojson
/// (QuPath), npz (MedMNIST). Images without a split are divided by patient
/// where known, and by class. Files are copied as they are, nothing is overwritten, and the source stays as it is.
#[derive(Debug, clap::Args)]
#[expect(clippy::doc_markdown, reason = "it is the text of --help")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Args {
    /// The folder, or the .csv or .npz file.
    source: PathBuf,
    /// The data set folder to make.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The form, where it shall not be guessed.
    #[arg(long)]
    form: Option<Form>,
    /// Name of the data set: lower-case letters, digits, hyphens.
    #[arg(long)]
    id: Option<String>,
    /// What made the images: "microscopy, fluorescence".
    #[arg(long)]
    modality: Option<String>,
    /// The licence of the data: "CC BY 4.0".
    #[arg(long)]
    license: Option<String>,
    /// Classes in index order, where the source does not name them.
    #[arg(long, value_delimiter = ',', action = ArgAction::Set)]
    classes: Option<Vec<String>>,
    /// What outlined objects (COCO, QuPath, YOLO) become: a mask per image, or a box each. Masks, where every object
    /// has an outline.
    #[arg(long = "as", value_name = "FORM")]
    objects: Option<ObjectsAs>,
    /// Parts of train, val and test, where the source has none.
    #[arg(long, value_name = "70,15,15")]
    split: Option<Ratios>,
    /// Seed of the division.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The column of a table that names the patient.
    #[arg(long, value_name = "NAME")]
    patient_column: Option<String>,
    /// A column of a table with a number to learn, such as an age; may be repeated. Makes a regression.
    #[arg(long = "value", value_name = "COLUMN")]
    values: Vec<String>,
    /// Link files rather than copy them (same disk only).
    #[arg(long)]
    link: bool,
    /// Show what would be made, and stop.
    #[arg(long)]
    dry_run: bool,
    /// Ask nothing.
    #[arg(long)]
    yes: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Three parts of a whole.
#[derive(Clone, Copy, Debug)]
struct Ratios([f64; 3]);

impl FromStr for Ratios {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers: Vec<f64> = text.split(',').filter_map(|part| part.trim().parse().ok()).collect();
        match <[f64; 3]>::try_from(numbers) {
            Ok(parts @ [train, _, _]) if parts.iter().all(|part| *part >= 0.0) && train > 0.0 => {
                Ok(Self(parts))
            }
            _ => Err("three numbers are needed, as in 70,15,15; the first above 0".to_owned()),
        }
    }
}

/// Runs the verb.
pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let (form, classes) = (args.form, args.classes.clone());
    let (patient_column, values) = (args.patient_column.clone(), args.values.clone());
    let hints = Hints { form, classes, patient_column, values, objects: args.objects };
    let mut found = Found::look(&args.source, &hints)?;
    let asks = !args.yes && !args.json && !args.dry_run && io::stdin().is_terminal();
    if !args.json {
        println!("{}", text(&args.source, &found));
    }
    let answer = |flag: &Option<String>, question: &str, default: &str| match flag {
        Some(value) => Ok(value.clone()),
        None if asks => ask(question, default),
        None => Ok(default.to_owned()),
    };
    let settings = Settings {
        id: answer(&args.id, "name of the data set", &plain_name(&args.out))?,
        modality: answer(&args.modality, "modality (what made the images)", "")?,
        license: answer(&args.license, "licence", "")?,
        source: String::new(),
        link: args.link,
    };
    if found.cases.iter().any(|case| case.split.is_none()) {
        let ratios = match args.split {
            Some(ratios) => ratios,
            None if asks => ask("train, val, test in percent", "70,15,15")?.parse()?,
            None => Ratios([70.0, 15.0, 15.0]),
        };
        assign_splits(&mut found.cases, ratios.0, args.seed);
    }
    let description = manifest(&found, &settings)?;
    if !args.json {
        println!("{}", division(&found));
    }
    if !args.dry_run && (!asks || ask(&format!("write {}?", args.out.display()), "yes")?.starts_with('y')) {
        write(&found, &settings, &args.out)?;
        if !args.json {
            println!("written to {}; `medley data validate` looks it over", args.out.display());
        }
    }
    if args.json {
        let objects = found.objects.map(ObjectsAs::name);
        let report = json!({
            "form": found.form.name(), "as": objects, "dataset": description, "findings": found.findings,
        });
        println!("{report:#}");
    }
    Ok(())
}

/// What was found, for people.
fn text(source: &Path, found: &Found) -> String {
    let patients = found.cases.iter().filter(|case| case.patient.is_some()).count();
    let mut out = format!(
        "{}: {}, {} images with labels{}\nclasses: {}\n",
        source.display(),
        found.form,
        found.cases.len(),
        if patients > 0 { ", patients known" } else { "" },
        found.classes.join(", "),
    );
    out += match found.objects {
        Some(ObjectsAs::Masks) => "objects: outlines are drawn as masks (--as boxes takes their boxes)\n",
        Some(ObjectsAs::Boxes) => "objects: boxes (--as masks draws them where they have outlines)\n",
        None => "",
    };
    for finding in found.findings.iter().take(20) {
        out += &format!("  left out: {}: {}\n", finding.file, finding.problem);
    }
    if found.findings.len() > 20 {
        out += &format!("  ... and {} more\n", found.findings.len() - 20);
    }
    out
}

/// Images by split and class.
fn division(found: &Found) -> String {
    let mut counts: BTreeMap<(Split, usize), usize> = BTreeMap::new();
    for case in &found.cases {
        let Some(split) = case.split else { continue };
        match &case.label {
            CaseLabel::Class(class) => *counts.entry((split, *class)).or_default() += 1,
            CaseLabel::Labels(labels) => {
                let present = labels.iter().enumerate().filter(|(_, present)| **present);
                present.for_each(|(class, _)| *counts.entry((split, class)).or_default() += 1);
            }
            CaseLabel::Objects { objects, .. } => {
                objects.iter().for_each(|object| *counts.entry((split, object.bbox.class)).or_default() += 1);
            }
            CaseLabel::Values(values) => {
                (0..values.len()).for_each(|index| *counts.entry((split, index)).or_default() += 1);
            }
            CaseLabel::Mask(_) | CaseLabel::MaskFile(_) | CaseLabel::MaskPng(_) | CaseLabel::Archive => {}
        }
    }
    let mut table = Table::new(&["split", "images", "labels"]);
    for split in Split::ALL {
        let images = found.cases.iter().filter(|case| case.split == Some(split)).count();
        let classes = found.classes.iter().enumerate();
        let labels =
            classes.filter_map(|(class, name)| Some(format!("{name} {}", counts.get(&(split, class))?)));
        table.row(vec![split.to_string(), images.to_string(), labels.collect::<Vec<_>>().join(", ")]);
    }
    table.to_string()
}

/// A name that a data set may have, from that of its folder.
fn plain_name(out: &Path) -> String {
    let name = out.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let plain = name.chars().map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '-' });
    let plain: String = plain.collect();
    let plain = plain.trim_matches('-');
    if plain.is_empty() { "data-set".to_owned() } else { plain.to_owned() }
}

/// Asks on the terminal; an empty answer is the default.
fn ask(question: &str, default: &str) -> Result<String, io::Error> {
    print!("{question} [{default}]: ");
    io::stdout().flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let answer = line.trim();
    Ok(if answer.is_empty() { default.to_owned() } else { answer.to_owned() })
}
