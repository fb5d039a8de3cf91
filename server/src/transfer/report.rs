//! The results for people: Markdown with a table and a plot per metric.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use medley_core::metrics::MeanInterval;

use super::summary::{Line, Summary};
use super::{Results, Settings, TransferError, chart};
use crate::runs::{RunError, write_atomically};

/// Metrics with a plot of their own: the means; those of single classes are in the tables.
const PLOTTED: usize = 2;

/// Writes `report.md` and its plots into the folder `out`.
///
/// # Errors
/// When a file cannot be written.
pub fn write_report(results: &Results, settings: &Settings, out: &Path) -> Result<PathBuf, TransferError> {
    let [train, val, test] = settings.images;
    let watched = match val {
        0 => {
            "A fifth of the cases drawn is put aside to stop early by, where every class remains.".to_owned()
        }
        _ => format!("To stop early by there is the same part of the {val} val images."),
    };
    let mut text = format!(
        "# Transfer to {}\n\nTask `{}`. Parts of the {train} training images are drawn by case: first one case of \
         every class, however small the part, then at random. {watched} Scores are those of the {test} test images, which neither \
         training nor early stopping saw: the mean over the seeds ± half of its 95 % confidence interval \
         (Student's t).\n",
        settings.data, settings.task
    );
    for index in 0..results.metrics().len() {
        let summary = Summary::new(results, index);
        let metric = &summary.metric;
        let _ = write!(text, "\n## {metric}\n\n{}", table(&summary));
        let is_defined = summary.lines.iter().any(|line| line.points.iter().flatten().next().is_some());
        if index < PLOTTED && is_defined {
            let name = format!("{}.svg", file_name(metric));
            let path = out.join(&name);
            let svg = chart::plot(&summary)
                .map_err(|error| RunError::Plot { path: path.clone(), reason: error.to_string() })?;
            write_atomically(&path, svg.as_bytes())?;
            let _ = write!(text, "\n![{metric} over the part of the training data]({name})\n");
        }
    }
    let path = out.join("report.md");
    write_atomically(&path, text.as_bytes())?;
    Ok(path)
}

/// A row per mode and initial weights, a column per part of the training data.
fn table(summary: &Summary) -> String {
    let mut text = String::from("| mode | weights |");
    for (fraction, images) in &summary.fractions {
        let _ = write!(text, " {fraction} % ({images:.0}) |");
    }
    text += "\n|---|---|";
    text += &"---|".repeat(summary.fractions.len());
    text += "\n";
    let most =
        summary.lines.iter().flat_map(|line| line.points.iter().flatten()).map(|point| point.count).max();
    for Line { mode, init, points } in &summary.lines {
        let init = init.replace('|', "\\|");
        let _ = write!(text, "| {} | {init} |", mode.name());
        for point in points {
            let _ = write!(text, " {} |", cell(point.as_ref(), most.unwrap_or(0)));
        }
        text += "\n";
    }
    text
}

/// `0.812 ± 0.031`, and the number of seeds where others have more.
fn cell(point: Option<&MeanInterval>, most: usize) -> String {
    let Some(point) = point else { return "–".to_owned() };
    let mut text = format!("{:.3}", point.mean);
    if let Some(half_width) = point.half_width {
        let _ = write!(text, " ± {half_width:.3}");
    }
    if point.count < most {
        let _ = write!(text, " (n = {})", point.count);
    }
    text
}

/// Letters, digits and points of a name, the rest as hyphens: `map-0.5-0.95`.
fn file_name(metric: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c.to_ascii_lowercase() } else { '-' };
    metric.chars().map(plain).collect()
}
