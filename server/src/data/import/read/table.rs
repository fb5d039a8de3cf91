//! A CSV table with a file and a label in each row; columns have one of the names in use.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use medley_core::dataset::TaskKind;

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
    let (file_column, label_column) = (needed(&FILE, "image")?, needed(&LABEL, "label")?);
    let split_column = column(&SPLIT);
    let patient_column = match &hints.patient_column {
        Some(name) => Some(needed(&[&name.to_lowercase()], "patient")?),
        None => column(&PATIENT),
    };

    let images: Vec<_> = files(&folder, 64).into_iter().filter(|path| is_image(path)).collect();
    let places = by_name(&folder, &images);
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    let mut rows = Vec::new();
    for (line, record) in lines {
        let values = fields(record, delimiter);
        let value = |column: usize| values.get(column).map(String::as_str).unwrap_or_default();
        let (file, label) = (value(file_column), value(label_column));
        let endings = ["", ".png", ".jpg", ".jpeg", ".tif", ".dcm", ".nii.gz"];
        let place = endings.iter().find_map(|ending| places.get(&format!("{file}{ending}")));
        let Some(place) = place else {
            let problem = format!("line {line}: the image {file:?} is not in the folder");
            findings.push(Finding::new(Check::MissingImage, &table_name, problem));
            continue;
        };
        if label.is_empty() {
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
        rows.push((place.clone(), label.to_owned(), patient, split));
    }
    let names: BTreeSet<String> = rows.iter().map(|(_, label, ..)| label.clone()).collect();
    let classes = classes(names.into_iter().collect(), hints)?;
    let case = |(path, label, patient, split): (std::path::PathBuf, String, Option<String>, _)| {
        let class = classes.iter().position(|class| *class == label)?;
        Some(Case { name: file_name(&path), source: path, patient, split, label: CaseLabel::Class(class) })
    };
    let cases = rows.into_iter().filter_map(case).collect();
    Ok(Found { form: Form::Table, kind: TaskKind::Classification, classes, cases, findings })
}
