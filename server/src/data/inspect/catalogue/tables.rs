//! `labels.csv`, `split.csv` and `attribution.csv`, row by row.

use std::collections::{BTreeMap, HashMap};

use medley_core::dataset::formats::npz::{Npz, NpzLabels};
use medley_core::dataset::formats::{
    TableError, attribution_csv, labels_csv, multilabel_csv, split_csv, values_csv,
};
use medley_core::dataset::{Split, TaskKind};

use super::{Listed, Place, Reader, Truth};
use crate::data::folder::label_files;
use crate::data::inspect::finding::Check;
use crate::data::records::records;

/// Largest array of an `.npz`, in bytes.
const MAX_NPZ_BYTES: u64 = 16 << 30;

impl Reader {
    pub(super) fn classification(&mut self, task: usize) {
        let name = "labels.csv";
        if !self.catalogue.root.join(name).is_file() {
            return self.medmnist(task);
        }
        let classes = self.catalogue.tasks[task].classes.clone();
        if self.catalogue.tasks[task].kind == TaskKind::MultiLabel {
            let rows = self.rows(name, |bytes| multilabel_csv::parse(bytes, &classes), |row| &row.file);
            for mut row in rows {
                let patient = row.extra.remove("patient");
                self.add(&row.file, row.split, patient, task, Truth::Labels(row.labels));
            }
            return;
        }
        let rows = self.rows(name, |bytes| labels_csv::parse(bytes, &classes), |row| &row.file);
        for mut row in rows {
            let patient = row.extra.remove("patient");
            self.add(&row.file, row.split, patient, task, Truth::Class(row.class));
        }
    }

    pub(super) fn regression(&mut self, task: usize) {
        let names = self.catalogue.tasks[task].classes.clone();
        let rows = self.rows("labels.csv", |bytes| values_csv::parse(bytes, &names), |row| &row.file);
        for mut row in rows {
            let patient = row.extra.remove("patient");
            self.add(&row.file, row.split, patient, task, Truth::Values(row.values));
        }
    }

    pub(super) fn segmentation(&mut self, task: usize) {
        let name = "split.csv";
        let rows = self.rows(name, split_csv::parse, |row| &row.file);
        for mut row in rows {
            let patient = row.extra.remove("patient");
            // A picture's mask is a PNG of its name; a volume's labels are a file of the same name.
            let (masks, labels) = (self.catalogue.root.join("masks"), self.catalogue.root.join("labels"));
            let picture = masks.join(&row.file).with_extension("png");
            let mut places = vec![picture.clone()];
            places.extend(label_files(&self.catalogue.root, &row.file));
            if let Some(mask) = places.into_iter().find(|path| path.is_file()) {
                self.add(&row.file, row.split, patient, task, Truth::Mask(mask));
            } else {
                let missing = if masks.is_dir() { picture } else { labels.join(&row.file) };
                let file = self.catalogue.relative(&missing);
                self.find(Check::MissingMask, file, "its image is listed");
            }
        }
    }

    fn medmnist(&mut self, task: usize) {
        let mut arrays = super::walk::files(&self.catalogue.root, 1);
        arrays.retain(|path| path.extension().is_some_and(|extension| extension == "npz"));
        let [path] = &arrays[..] else {
            let problem = "a classification needs a labels.csv or exactly one .npz file";
            return self.find(Check::LabelFile, "labels.csv", problem);
        };
        let name = self.catalogue.relative(path);
        let Some(bytes) = self.label_file(&name) else { return };
        let npz = match Npz::parse(&bytes, self.catalogue.tasks[task].classes.len(), MAX_NPZ_BYTES) {
            Ok(npz) => npz,
            Err(error) => return self.find(Check::LabelFile, name, error.to_string()),
        };
        for split in Split::ALL {
            let truths: Vec<Truth> = match (npz.part(split).labels(), self.catalogue.tasks[task].kind) {
                (NpzLabels::Classes(classes), TaskKind::Classification) => {
                    classes.iter().map(|class| Truth::Class(*class)).collect()
                }
                (NpzLabels::Flags(flags), TaskKind::MultiLabel) => {
                    flags.iter().map(|flags| Truth::Labels(flags.clone())).collect()
                }
                (NpzLabels::Classes(_), _) => {
                    let problem =
                        "its images have one class each, but dataset.json does not say \"classification\"";
                    return self.find(Check::LabelFile, name, problem);
                }
                (NpzLabels::Flags(_), _) => {
                    let problem =
                        "its images have several classes each, but dataset.json does not say \"multilabel\"";
                    return self.find(Check::LabelFile, name, problem);
                }
            };
            self.catalogue.images.extend(truths.into_iter().enumerate().map(|(index, truth)| Listed {
                name: format!("{split}-{index:05}"),
                place: Place::Npz(split, index),
                split: Some(split),
                patient: None,
                truths: vec![(task, truth)],
            }));
        }
        self.catalogue.npz = Some(npz);
    }

