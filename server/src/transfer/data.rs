//! Which images a measurement learns from, and which it is tested on.

use std::collections::HashSet;
use std::sync::Arc;

use medley_core::dataset::{IGNORE, SubsetMember, Subsets, Target, Task, sample_seed};
use rayon::prelude::*;

use super::{Cell, TransferError};
use crate::data::{DataError, DataFolder, Item, Label};

/// The part of the training cases that is learnt from where no val part is there to watch.
const LEARNT: f64 = 0.8;

/// One task of a data set, its parts kept apart: what learning sees comes from [`Self::learning`], and no image
/// of the test part, nor another image of the same patient or case, is ever in it.
#[derive(Debug)]
pub struct TransferData {
    folder: Arc<DataFolder>,
    task: Task,
    train: Pool,
    val: Pool,
    test: Vec<Item>,
}

/// What a model may see before it is tested.
#[derive(Clone, Debug, PartialEq)]
pub struct LearningData {
    /// To learn from.
    pub train: Vec<Item>,
    /// To stop early by. Empty where there are too few images to spare any: learning then takes all of its
    /// updates.
    pub watch: Vec<Item>,
}

/// Images to draw from.
#[derive(Debug)]
struct Pool {
    items: Vec<Item>,
    members: Vec<SubsetMember>,
}

impl TransferData {
    /// The task `id` of a data set, or its only one. Masks are read once to know the classes on them.
    ///
    /// # Errors
    /// When the data set has no such task or several, when there is nothing to learn from or to test on, or a
    /// mask cannot be read.
    pub fn new(folder: Arc<DataFolder>, id: Option<&str>) -> Result<Self, TransferError> {
        let asked = |task: &Task| id.is_none_or(|id| task.id == id);
        let mut found = folder.tasks.iter().filter(|data| asked(&data.task));
        let (Some(data), None) = (found.next(), found.next()) else {
            let ids: Vec<&str> = folder.tasks.iter().map(|data| data.task.id.as_str()).collect();
            return Err(TransferError::ChooseTask(ids.join(", ")));
        };
        let (task, test) = (data.task.clone(), data.test.clone());
        let tested: HashSet<&str> = test.iter().map(unit).collect();
        let train = Pool::new(&folder, &data.train, &tested)?;
        let val = Pool::new(&folder, &data.val, &tested)?;
        if train.items.is_empty() || test.is_empty() {
            return Err(DataError::Empty { task: task.id }.into());
        }
        Ok(Self { folder, task, train, val, test })
    }

    /// The data set.
    pub fn folder(&self) -> &Arc<DataFolder> {
        &self.folder
    }

    /// The task.
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// Images in train, val and test that are used.
    pub fn sizes(&self) -> [usize; 3] {
        [self.train.items.len(), self.val.items.len(), self.test.len()]
    }

    /// What a measurement learns from: its fraction of the training cases. To stop early it has the same
    /// fraction of the val cases, because those labels cost as much; where the data set has no val part, a fifth
    /// of its training cases is put aside. Which cases these are, depends on the seed alone, and those of a
    /// smaller fraction are among those of a larger one where there is a val part.
    pub fn learning(&self, cell: &Cell) -> LearningData {
        let (fraction, seed) = (cell.fraction.fraction(), cell.seed);
        let drawn = self.train.subset(fraction, seed);
        if !self.val.items.is_empty() {
            let watch = self.val.subset(fraction, seed).items;
            return LearningData { train: drawn.items, watch };
        }
        let learnt = Subsets::new(&drawn.members, sample_seed(seed, 1, 0)).take(LEARNT);
        let (mut train, mut watch) = (Vec::new(), Vec::new());
        for (position, item) in drawn.items.into_iter().enumerate() {
            if learnt.binary_search(&position).is_ok() { &mut train } else { &mut watch }.push(item);
        }
        LearningData { train, watch }
    }

    /// What finished models are tested on.
    pub(super) fn test(&self) -> &[Item] {
        &self.test
    }
}

impl Pool {
    fn new(folder: &DataFolder, items: &[Item], tested: &HashSet<&str>) -> Result<Self, DataError> {
        let (items, shared): (Vec<Item>, Vec<Item>) =
            items.iter().cloned().partition(|item| !tested.contains(unit(item)));
        if let Some(first) = shared.first() {
            let count = shared.len();
            tracing::warn!(
                "{count} images are left out, because the test part has others of {}",
                unit(first)
            );
        }
        let member = |item: &Item| -> Result<SubsetMember, DataError> {
            Ok(SubsetMember { case: unit(item).to_owned(), classes: classes(folder, item)? })
        };
        let members = items.par_iter().map(member).collect::<Result<_, _>>()?;
        Ok(Self { items, members })
    }

    fn subset(&self, fraction: f64, seed: u64) -> Self {
        let positions = Subsets::new(&self.members, seed).take(fraction);
        Self {
            items: positions.iter().map(|position| self.items[*position].clone()).collect(),
            members: positions.iter().map(|position| self.members[*position].clone()).collect(),
        }
    }
}

/// What is drawn as one, and never parted: all images of a patient where one is named, or else of a case.
fn unit(item: &Item) -> &str {
    item.patient.as_ref().unwrap_or(&item.case)
}

/// The classes that are present; the background of a mask is none.
fn classes(folder: &DataFolder, item: &Item) -> Result<Vec<usize>, DataError> {
    let present = |flags: &[bool]| (0..flags.len()).filter(|class| flags[*class]).collect();
    Ok(match &item.label {
        Label::Class(class) => vec![*class],
        Label::Labels(flags) => present(flags),
        // Numbers have no classes that a part of the data must have.
        Label::Values(_) => Vec::new(),
        Label::Boxes { boxes, .. } => boxes.iter().map(|label| label.class).collect(),
        Label::MaskFile(_) | Label::MaskSlice => {
            let mut found = [false; 256];
            if let Target::Mask(mask) = folder.load(item)?.target {
                mask.labels.iter().for_each(|label| found[usize::from(*label)] = true);
            }
            found[0] = false;
            found[usize::from(IGNORE)] = false;
            present(&found)
        }
    })
}
