//! A CSV table with a file in each row, and its label or labels; columns have one of the names in use.
//!
//! Numbers to learn are in the columns that the hints name. Other labels are one name, several with `|` or `;` between, or a column of 0 and 1 for each class.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use medley_core::dataset::formats::multilabel_csv::{flag, names};
use medley_core::dataset::{Split, TaskKind};

use super::{by_name, classes, file_name, split_named};
use crate::data::import::form::{has_ending, is_image};
use crate::data::import::{Case, CaseLabel, Form, Found, Hints, ImportError};
use crate::data::inspect::catalogue::walk::files;
use crate::data::inspect::{Check, Finding};
use crate::data::records::{fields, records};

const FILE: [&str; 8] =
    ["file", "filename", "file_name", "image", "image_path", "path", "image_id", "image index"];
const LABEL: [&str; 8] =
    ["label", "class", "labels", "diagnosis", "category", "target", "finding", "finding labels"];
const SPLIT: [&str; 4] = ["split", "set", "subset", "partition"];
const PATIENT: [&str; 6] = ["patient", "patient_id", "patient id", "patientid", "subject", "case"];

pub(super) fn read(source: &Path, hints: &Hints) -> Result<Found, ImportError> {
    let (folder, path) = if source.is_file() {
        (source.parent().unwrap_or(source).to_path_buf(), source.to_path_buf())
    } else {
        let mut tables = files(source, 1);
        tables.retain(|path| has_ending(path, ".csv"));
        let named = tables.iter().position(|path| file_name(path) == "labels.csv").unwrap_or(0);
        let problem = "there is no .csv table in this folder";
        let path = tables.get(named).ok_or_else(|| ImportError::source(source, problem))?;
        (source.to_path_buf(), path.clone())
    };
    let table_name = file_name(&path);
    let bytes = fs::read(&path).map_err(ImportError::io(&path))?;
    let mut lines = records(&bytes).into_iter();
    let (_, header) = lines.next().unwrap_or_default();
    let delimiter =
        [',', ';', '\t'].into_iter().max_by_key(|c| header.split(|byte| *byte == *c as u8).count());
    let delimiter = delimiter.filter(|c| header.contains(&(*c as u8))).unwrap_or(',');
    let header = fields(header, delimiter);
    let column = |names: &[&str]| {
        let place = |name: &&str| header.iter().position(|column| column.to_lowercase() == **name);
        names.iter().find_map(place)
    };
    let needed = |names: &[&str], what: &str| {
        let problem =
            format!("no column names the {what} ({}); it has {}", names.join(", "), header.join(", "));
        column(names).ok_or_else(|| ImportError::source(&path, problem))
    };
    let file_column = needed(&FILE, "image")?;
    let split_column = column(&SPLIT);
    let patient_column = match &hints.patient_column {
        Some(name) => Some(needed(&[&name.to_lowercase()], "patient")?),
        None => column(&PATIENT),
    };
    let lines: Vec<(u64, Vec<String>)> =
        lines.map(|(line, record)| (line, fields(record, delimiter))).collect();
    let taken = [Some(file_column), split_column, patient_column];
    let numbers: Vec<usize> = hints
        .values
        .iter()
        .map(|name| needed(&[&name.to_lowercase()], "number"))
        .collect::<Result<_, _>>()?;
    let labels = match (column(&LABEL), flag_columns(&header, &lines, &taken)) {
        _ if !numbers.is_empty() => Labels::Numbers(numbers),
        (Some(column), _) => Labels::Named(column),
        (None, columns) if columns.len() > 1 => Labels::Flags(columns),
        _ => Labels::Named(needed(&LABEL, "label")?),
    };

    let images: Vec<_> = files(&folder, 64).into_iter().filter(|path| is_image(path)).collect();
    let places = by_name(&folder, &images);
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    let mut rows = Vec::new();
    for (line, values) in &lines {
        let value = |column: usize| values.get(column).map(String::as_str).unwrap_or_default();
        let file = value(file_column);
        let label = labels.of(&header, values);
        let endings = ["", ".png", ".jpg", ".jpeg", ".tif", ".dcm", ".nii.gz"];
        let place = endings.iter().find_map(|ending| places.get(&format!("{file}{ending}")));
        let Some(place) = place else {
            let problem = format!("line {line}: the image {file:?} is not in the folder");
            findings.push(Finding::new(Check::MissingImage, &table_name, problem));
            continue;
        };
        if label.iter().any(String::is_empty) {
            findings.push(Finding::new(
                Check::Entry,
                &table_name,
                format!("line {line}: {file:?} has no label"),
            ));
            continue;
        }
        if !seen.insert(place.clone()) {
            let problem = format!("line {line}: {file:?} was listed before");
            findings.push(Finding::new(Check::ListedTwice, &table_name, problem));
            continue;
        }
        let patient = patient_column.map(value).filter(|patient| !patient.is_empty()).map(str::to_owned);
        let split = split_column.map(value).and_then(split_named);
        rows.push((Row { path: place.clone(), labels: label, patient, split }, *line));
    }
    if let Labels::Numbers(_) = labels {
        let (classes, kind) = (labels.classes(&header, &[]), TaskKind::Regression);
        let cases = with_numbers(rows, &table_name, &mut findings);
        return Ok(Found { form: Form::Table, kind, objects: None, classes, cases, findings });
    }
    let mut rows: Vec<Row> = rows.into_iter().map(|(row, _)| row).collect();
    if let Labels::Named(_) = labels {
        split_names(&mut rows, hints.classes.as_deref().unwrap_or_default(), delimiter);
    }
    let classes = classes(labels.classes(&header, &rows), hints)?;
    let single = rows.iter().all(|row| row.labels.len() == 1);
    let kind = if single { TaskKind::Classification } else { TaskKind::MultiLabel };
    let cases = rows.into_iter().filter_map(|row| row.case(&classes, kind)).collect();
    Ok(Found { form: Form::Table, kind, objects: None, classes, cases, findings })
}

