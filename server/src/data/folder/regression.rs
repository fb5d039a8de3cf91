//! Numbers per image: columns of `labels.csv`.

use medley_core::dataset::Task;
use medley_core::dataset::formats::values_csv;
use rayon::prelude::*;

use super::super::error::read;
use super::{DataError, DataFolder, Label, TaskData};

impl DataFolder {
    pub(super) fn regression(&self, task: Task) -> Result<TaskData, DataError> {
        let path = self.root.join("labels.csv");
        let rows = values_csv::parse(&read(&path)?, &task.classes)
            .map_err(|source| DataError::Table { path, source })?;
        let items = rows.into_par_iter().map(|mut row| {
            let (patient, label) = (row.extra.remove("patient"), Label::Values(row.values));
            Ok((row.split, self.items(&row.file, patient, &label, None)?))
        });
        TaskData::collect(task, items)
    }
}
