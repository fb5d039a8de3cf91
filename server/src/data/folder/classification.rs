//! Classes per image: `labels.csv`, or the one `.npz` of `MedMNIST`.

use std::fs;
use std::path::PathBuf;

use medley_core::dataset::formats::npz::NpzLabels;
use medley_core::dataset::formats::{labels_csv, npz};
use medley_core::dataset::{Split, Task, TaskKind};

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
        let rows = labels_csv::parse(&read(&path)?, &task.classes)
            .map_err(|source| DataError::Table { path, source })?;
        let mut data = TaskData::new(task);
        for row in rows {
            let patient = row.extra.get("patient").cloned();
            let items = self.items(&row.file, patient, &Label::Class(row.class), None)?;
            data.items_mut(row.split).extend(items);
        }
        Ok(data)
    }

    fn medmnist(&mut self, task: Task) -> Result<TaskData, DataError> {
        let path = self.only_npz()?;
        let npz = npz::Npz::parse(&read(&path)?, task.classes.len(), MAX_NPZ_BYTES)
            .map_err(|source| DataError::Npz { path: path.clone(), source })?;
        let mut data = TaskData::new(task);
        for split in Split::ALL {
            let labels: Vec<Label> = match (npz.part(split).labels(), data.task.kind) {
                (NpzLabels::Classes(classes), TaskKind::Classification) => {
                    classes.iter().map(|class| Label::Class(*class)).collect()
                }
                (NpzLabels::Flags(flags), TaskKind::MultiLabel) => {
                    flags.iter().map(|flags| Label::Labels(flags.clone())).collect()
                }
                (NpzLabels::Classes(_), _) => {
                    let problem = "its images have one class each: its dataset.json must say \"task\": \"classification\"";
                    return Err(DataError::layout(&path, problem));
                }
                (NpzLabels::Flags(_), _) => {
                    let problem = "its images have several classes each: its dataset.json must say \"task\": \"multilabel\"";
                    return Err(DataError::layout(&path, problem));
                }
            };
            let items = labels.into_iter().enumerate().map(|(index, label)| {
                let name = format!("{split}-{index:05}");
                Item {
                    case: name.clone(),
                    name,
                    source: Source::Npz { split, index },
                    label,
                    patient: None,
                    slice: None,
                }
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
