//! `medley data stats`: a data set in numbers and pictures.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use image::RgbImage;

use crate::cli::table::Table;
use crate::data::inspect::{Inspection, data_sets};
use crate::data::statistics::{SplitStatistics, Statistics, contact_sheet, number, page, range, tiles};
use crate::progress;

/// Describe data sets: classes, sizes, spacing, intensities, and a page with images and their labels.
///
/// Prints a table, and writes ID.html (charts and images, needs nothing else) and ID.png (a contact sheet)
/// for each data set. Ranges are smallest – middle – largest.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folders of data sets, or folders of such folders.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Where to write.
    #[arg(long, default_value = "stats", value_name = "DIR")]
    out: PathBuf,
    /// Print JSON instead of tables.
    #[arg(long)]
    json: bool,
}

/// Runs the verb.
pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(&args.out).map_err(|error| format!("cannot make {}: {error}", args.out.display()))?;
    let mut all = Vec::new();
    for path in args.paths.iter().flat_map(|path| data_sets(path)) {
        let bar = progress::bar(0, &path.display().to_string());
        let inspection = Inspection::new(&path, |images| bar.set_length(images as u64), || bar.inc(1));
        bar.finish_and_clear();
        let statistics = Statistics::new(&inspection);
        let left_out = inspection.catalogue.images.len() - inspection.usable();
        if left_out > 0 {
            tracing::warn!("{}: {left_out} images cannot be used; see `medley data validate`", statistics.id);
        }
        if statistics.tasks.iter().any(|task| !task.splits.is_empty()) {
            write(&args.out, &statistics, &inspection)?;
        }
        if !args.json {
            print(&statistics);
        }
        all.push(statistics);
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&all)?);
    } else {
        println!("pages and contact sheets are in {}", args.out.display());
    }
    Ok(())
}

fn write(out: &Path, statistics: &Statistics, inspection: &Inspection) -> Result<(), Box<dyn Error>> {
    let tiles = tiles(inspection);
    let at = |ending: &str| out.join(format!("{}.{ending}", statistics.id));
    let failed = |path: &Path, error: &dyn Error| format!("cannot write {}: {error}", path.display());
    let (html, png) = (at("html"), at("png"));
    fs::write(&html, page(statistics, &tiles)?).map_err(|error| failed(&html, &error))?;
    let sheet: RgbImage = contact_sheet(&tiles);
    sheet.save(&png).map_err(|error| failed(&png, &error))?;
    Ok(())
}

fn print(statistics: &Statistics) {
    for task in &statistics.tasks {
        println!("{}  {}", task.task, statistics.modality);
        let mut classes = Table::new(&["split", "images", &format!("classes, in {}", task.unit)]);
        let mut numbers = Table::new(&[
            "split",
            "objects",
            "size",
            "spacing in mm",
            "depth",
            "mean ± deviation",
            "1 .. 99 %",
        ]);
        for split in &task.splits {
            let counts = split.classes.iter().map(|class| format!("{} {}", class.class, class.count));
            let counts = counts.collect::<Vec<_>>().join(", ");
            let ranges: Vec<String> = split
                .numbers
                .iter()
                .map(|number| format!("{} {}", number.name, range(number.range)))
                .collect();
            let counts = if ranges.is_empty() { counts } else { ranges.join(", ") };
            classes.row(vec![split.split.to_string(), split.images.to_string(), counts]);
            numbers.row(row(split));
        }
        println!("\n{classes}\n{numbers}");
    }
}

fn row(split: &SplitStatistics) -> Vec<String> {
    let size = [split.width, split.height, split.slices];
    let depths = split.depths.iter().map(|(depth, count)| format!("{count} {depth}"));
    vec![
        split.split.to_string(),
        split.objects.map(range).unwrap_or_default(),
        size.into_iter().flatten().map(range).collect::<Vec<_>>().join(" x "),
        split.spacing.map(|axes| axes.map(range).join(" x ")).unwrap_or_default(),
        depths.collect::<Vec<_>>().join(", "),
        format!("{} ± {}", number(split.mean), number(split.deviation)),
        format!("{} .. {}", split.percentiles[0], split.percentiles[4]),
    ]
}
