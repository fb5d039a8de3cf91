//! Opening a packed data set: labels are read, pictures stay in the tar.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use medley_core::dataset::{Split, Task};

use super::super::{DataError, Item, Source, TaskData, VolumeFile};
use super::shard::{RecordFiles, index};
use super::{PackedSheet, Record};

/// Whether a folder holds the tar of any split.
pub(in crate::data) fn is_packed(root: &Path) -> bool {
    Split::ALL.into_iter().any(|split| root.join(format!("{split}.tar")).is_file())
}

/// The pictures of each task.
pub(in crate::data) fn open(root: &Path, tasks: Vec<Task>) -> Result<Vec<TaskData>, DataError> {
    let mut data: Vec<TaskData> = tasks.into_iter().map(TaskData::new).collect();
    for split in Split::ALL {
        let path = root.join(format!("{split}.tar"));
        if !path.is_file() {
            continue;
        }
        let mut names = HashSet::new();
        for (number, files) in index(&path)? {
            let (record, volume) = open_record(&path, &number, files)?;
            for (position, picture) in record.pictures.iter().enumerate() {
                if !names.insert(picture.name.clone()) {
                    let problem = format!("{number}.json: {:?} was listed before", picture.name);
                    return Err(DataError::layout(&path, problem));
                }
                for data in &mut data {
                    let size = (record.width, record.height);
                    let label = picture
                        .label(&data.task, size, volume.has_masks())
                        .map_err(|problem| DataError::layout(&path, format!("{number}.json: {problem}")))?;
                    let Some(label) = label else { continue };
                    data.items_mut(split).push(Item {
                        name: picture.name.clone(),
                        source: Source::Slice { volume: Arc::clone(&volume), index: position },
                        label,
                        patient: picture.patient.clone(),
                        case: picture.case.clone(),
                        slice: picture.slice,
                    });
                }
            }
        }
    }
    Ok(data)
}

fn open_record(
    path: &Path,
    number: &str,
    files: RecordFiles,
) -> Result<(Record, Arc<VolumeFile>), DataError> {
    let name = format!("{number}.json");
    let missing = |what| DataError::layout(path, format!("{number} has no {what}; pack the data again"));
    let record = Record::parse(&files.json.ok_or_else(|| missing("json"))?, path, &name)?;
    let sheet = PackedSheet {
        tar: path.to_path_buf(),
        name: number.to_owned(),
        layout: record.layout(),
        picture: files.picture.ok_or_else(|| missing("jpg or png"))?,
        mask: files.mask,
    };
    Ok((record, Arc::new(VolumeFile::packed(sheet))))
}
