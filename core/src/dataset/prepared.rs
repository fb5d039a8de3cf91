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
            target @ (Target::Class(_) | Target::Labels(_) | Target::Values(_)) => target,
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
                Target::Boxes(boxes.iter().map(|label| scale_box(label, from, to)).collect())
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

fn scale_box(label: &BoxLabel, from: (usize, usize), to: (usize, usize)) -> BoxLabel {
    let (width, height) = (to.0 as f32, to.1 as f32);
    let (sx, sy) = (width / from.0 as f32, height / from.1 as f32);
    BoxLabel {
        x0: label.x0 * sx,
        y0: label.y0 * sy,
        // Rounding alone must not put an edge beyond the picture's.
        x1: (label.x1 * sx).min(width),
        y1: (label.y1 * sy).min(height),
        class: label.class,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::imaging::{Image, Pixels};

    #[test]
    fn the_longest_side_becomes_the_input_size() {
        assert_eq!(scaled_size(640, 480, 192), (192, 144));
        assert_eq!(scaled_size(28, 28, 64), (64, 64));
        assert_eq!(scaled_size(1000, 1, 64), (64, 1));
    }

    #[test]
    fn picture_and_boxes_are_scaled_alike() {
        let image = Image::new(8, 4, 1, Pixels::U8(vec![255; 32])).unwrap();
        let label = BoxLabel { x0: 2.0, y0: 1.0, x1: 6.0, y1: 4.0, class: 1 };
        let prepared = Prepared::new(&Sample { image, target: Target::Boxes(vec![label]) }, 16);
        assert_eq!((prepared.width, prepared.height), (16, 8));
        assert!(prepared.planes.iter().all(|value| (value - 1.0).abs() < 1e-6));
        let scaled = BoxLabel { x0: 4.0, y0: 2.0, x1: 12.0, y1: 8.0, class: 1 };
        assert_eq!(prepared.target, Target::Boxes(vec![scaled]));
    }

    #[test]
    fn boxes_that_fill_the_picture_still_do() {
        for side in 97..400 {
            let edge = side as f32;
            let label = BoxLabel { x0: 0.0, y0: 0.0, x1: edge, y1: edge, class: 0 };
            let scaled = scale_box(&label, (side, side), (96, 96));
            assert!(scaled.x1 <= 96.0 && scaled.y1 <= 96.0 && scaled.x1 > 95.999, "{side}: {scaled:?}");
        }
    }

    proptest! {
        #[test]
        fn every_size_works(width in 1_usize..200, height in 1_usize..200, input_size in 1_usize..200) {
            let image = Image::new(width, height, 1, Pixels::U8(vec![9; width * height])).unwrap();
            let labels = vec![3; width * height];
            let sample = Sample { image, target: Target::Mask(Mask { width, height, labels }) };
            let prepared = Prepared::new(&sample, input_size);
            prop_assert_eq!(prepared.width.max(prepared.height), input_size);
            prop_assert_eq!(prepared.planes.len(), 3 * prepared.width * prepared.height);
            let labels = vec![3; prepared.width * prepared.height];
            let (width, height) = (prepared.width, prepared.height);
            prop_assert_eq!(prepared.target, Target::Mask(Mask { width, height, labels }));
        }
    }
}
