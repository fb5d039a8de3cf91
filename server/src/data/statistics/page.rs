//! The numbers and pictures of a data set as one HTML page that needs nothing else.

use std::error::Error;
use std::fmt::Write as _;

use medley_core::dataset::{Split, TaskKind};

use super::sheet::{Tile, is_drawn};
use super::summary::{Range, SplitStatistics, Statistics, TaskStatistics};
use super::{SPLIT_COLOURS, chart};
use crate::report::html::{self, escape};
use crate::report::thumbnail::class_colour;

/// Writes the page.
///
/// # Errors
/// When a picture cannot be encoded.
pub fn page(statistics: &Statistics, tiles: &[Tile]) -> Result<String, Box<dyn Error>> {
    let title = escape(&statistics.id);
    let mut body = format!("<h1>{title}</h1>\n<p>{}</p>\n", escape(&statistics.modality));
    if !statistics.license.is_empty() {
        let _ = writeln!(body, "<p>{}</p>", escape(&statistics.license));
    }
    for (index, task) in statistics.tasks.iter().enumerate() {
        body += &of_task(task)?;
        body += &images(task, tiles.iter().filter(|tile| tile.task == index))?;
    }
    Ok(html::document(&statistics.id, &body))
}

fn of_task(task: &TaskStatistics) -> Result<String, Box<dyn Error>> {
    let kind = match task.kind {
        TaskKind::Classification => "Classification",
        TaskKind::MultiLabel => "Several labels per image",
        TaskKind::Segmentation => "Segmentation",
        TaskKind::Detection => "Detection",
        TaskKind::Regression => "Regression",
    };
    let splits = task.splits.iter().map(|split| {
        format!("<span>{}{} {}</span>", dot(colour(split.split)), split.split, grouped(split.images as u64))
    });
    let mut out = format!(
        "<h2>{kind}</h2>\n<div class=\"splits\">{}<span class=\"quiet\">images</span></div>\n",
        splits.collect::<String>()
    );
    let _ = writeln!(out, "<h3>Classes, in {}</h3>\n{}", task.unit, bars(task));
    let sizes = match chart::sizes(task)? {
        Some(svg) => format!("<div><h3>Sizes, in pixels</h3>{svg}</div>"),
        None => String::new(),
    };
    let _ = writeln!(
        out,
        "<div class=\"charts\"><div><h3>Intensities</h3>{}</div>{sizes}</div>",
        chart::intensities(task)?
    );
    let _ = writeln!(out, "<h3>Numbers</h3>\n{}", numbers(task));
    Ok(out)
}

/// A bar per class, in it a part per split.
fn bars(task: &TaskStatistics) -> String {
    let classes = task.splits.first().map_or(0, |split| split.classes.len());
    let count = |split: &SplitStatistics, class: usize| split.classes.get(class).map_or(0, |c| c.count);
    let total = |class: usize| task.splits.iter().map(|split| count(split, class)).sum::<u64>();
    let most = (0..classes).map(total).max().unwrap_or(0).max(1);
    let all: u64 = (0..classes).map(total).sum::<u64>().max(1);
    let mut out = String::from("<div class=\"bars\">\n");
    for class in 0..classes {
        let name = escape(&task.splits[0].classes[class].class);
        let background = usize::from(task.kind == TaskKind::Segmentation);
        let mark = if is_drawn(task.kind) && class >= background {
            dot(class_colour(class - background))
        } else {
            String::new()
        };
        let parts = task.splits.iter().map(|split| {
            let width = count(split, class) as f64 / most as f64 * 100.0;
            format!("<span style=\"width:{width:.3}%;background:{}\"></span>", hex(colour(split.split)))
        });
        let number = match task.kind {
            TaskKind::Segmentation => format!("{:.2} %", total(class) as f64 / all as f64 * 100.0),
            _ => grouped(total(class)),
        };
        let _ = writeln!(
            out,
            "<span>{mark}{name}</span><span class=\"bar\">{}</span><span class=\"number\">{number}</span>",
            parts.collect::<String>()
        );
    }
    out + "</div>"
}

