//! A sample at the size at which the model sees it.

use super::{BoxLabel, IGNORE, Mask, Sample, Target};
use crate::imaging::{Region, resize_labels, resize_planes};

/// A picture as planes, with its target in the same pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    /// `[3, height, width]`, in [0, 1].
    pub planes: Vec<f32>,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// The target, scaled with the picture.
    pub target: Target,
}

impl Prepared {
    /// Scales a sample so that the longest side of its picture is `input_size`.
    pub fn new(sample: &Sample, input_size: usize) -> Self {
        let from = (sample.image.width(), sample.image.height());
        Self {
            planes: sample.image.to_unit_planes(),
            width: from.0,
            height: from.1,
            target: sample.target.clone(),
        }
        .resized(scaled_size(from.0, from.1, input_size))
    }

    /// The same sample at another (width, height).
    pub fn resized(self, to: (usize, usize)) -> Self {
        let from = (self.width, self.height);
        if from == to {
            return self;
        }
        let region = Region::whole(from.0, from.1);
        let target = match self.target {
            Target::Class(class) => Target::Class(class),
            Target::Mask(mask) => Target::Mask(Mask {
                width: to.0,
                height: to.1,
                labels: resize_labels(
                    &mask.labels,
                    (mask.width, mask.height),
                    Region::whole(mask.width, mask.height),
                    to,
                    IGNORE,
                ),
            }),
            Target::Boxes(boxes) => {
                let (sx, sy) = (to.0 as f32 / from.0 as f32, to.1 as f32 / from.1 as f32);
                Target::Boxes(boxes.iter().map(|label| scale_box(label, sx, sy)).collect())
            }
        };
        Self { planes: resize_planes(&self.planes, from, region, to), width: to.0, height: to.1, target }
    }
}

/// The (width, height) at which the longest side is `input_size`; the shorter one is rounded, at least 1.
pub fn scaled_size(width: usize, height: usize, input_size: usize) -> (usize, usize) {
    let scale = input_size as f64 / width.max(height) as f64;
    let side = |length: usize| ((length as f64 * scale).round() as usize).max(1);
    (side(width), side(height))
}

fn scale_box(label: &BoxLabel, sx: f32, sy: f32) -> BoxLabel {
    BoxLabel {
        x0: label.x0 * sx,
        y0: label.y0 * sy,
        x1: label.x1 * sx,
        y1: label.y1 * sy,
        class: label.class,
    }
}
