//! Masks: `split.csv`, with PNGs in `masks/` or label volumes in `labels/`.

use medley_core::dataset::Task;
use medley_core::dataset::formats::split_csv;
use rayon::prelude::*;

use super::super::error::read;
use super::pictures::label_files;
use super::{DataError, DataFolder, Label, TaskData};

impl DataFolder {
    pub(super) fn segmentation(&self, task: Task) -> Result<TaskData, DataError> {
        let path = self.root.join("split.csv");
        let rows = split_csv::parse(&read(&path)?).map_err(|source| DataError::Table { path, source })?;
        let items = rows.par_iter().map(|row| {
            let patient = row.extra.get("patient").cloned();
            let mask = self.root.join("masks").join(&row.file).with_extension("png");
            let items = if mask.is_file() {
                self.items(&row.file, patient, &Label::MaskFile(mask), None)?
            } else if let Some(labels) =
                label_files(&self.root, &row.file).into_iter().find(|path| path.is_file())
            {
                self.items(&row.file, patient, &Label::MaskSlice, Some(labels))?
            } else {
                let problem = "this mask is missing; a mask has its image's name (or, for a volume, the same \
                               file name in labels/; for a DICOM series, that of its folder with .nii.gz)";
                return Err(DataError::layout(&mask, problem));
            };
            Ok((row.split, items))
        });
        TaskData::collect(task, items)
    }
}
