//! One or several classes per image: `labels.csv`, or the one `.npz` of `MedMNIST`.

use std::fs;
use std::path::PathBuf;

use medley_core::dataset::formats::npz::{self, NpzLabels};
use medley_core::dataset::formats::{labels_csv, multilabel_csv};
use medley_core::dataset::{Split, Task, TaskKind};
use rayon::prelude::*;

use super::super::error::read;
use super::{DataError, DataFolder, Item, Label, Source, TaskData};

/// Largest array of an `.npz`, in bytes: `MedMNIST` at 224 pixels stays below.
const MAX_NPZ_BYTES: u64 = 16 << 30;

impl DataFolder {
    pub(super) fn classification(&mut self, task: Task) -> Result<TaskData, DataError> {
        let path = self.root.join("labels.csv");
        if !path.is_file() {
            return self.medmnist(task);
        }
        let bytes = read(&path)?;
        let table = |source| DataError::Table { path: path.clone(), source };
        if task.kind == TaskKind::MultiLabel {
            let rows = multilabel_csv::parse(&bytes, &task.classes).map_err(table)?;
            let items = rows.into_par_iter().map(|mut row| {
                let (patient, label) = (row.extra.remove("patient"), Label::Labels(row.labels));
                Ok((row.split, self.items(&row.file, patient, &label, None)?))
            });
            return TaskData::collect(task, items);
        }
        let rows = labels_csv::parse(&bytes, &task.classes).map_err(table)?;
        let items = rows.into_par_iter().map(|mut row| {
            let (patient, label) = (row.extra.remove("patient"), Label::Class(row.class));
            Ok((row.split, self.items(&row.file, patient, &label, None)?))
        });
        TaskData::collect(task, items)
    }

    fn medmnist(&mut self, task: Task) -> Result<TaskData, DataError> {
        let path = self.only_npz()?;
        let npz = npz::Npz::parse(&read(&path)?, task.classes.len(), MAX_NPZ_BYTES)
            .map_err(|source| DataError::Npz { path: path.clone(), source })?;
        let several = task.kind == TaskKind::MultiLabel;
        let mut data = TaskData::new(task);
        for split in Split::ALL {
            let labels: Vec<Label> = match (npz.part(split).labels(), several) {
                (NpzLabels::Classes(classes), false) => classes.iter().copied().map(Label::Class).collect(),
                (NpzLabels::Flags(flags), true) => flags.iter().cloned().map(Label::Labels).collect(),
                (NpzLabels::Classes(_), true) => {
                    let problem =
                        "its images have one class each; name the task classification in dataset.json";
                    return Err(DataError::layout(&path, problem));
                }
                (NpzLabels::Flags(_), false) => {
                    let problem =
                        "its images have several classes each; name the task multilabel in dataset.json";
                    return Err(DataError::layout(&path, problem));
                }
            };
            let items = labels.into_iter().enumerate().map(|(index, label)| {
                let name = format!("{split}-{index:05}");
                let source = Source::Npz { split, index };
                Item { case: name.clone(), name, source, label, patient: None, slice: None }
            });
            data.items_mut(split).extend(items);
        }
        self.npz = Some(npz);
        Ok(data)
    }

    fn only_npz(&self) -> Result<PathBuf, DataError> {
        let io = |source| DataError::Io { path: self.root.clone(), source };
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.root).map_err(io)? {
            let path = entry.map_err(io)?.path();
            if path.extension().is_some_and(|extension| extension == "npz") {
                found.push(path);
            }
        }
        match (found.pop(), found.is_empty()) {
            (Some(path), true) => Ok(path),
            _ => Err(DataError::layout(
                &self.root,
                "a classification needs a labels.csv or exactly one .npz file",
            )),
        }
    }
}
