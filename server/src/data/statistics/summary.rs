//! A data set in numbers, by task and split.

use std::collections::BTreeMap;

use medley_core::dataset::{Split, TaskKind};
use serde::Serialize;

use crate::data::inspect::{Distribution, Facts, Inspection, LabelFacts, class_counts, unit};

/// Smallest, middle and largest of some numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Range {
    /// The smallest.
    pub min: f64,
    /// The middle one; of an even number, the mean of the two in the middle.
    pub median: f64,
    /// The largest.
    pub max: f64,
}

impl Range {
    /// The range of some numbers; none of none.
    pub fn of(numbers: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = numbers.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        let median = if sorted.len().is_multiple_of(2) {
            f64::midpoint(*sorted.get(middle.checked_sub(1)?)?, *sorted.get(middle)?)
        } else {
            *sorted.get(middle)?
        };
        Some(Self { min: *sorted.first()?, median, max: *sorted.last()? })
    }
}

/// How often a class comes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassCount {
    /// The class.
    pub class: String,
    /// In images, pixels or boxes.
    pub count: u64,
}

/// The range of a number.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Number {
    /// Its name.
    pub name: String,
    /// Its range.
    pub range: Range,
}

/// One split of one task.
#[derive(Clone, Debug, Serialize)]
pub struct SplitStatistics {
    /// The split.
    pub split: Split,
    /// Images that can be used.
    pub images: usize,
    /// How often each class comes.
    pub classes: Vec<ClassCount>,
    /// How each number of a regression is distributed.
    pub numbers: Vec<Number>,
    /// Objects (boxes, or connected areas of a mask) per image.
    pub objects: Option<Range>,
    /// Columns.
    pub width: Option<Range>,
    /// Rows.
    pub height: Option<Range>,
    /// Slices; none where all images have one.
    pub slices: Option<Range>,
    /// Distance of columns, rows and slices in mm, where files say.
    pub spacing: Option<[Range; 3]>,
    /// Number of images by depth and channels: `8 bit grey`.
    pub depths: BTreeMap<String, usize>,
    /// Mean of all values.
    pub mean: f64,
    /// Standard deviation of all values.
    pub deviation: f64,
    /// The 1st, 25th, 50th, 75th and 99th percentile of all values.
    pub percentiles: [f32; 5],
    /// All values.
    #[serde(skip)]
    pub values: Distribution,
    /// (width, height) of each image.
    #[serde(skip)]
    pub sizes: Vec<(usize, usize)>,
}

/// One task.
#[derive(Clone, Debug, Serialize)]
pub struct TaskStatistics {
    /// Its id.
    pub task: String,
    /// Its label type.
    pub kind: TaskKind,
    /// What classes are counted in: `images`, `pixels` or `boxes`.
    pub unit: &'static str,
    /// Train, val and test; those without an image are left out.
    pub splits: Vec<SplitStatistics>,
}

/// A data set.
#[derive(Clone, Debug, Serialize)]
pub struct Statistics {
    /// Its id.
    pub id: String,
    /// What made the images.
    pub modality: String,
    /// Its licence.
    pub license: String,
    /// Its tasks.
    pub tasks: Vec<TaskStatistics>,
}

impl Statistics {
    /// The numbers of a data set that was looked over; images that cannot be used do not count.
    pub fn new(inspection: &Inspection) -> Self {
        let catalogue = &inspection.catalogue;
        let text = |field: fn(&medley_core::dataset::Manifest) -> &String| {
            catalogue.manifest.as_ref().map(field).cloned().unwrap_or_default()
        };
        let tasks = catalogue.tasks.iter().enumerate().map(|(index, task)| TaskStatistics {
            task: task.id.clone(),
            kind: task.kind,
            unit: unit(task.kind),
            splits: Split::ALL.into_iter().filter_map(|split| of_split(inspection, index, split)).collect(),
        });
        Self {
            id: catalogue.id(),
            modality: text(|manifest| &manifest.modality),
            license: text(|manifest| &manifest.license),
            tasks: tasks.collect(),
        }
    }
}

fn of_split(inspection: &Inspection, task: usize, split: Split) -> Option<SplitStatistics> {
    let Inspection { catalogue, scans, .. } = inspection;
    let belongs = |index: usize| {
        catalogue.images[index].split == Some(split) && scans[index].labels.iter().any(|(of, _)| *of == task)
    };
    let members: Vec<usize> = (0..scans.len()).filter(|index| belongs(*index)).collect();
    let facts: Vec<&Facts> = members.iter().filter_map(|index| scans[*index].facts.as_ref()).collect();
    if facts.is_empty() {
        return None;
    }
    let definition = &catalogue.tasks[task];
    let counts = class_counts(scans, task, definition.classes.len(), belongs);
    let classes = definition.classes.iter().cloned().zip(counts);
    let labels = || members.iter().flat_map(|index| &scans[*index].labels).filter(|(of, _)| *of == task);
    let numbers = definition.classes.iter().enumerate().filter_map(|(index, name)| {
        let stated = labels().filter_map(|(_, label)| match label {
            LabelFacts::Values(values) => values.get(index).map(|value| f64::from(*value)),
            _ => None,
        });
        Some(Number { name: name.clone(), range: Range::of(stated)? })
    });
    let objects = Range::of(labels().filter_map(|(_, label)| match label {
        LabelFacts::Boxes(boxes) => Some(boxes.len() as f64),
        LabelFacts::Mask { objects, .. } => Some(objects.len() as f64),
        LabelFacts::Class(_) | LabelFacts::Labels(_) | LabelFacts::Values(_) => None,
    }));
    let sides = |axis: usize| Range::of(facts.iter().map(|facts| facts.size[axis] as f64));
    let spacing =
        |axis: usize| Range::of(facts.iter().filter_map(|facts| facts.spacing).map(|spacing| spacing[axis]));
    let mut depths: BTreeMap<String, usize> = BTreeMap::new();
    for facts in &facts {
        let channels = if facts.channels == 1 { "grey" } else { "colour" };
        *depths.entry(format!("{} {channels}", facts.depth.name())).or_default() += 1;
    }
    let values = Distribution::together(facts.iter().map(|facts| &facts.values));
    Some(SplitStatistics {
        split,
        images: facts.len(),
        classes: classes.map(|(class, count)| ClassCount { class, count }).collect(),
        numbers: numbers.collect(),
        objects,
        width: sides(0),
        height: sides(1),
        slices: sides(2).filter(|slices| slices.max > 1.0),
        spacing: match (spacing(0), spacing(1), spacing(2)) {
            (Some(x), Some(y), Some(z)) => Some([x, y, z]),
            _ => None,
        },
        depths,
        mean: values.mean,
        deviation: values.deviation,
        percentiles: [1.0, 25.0, 50.0, 75.0, 99.0].map(|percent| values.percentile(percent)),
        values,
        sizes: facts.iter().map(|facts| (facts.size[0], facts.size[1])).collect(),
    })
}