    pub(super) fn licenses(&mut self) {
        let name = "attribution.csv";
        if !self.catalogue.root.join(name).is_file() {
            return;
        }
        let parse = |bytes: &[u8]| Ok(attribution_csv::parse(bytes)?.into_iter().collect::<Vec<_>>());
        let licenses: BTreeMap<String, String> = self.rows(name, parse, |row| &row.0).into_iter().collect();
        let without: Vec<String> = self
            .catalogue
            .images
            .iter()
            .filter(|image| licenses.get(&image.name).is_none_or(|license| license.trim().is_empty()))
            .map(|image| self.catalogue.file_of(image))
            .collect();
        for file in without {
            self.find(Check::License, file, format!("{name} states no licence for it"));
        }
    }

    /// The rows of a table that can be used; each is read on its own, so that one does not hide the next.
    fn rows<T>(
        &mut self,
        name: &str,
        parse: impl Fn(&[u8]) -> Result<Vec<T>, TableError>,
        file: impl Fn(&T) -> &str,
    ) -> Vec<T> {
        let Some(bytes) = self.label_file(name) else { return Vec::new() };
        let mut records = records(&bytes).into_iter();
        let (_, header) = records.next().unwrap_or_default();
        if let Err(error) = parse(header) {
            self.find(Check::LabelFile, name, error.to_string());
            return Vec::new();
        }
        let mut seen: HashMap<String, u64> = HashMap::new();
        let mut rows = Vec::new();
        for (line, record) in records {
            let parsed = match parse(&[header, b"\n", record].concat()) {
                Ok(parsed) => parsed,
                Err(error) => {
                    let check = match &error {
                        TableError::Label { .. } => Check::UnknownClass,
                        _ => Check::Entry,
                    };
                    self.find(check, name, at_line(error, line));
                    continue;
                }
            };
            for row in parsed {
                let key = file(&row).to_owned();
                if let Some(first) = seen.get(&key) {
                    self.find(
                        Check::ListedTwice,
                        name,
                        format!("line {line}: {key:?} was listed in line {first}"),
                    );
                    continue;
                }
                seen.insert(key, line);
                rows.push(row);
            }
        }
        rows
    }
}

/// The message of an error in a row that was read on its own.
fn at_line(error: TableError, number: u64) -> String {
    let line = number;
    match error {
        TableError::Csv(_) => format!("line {line}: not as many columns as the first line, or not UTF-8"),
        TableError::Split { source, .. } => TableError::Split { line, source }.to_string(),
        TableError::Label { label, classes, .. } => TableError::Label { line, label, classes }.to_string(),
        TableError::Duplicate { file, .. } => TableError::Duplicate { line, file }.to_string(),
        TableError::FileName { file, .. } => TableError::FileName { line, file }.to_string(),
        TableError::Flag { class, value, .. } => TableError::Flag { line, class, value }.to_string(),
        TableError::Number { column, value, .. } => TableError::Number { line, column, value }.to_string(),
        TableError::Contradiction { class, .. } => TableError::Contradiction { line, class }.to_string(),
        other @ (TableError::MissingColumn { .. }
        | TableError::MissingClass { .. }
        | TableError::MissingNumber { .. }) => {
            format!("line {line}: {other}")
        }
    }
}
