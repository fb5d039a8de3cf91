//! `report.md`: a run in numbers, plots and pictures, made from what its folder holds.

mod heat;
mod plots;
mod series;
mod tables;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::fs;

pub(super) use tables::{bytes, duration};

use super::{Course, RunError, RunFolder, read_events, write_atomically};

/// Writes `report.md` and `plots/*.svg` anew, from the event log and the configuration.
///
/// # Errors
/// When a file cannot be read or written.
pub fn write_report(run: &RunFolder) -> Result<(), RunError> {
    let course = Course::new(&read_events(&run.events())?);
    let config = fs::read_to_string(run.config()).unwrap_or_default();
    let folder = run.plots();
    fs::create_dir_all(&folder).map_err(RunError::io("create", &folder))?;
    let plots = plots::all(&course)
        .map_err(|error| RunError::Plot { path: folder.clone(), reason: error.to_string() })?;
    for (name, svg) in &plots {
        write_atomically(&folder.join(name), svg.as_bytes())?;
    }
    let names: Vec<&str> = plots.into_keys().collect();
    write_atomically(&run.report(), page(&course, &config, &names).as_bytes())
}

/// Plots in the order of the report, with their headings.
const PLOTS: [(&str, &str); 5] = [
    ("loss.svg", "Loss per task"),
    ("metrics.svg", "Held-out metrics"),
    ("interference.svg", "Interference"),
    ("rate.svg", "Learning rate"),
    ("throughput.svg", "Throughput"),
];

fn page(course: &Course, config: &str, plots: &[&str]) -> String {
    let mut out = format!("# Pretraining run\n\n{}", tables::summary(course));
    for (file, heading) in PLOTS.into_iter().filter(|(file, _)| plots.contains(file)) {
        let _ = write!(out, "\n## {heading}\n\n");
        match file {
            "loss.svg" => {
                out += "Thin as reported, thick smoothed; the number is the smoothed loss at the end.\n\n";
            }
            "metrics.svg" => out += &(tables::metrics(course) + "\n"),
            "interference.svg" => {
                let _ = writeln!(
                    out,
                    "Means over {} measured updates; negative: the two tasks pull the shared blocks in opposite directions.\n",
                    course.interference.updates
                );
            }
            _ => {}
        }
        let _ = writeln!(out, "![{heading}](plots/{file})");
    }
    if !course.pictures.is_empty() {
        out += "\n## Predictions on held-out images\n\n";
        for picture in &course.pictures {
            let name = crate::report::html::escape(picture);
            let _ = writeln!(out, "<img src=\"{name}\" alt=\"{name}\" width=\"240\">");
        }
    }
    if !config.is_empty() {
        let _ = write!(out, "\n## Configuration\n\n```toml\n{}\n```\n", config.trim_end());
    }
    out
}
