//! What is to be learnt: a name, a kind of label, classes.

use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

use super::Scaling;

/// The label types of the method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TaskKind {
    /// One class per image.
    Classification,
    /// Any number of classes per image, each of them present or not.
    MultiLabel,
    /// One class per pixel; class 0 is the background.
    Segmentation,
    /// Boxes with a class each.
    Detection,
    /// One or several numbers per image: an age, a volume, a share.
    Regression,
}

impl TaskKind {
    /// Whether a label says something of an image as a whole, and so of a case of several images.
    pub fn is_of_whole_images(self) -> bool {
        matches!(self, Self::Classification | Self::MultiLabel | Self::Regression)
    }
}

/// One task: a head of the model and the data it learns from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Unique, stable, lower case with hyphens: `dsb2018-fluo-segmentation`.
    pub id: String,
    /// The label type.
    pub kind: TaskKind,
    /// Class names in index order; for segmentation the first is the background, for detection there is none. For
    /// regression the names of the numbers, with their units.
    pub classes: Vec<String>,
    /// What made the images, in the words of the data set: `microscopy, fluorescence nuclei`.
    pub modality: String,
    /// The side, in pixels, to which the longest side of an image is scaled before the model sees it.
    pub input_size: usize,
    /// Multi-instance learning: the label belongs to a case, and this many of its images are looked at together in
    /// training. Only where labels are of whole images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instances: Option<NonZeroUsize>,
    /// For regression, how each number is distributed in the training part; empty for the others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scaling: Vec<Scaling>,
}
