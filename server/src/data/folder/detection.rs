//! Boxes: one COCO file per split.

use medley_core::dataset::formats::coco;
use medley_core::dataset::{Split, Task};

use super::super::error::read;
use super::{DataError, DataFolder, Label, TaskData};

impl DataFolder {
    pub(super) fn detection(&self, task: Task) -> Result<TaskData, DataError> {
        let mut data = TaskData::new(task);
        for split in Split::ALL {
            let path = self.root.join("annotations").join(format!("{split}.json"));
            let images = coco::parse(&read(&path)?, &data.task.classes)
                .map_err(|source| DataError::Coco { path, source })?;
            for image in images {
                let label = Label::Boxes { boxes: image.boxes(), size: (image.width, image.height) };
                let items = self.items(&image.file, None, &label, None)?;
                data.items_mut(split).extend(items);
            }
        }
        Ok(data)
    }
}
