//! `medley data validate`: what is wrong with a data set.

use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;

use serde::Serialize;

use crate::data::inspect::{Check, Finding, Inspection, Severity, data_sets};
use crate::progress;

/// Find everything that is wrong with data sets: files, labels, duplicates, leaks between splits.
///
/// Looks at every image and label. Errors are what cannot be used or makes scores false, warnings are
/// probably not meant, notes are good to know. What is not in an error can be used. Ends with exit code 1
/// if there is an error, else 0.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folders of data sets, or folders of such folders.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Show every finding, and not the first ten of each check.
    #[arg(long)]
    all: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What is printed as JSON about one data set.
#[derive(Serialize)]
struct Report {
    id: String,
    path: PathBuf,
    images: usize,
    usable: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    findings: Vec<Finding>,
}

/// Runs the verb.
pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let sets: Vec<PathBuf> = args.paths.iter().flat_map(|path| data_sets(path)).collect();
    let mut reports = Vec::new();
    for path in &sets {
        let bar = progress::bar(0, &path.display().to_string());
        let inspection = Inspection::new(path, |images| bar.set_length(images as u64), || bar.inc(1));
        bar.finish_and_clear();
        let report = Report {
            id: inspection.catalogue.id(),
            path: path.clone(),
            images: inspection.catalogue.images.len(),
            usable: inspection.usable(),
            errors: inspection.count(Severity::Error),
            warnings: inspection.count(Severity::Warning),
            notes: inspection.count(Severity::Note),
            findings: inspection.findings,
        };
        if !args.json {
            println!("{}", text(&report, if args.all { usize::MAX } else { 10 }));
        }
        reports.push(report);
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&reports)?);
    }
    match reports.iter().filter(|report| report.errors > 0).count() {
        0 => Ok(()),
        wrong => Err(format!("{wrong} of {} data set(s) have errors", reports.len()).into()),
    }
}

/// A report for people: the findings of a check together, its advice once.
fn text(report: &Report, limit: usize) -> String {
    let mut out = format!(
        "{}  {} of {} images usable, {}, {}, {}\n",
        report.id,
        report.usable,
        report.images,
        count(report.errors, "error"),
        count(report.warnings, "warning"),
        count(report.notes, "note"),
    );
    for check in Check::ALL {
        let found: Vec<&Finding> = report.findings.iter().filter(|finding| finding.check == *check).collect();
        if found.is_empty() {
            continue;
        }
        let severity = check.severity().name();
        // Writing to a String cannot fail.
        let _ = writeln!(out, "\n  {severity:<8} {} ({})", check.title(), found.len());
        for finding in found.iter().take(limit) {
            let place = if finding.file.is_empty() { String::new() } else { format!("{}: ", finding.file) };
            let _ = writeln!(out, "           {place}{}", finding.problem);
        }
        if found.len() > limit {
            let _ = writeln!(out, "           ... and {} more (--all shows them)", found.len() - limit);
        }
        let _ = writeln!(out, "         > {}", check.advice());
    }
    out
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
