//! Boxes: one COCO file per split.

use medley_core::dataset::formats::coco;
use medley_core::dataset::{Split, Task};
use rayon::prelude::*;

use super::super::error::read;
use super::{DataError, DataFolder, Label, TaskData};

impl DataFolder {
    pub(super) fn detection(&self, task: Task) -> Result<TaskData, DataError> {
        let mut images = Vec::new();
        for split in Split::ALL {
            let path = self.root.join("annotations").join(format!("{split}.json"));
            let found = coco::parse(&read(&path)?, &task.classes)
                .map_err(|source| DataError::Coco { path, source })?;
            images.extend(found.into_iter().map(|image| (split, image)));
        }
        let items = images.par_iter().map(|(split, image)| {
            let label = Label::Boxes { boxes: image.boxes(), size: (image.width, image.height) };
            Ok((*split, self.items(&image.file, None, &label, None)?))
        });
        TaskData::collect(task, items)
    }
}
