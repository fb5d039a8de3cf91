//! An image with what is known about it.

use serde::{Deserialize, Serialize};

use crate::imaging::Image;

/// Pixels with this label count neither for nor against: unlabelled, or outside the image.
pub const IGNORE: u8 = 255;

/// One class index per pixel, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width * height` class indices; [`IGNORE`] is unlabelled.
    pub labels: Vec<u8>,
}

/// An object's box in pixels: left, top, right, bottom, right and bottom exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoxLabel {
    /// Left edge.
    pub x0: f32,
    /// Top edge.
    pub y0: f32,
    /// Right edge.
    pub x1: f32,
    /// Bottom edge.
    pub y1: f32,
    /// Index into the task's classes.
    pub class: usize,
}

impl BoxLabel {
    /// Whether it has an area and lies inside a `width` x `height` image.
    pub fn is_inside(&self, width: u32, height: u32) -> bool {
        let inside = |from: f32, to: f32, side: u32| 0.0 <= from && from < to && to <= side as f32;
        inside(self.x0, self.x1, width) && inside(self.y0, self.y1, height)
    }

    /// The box with the edges `[x0, y0, x1, y1]`, cut at those of a `width` x `height` image. `None` if nothing
    /// of it lies inside.
    pub fn clipped(edges: [f64; 4], width: usize, height: usize, class: usize) -> Option<Self> {
        let [x0, y0, x1, y1] = edges;
        let (width, height) = (width as f64, height as f64);
        let label = Self {
            x0: x0.clamp(0.0, width) as f32,
            y0: y0.clamp(0.0, height) as f32,
            x1: x1.clamp(0.0, width) as f32,
            y1: y1.clamp(0.0, height) as f32,
            class,
        };
        (label.x1 > label.x0 && label.y1 > label.y0).then_some(label)
    }
}

/// What is known about an image, by label type.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// The image's class.
    Class(usize),
    /// For every class of the task, whether it is present.
    Labels(Vec<bool>),
    /// A class per pixel, the size of the image.
    Mask(Mask),
    /// All objects of the task's classes; none is a valid answer.
    Boxes(Vec<BoxLabel>),
    /// The numbers of the task, in the unit of the data.
    Values(Vec<f32>),
}

/// An image and its target.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The picture.
    pub image: Image,
    /// The truth about it.
    pub target: Target,
}

/// An object that a model found, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detection {
    /// Left edge.
    pub x0: f32,
    /// Top edge.
    pub y0: f32,
    /// Right edge.
    pub x1: f32,
    /// Bottom edge.
    pub y1: f32,
    /// Index into the task's classes.
    pub class: usize,
    /// How sure the model is, in [0, 1].
    pub score: f32,
}

impl Detection {
    /// The box without its score.
    pub fn place(&self) -> BoxLabel {
        BoxLabel { x0: self.x0, y0: self.y0, x1: self.x1, y1: self.y1, class: self.class }
    }
}
