//! What the JSON of a record says.

use std::path::Path;

use medley_core::dataset::{BoxLabel, Task, TaskKind};
use serde::{Deserialize, Serialize};

use super::super::{DataError, Item, Label};
use super::Layout;

/// Longest side of a picture, most pictures of a sheet.
const MAX_SIDE: usize = 1 << 14;
const MAX_PICTURES: usize = 1 << 14;

/// The pictures of one record, which all have one size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Columns of each picture.
    pub width: usize,
    /// Rows of each picture.
    pub height: usize,
    /// The pictures in their order on the sheet.
    pub pictures: Vec<PackedPicture>,
}

/// Left, top, right, bottom and class of an object.
type PackedBox = (f32, f32, f32, f32, usize);

/// One picture with its labels. Classes are indices into those of the task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PackedPicture {
    /// As in the original data set.
    pub name: String,
    /// As in the original data set.
    pub case: String,
    /// Position in the volume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slice: Option<usize>,
    /// As in the original data set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient: Option<String>,
    /// The class of the picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<usize>,
    /// The classes that are present, where there may be any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<Vec<usize>>,
    /// The numbers of the picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<f32>>,
    /// Boxes as left, top, right, bottom in pixels of the packed picture, and class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boxes: Option<Vec<PackedBox>>,
}

impl Record {
    /// Reads a record and checks its numbers.
    pub(super) fn parse(bytes: &[u8], path: &Path, entry: &str) -> Result<Self, DataError> {
        let problem = |text: String| DataError::layout(path, format!("{entry}: {text}; pack the data again"));
        let record: Self = serde_json::from_slice(bytes).map_err(|error| problem(error.to_string()))?;
        let sides = 1..=MAX_SIDE;
        if !sides.contains(&record.width) || !sides.contains(&record.height) {
            return Err(problem(format!("pictures of {} x {}", record.width, record.height)));
        }
        if !(1..=MAX_PICTURES).contains(&record.pictures.len()) {
            return Err(problem(format!("{} pictures on a sheet", record.pictures.len())));
        }
        Ok(record)
    }

    /// How the pictures lie on the sheet.
    pub fn layout(&self) -> Layout {
        Layout::new(self.width, self.height, self.pictures.len())
    }
}

impl PackedPicture {
    /// What is known about an item before its labels.
    pub(super) fn new(item: &Item) -> Self {
        Self {
            name: item.name.clone(),
            case: item.case.clone(),
            slice: item.slice,
            patient: item.patient.clone(),
            ..Self::default()
        }
    }

    /// The label for a task, if this picture has one: a class index or box that fits a picture of
    /// `width` x `height`, or a mask, where the record has such.
    pub(super) fn label(
        &self,
        task: &Task,
        size: (usize, usize),
        has_mask: bool,
    ) -> Result<Option<Label>, String> {
        let is_class = |class: usize| {
            let count = task.classes.len();
            let problem = || format!("{}: {class} is none of the {count} classes", self.name);
            if class < count { Ok(class) } else { Err(problem()) }
        };
        Ok(match task.kind {
            TaskKind::Classification => self.class.map(is_class).transpose()?.map(Label::Class),
            TaskKind::MultiLabel => match &self.classes {
                Some(present) => {
                    let present = present.iter().map(|c| is_class(*c)).collect::<Result<Vec<_>, _>>()?;
                    let labels = (0..task.classes.len()).map(|class| present.contains(&class)).collect();
                    Some(Label::Labels(labels))
                }
                None => None,
            },
            TaskKind::Regression => match &self.values {
                Some(values) if values.len() != task.classes.len() => {
                    let (found, count) = (values.len(), task.classes.len());
                    return Err(format!("{}: {found} numbers in place of {count}", self.name));
                }
                values => values.clone().map(Label::Values),
            },
            TaskKind::Segmentation => has_mask.then_some(Label::MaskSlice),
            TaskKind::Detection => match &self.boxes {
                Some(boxes) => {
                    let label = |&(x0, y0, x1, y1, class): &_| {
                        let label = BoxLabel { x0, y0, x1, y1, class: is_class(class)? };
                        let fits = |low: f32, high: f32, limit: usize| {
                            0.0 <= low && low < high && high <= limit as f32
                        };
                        let is_inside = fits(x0, x1, size.0) && fits(y0, y1, size.1);
                        let problem = || format!("{}: {label:?} is not in the picture", self.name);
                        if is_inside { Ok(label) } else { Err(problem()) }
                    };
                    let boxes = boxes.iter().map(label).collect::<Result<_, String>>()?;
                    Some(Label::Boxes { boxes, size })
                }
                None => None,
            },
        })
    }
}