/// The images whose labels are numbers; the others are findings.
fn with_numbers(rows: Vec<(Row, u64)>, table: &str, findings: &mut Vec<Finding>) -> Vec<Case> {
    let mut cases = Vec::with_capacity(rows.len());
    for (row, line) in rows {
        match row.numbers() {
            Ok(case) => cases.push(case),
            Err(problem) => {
                findings.push(Finding::new(Check::Entry, table, format!("line {line}: {problem}")));
            }
        }
    }
    cases
}

/// Where a table says what an image shows.
enum Labels {
    /// By name, in this column.
    Named(usize),
    /// By 0 and 1, in a column for each class.
    Flags(Vec<usize>),
    /// By numbers, in these columns.
    Numbers(Vec<usize>),
}

impl Labels {
    /// What a row says; the cell as it is where labels are named.
    fn of(&self, header: &[String], values: &[String]) -> Vec<String> {
        let value = |column: usize| values.get(column).map(String::as_str).unwrap_or_default();
        match self {
            Self::Named(column) => vec![value(*column).to_owned()],
            Self::Numbers(columns) => columns.iter().map(|column| value(*column).to_owned()).collect(),
            Self::Flags(columns) => {
                let present = columns.iter().filter(|column| flag(value(**column)) == Some(true));
                present.filter_map(|column| header.get(*column).cloned()).collect()
            }
        }
    }

    /// The classes of a table: its columns in their order, or the names in its rows in that of the alphabet.
    fn classes(&self, header: &[String], rows: &[Row]) -> Vec<String> {
        match self {
            Self::Named(_) => {
                let names: BTreeSet<&String> = rows.iter().flat_map(|row| &row.labels).collect();
                names.into_iter().cloned().collect()
            }
            Self::Flags(columns) | Self::Numbers(columns) => {
                columns.iter().filter_map(|column| header.get(*column).cloned()).collect()
            }
        }
    }
}

/// Takes the cells of all rows apart where one of them names several classes. A name that is `known` is one.
fn split_names(rows: &mut [Row], known: &[String], delimiter: char) {
    let between = |cell: &String| cell.contains('|') || cell.contains(';') && delimiter != ';';
    let several = |cell: &String| between(cell) && !known.contains(cell);
    if !rows.iter().flat_map(|row| &row.labels).any(several) {
        return;
    }
    for row in rows {
        let cells = row.labels.iter().flat_map(|cell| names(cell, known));
        row.labels = cells.map(str::to_owned).collect();
    }
}

/// An image with the names of its classes.
struct Row {
    path: PathBuf,
    labels: Vec<String>,
    patient: Option<String>,
    split: Option<Split>,
}

impl Row {
    /// The image with its labels as numbers, or what is wrong with them.
    fn numbers(self) -> Result<Case, String> {
        let number = |cell: &String| match cell.parse::<f32>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => Err(format!("{cell:?} is no number")),
        };
        let label = CaseLabel::Values(self.labels.iter().map(number).collect::<Result<_, _>>()?);
        let name = file_name(&self.path);
        Ok(Case { name, source: self.path, patient: self.patient, split: self.split, label })
    }

    fn case(self, classes: &[String], kind: TaskKind) -> Option<Case> {
        let label = match kind {
            TaskKind::MultiLabel => {
                CaseLabel::Labels(classes.iter().map(|class| self.labels.contains(class)).collect())
            }
            _ => CaseLabel::Class(classes.iter().position(|class| self.labels.first() == Some(class))?),
        };
        let name = file_name(&self.path);
        Some(Case { name, source: self.path, patient: self.patient, split: self.split, label })
    }
}

/// The columns beside those that are `taken` in which every row has 0 or 1.
fn flag_columns(header: &[String], lines: &[(u64, Vec<String>)], taken: &[Option<usize>]) -> Vec<usize> {
    let is_flag = |column: &usize| {
        let cell =
            |(_, values): &(u64, Vec<String>)| values.get(*column).is_some_and(|cell| flag(cell).is_some());
        !taken.contains(&Some(*column)) && !lines.is_empty() && lines.iter().all(cell)
    };
    (0..header.len()).filter(is_flag).collect()
}