fn numbers(task: &TaskStatistics) -> String {
    let numbers: Vec<String> = task
        .splits
        .first()
        .map_or_else(Vec::new, |split| split.numbers.iter().map(|number| number.name.clone()).collect());
    let mut out = String::from("<table>\n<tr><th></th>");
    task.splits.iter().for_each(|split| {
        let _ = write!(out, "<th>{}</th>", split.split);
    });
    out += "</tr>\n";
    let mut row = |name: &str, cell: &dyn Fn(&SplitStatistics) -> Option<String>| {
        let cells: Vec<Option<String>> = task.splits.iter().map(cell).collect();
        if cells.iter().any(Option::is_some) {
            let cells = cells.into_iter().map(|cell| format!("<td>{}</td>", cell.unwrap_or_default()));
            let _ = writeln!(out, "<tr><th>{name}</th>{}</tr>", cells.collect::<String>());
        }
    };
    for (index, name) in numbers.into_iter().enumerate() {
        row(&escape(&name), &|split| split.numbers.get(index).map(|number| range(number.range)));
    }
    row("objects per image", &|split| split.objects.map(range));
    row("width", &|split| split.width.map(range));
    row("height", &|split| split.height.map(range));
    row("slices", &|split| split.slices.map(range));
    row("spacing in mm", &|split| split.spacing.map(|axes| axes.map(range).join(" × ")));
    row("depth", &|split| {
        let depths = split.depths.iter().map(|(depth, count)| format!("{} {depth}", grouped(*count as u64)));
        Some(depths.collect::<Vec<_>>().join(", "))
    });
    row("mean ± deviation", &|split| Some(format!("{} ± {}", number(split.mean), number(split.deviation))));
    row("percentiles 1, 25, 50, 75, 99", &|split| {
        Some(split.percentiles.map(|value| number(f64::from(value))).join(", "))
    });
    out + "</table>"
}

fn images<'a>(
    task: &TaskStatistics,
    tiles: impl Iterator<Item = &'a Tile>,
) -> Result<String, Box<dyn Error>> {
    let mut out = String::from("<h3>Images</h3>\n<div class=\"sheet\">\n");
    for tile in tiles {
        let label = match (tile.label.is_empty(), task.kind) {
            (true, _) => "nothing marked".to_owned(),
            (false, _) => escape(&tile.label),
        };
        let file = tile.file.strip_prefix("images/").unwrap_or(&tile.file);
        let _ = writeln!(
            out,
            "<figure><div class=\"tile\">{0}</div>\
             <figcaption><b>{label}</b><span title=\"{1}\">{1}</span></figcaption></figure>",
            html::picture(&tile.picture)?,
            escape(file)
        );
    }
    Ok(out + "</div>\n")
}

/// `1 – 7 – 93`, or one number where all are equal.
pub fn range(range: Range) -> String {
    if range.min == range.max {
        return number(range.min);
    }
    format!("{} – {} – {}", number(range.min), number(range.median), number(range.max))
}

/// A number with three or so digits.
pub fn number(value: f64) -> String {
    let text = match value.abs() {
        0.0 => return "0".to_owned(),
        size if size >= 100.0 => return format!("{value:.0}"),
        size if size >= 1.0 => format!("{value:.1}"),
        size if size >= 0.01 => format!("{value:.3}"),
        _ => return format!("{value:.1e}"),
    };
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A count with thin spaces between the thousands.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('\u{2009}');
        }
        out.push(digit);
    }
    out
}

fn dot(colour: [u8; 3]) -> String {
    format!("<span class=\"dot\" style=\"background:{}\"></span>", hex(colour))
}

fn hex([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn colour(split: Split) -> [u8; 3] {
    SPLIT_COLOURS[split as usize]
}
