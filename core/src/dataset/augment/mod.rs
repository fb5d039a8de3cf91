//! Random changes that keep labels true: image, mask and boxes move together.

mod config;
mod orientation;
#[cfg(test)]
mod tests;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub use config::{AugmentConfig, AugmentError};
pub use orientation::Orientation;

use super::{BoxLabel, IGNORE, Mask, Prepared, Target};
use crate::imaging::{Region, resize_labels, resize_planes};

/// A box is dropped when less of its area than this remains in the picture.
const LEAST_VISIBLE: f32 = 0.3;

/// One drawn change, ready to be applied to a sample of the size it was drawn for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Augmentation {
    /// The part of the picture that fills the result.
    pub region: Region,
    /// How the result lies.
    pub orientation: Orientation,
    /// Added to all values.
    pub brightness: f32,
    /// Factor on the distance to the mean value.
    pub contrast: f32,
}

impl Augmentation {
    /// Draws a change for a picture of `width` x `height`. The same seed gives the same change everywhere.
    pub fn draw(config: &AugmentConfig, seed: u64, width: usize, height: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        // All numbers are always drawn, so that one setting does not change what another one gives.
        let [flip_x, flip_y] = [rng.random::<bool>(), rng.random::<bool>()];
        let turns = rng.random_range(0..4_u8);
        let [scale, left, top, brightness, contrast] = std::array::from_fn(|_| rng.random::<f32>());

        let flip_x = flip_x && config.horizontal_flip;
        let flip_y = flip_y && config.vertical_flip;
        let turns = if config.quarter_turns { turns } else { 0 };
        let (least, greatest) = config.scale;
        let scale = (least + (greatest - least) * scale).clamp(0.1, 10.0);
        Self {
            region: region(scale, left, top, width, height),
            // Top and bottom are swapped by swapping left and right and a half turn.
            orientation: Orientation {
                mirrored: flip_x != flip_y,
                quarter_turns: (turns + if flip_y { 2 } else { 0 }) % 4,
            },
            brightness: config.brightness * (2.0 * brightness - 1.0),
            contrast: 1.0 + config.contrast * (2.0 * contrast - 1.0),
        }
    }

    /// Changes a sample. Borders are 0 in the picture and [`IGNORE`] in a mask; boxes are clipped, and
    /// dropped when less than 30 % of one remains.
    pub fn apply(&self, sample: Prepared) -> Prepared {
        let Prepared { mut planes, width, height, target } = sample;
        self.change_values(&mut planes);
        let size = (width, height);
        if self.region != Region::whole(width, height) {
            planes = resize_planes(&planes, size, self.region, size);
        }
        let planes = planes
            .chunks_exact((width * height).max(1))
            .flat_map(|plane| self.orientation.values(plane, width, height))
            .collect();
        let (new_width, new_height) = self.orientation.size(width, height);
        let target = match target {
            target @ (Target::Class(_) | Target::Labels(_)) => target,
            Target::Mask(mask) => {
                let labels = resize_labels(&mask.labels, size, self.region, size, IGNORE);
                let labels = self.orientation.values(&labels, width, height);
                Target::Mask(Mask { width: new_width, height: new_height, labels })
            }
            Target::Boxes(boxes) => {
                let moved = boxes.iter().filter_map(|label| self.in_region(label, width, height));
                Target::Boxes(moved.map(|label| self.orientation.label(label, width, height)).collect())
            }
        };
        Prepared { planes, width: new_width, height: new_height, target }
    }

    fn change_values(&self, planes: &mut [f32]) {
        if (self.brightness, self.contrast) == (0.0, 1.0) || planes.is_empty() {
            return;
        }
        let mean = planes.iter().sum::<f32>() / planes.len() as f32;
        let offset = mean + self.brightness - mean * self.contrast;
        for value in planes {
            *value = (*value * self.contrast + offset).clamp(0.0, 1.0);
        }
    }

    /// Where a box is when the region fills `width` x `height`; none when too little of it is left.
    fn in_region(&self, label: &BoxLabel, width: usize, height: usize) -> Option<BoxLabel> {
        let Region { x0, y0, x1, y1 } = self.region;
        let (width, height) = (width as f32, height as f32);
        let (sx, sy) = (width / (x1 - x0), height / (y1 - y0));
        let moved = [(label.x0 - x0) * sx, (label.y0 - y0) * sy, (label.x1 - x0) * sx, (label.y1 - y0) * sy];
        let clipped = BoxLabel {
            x0: moved[0].clamp(0.0, width),
            y0: moved[1].clamp(0.0, height),
            x1: moved[2].clamp(0.0, width),
            y1: moved[3].clamp(0.0, height),
            class: label.class,
        };
        let area = (moved[2] - moved[0]) * (moved[3] - moved[1]);
        let visible = (clipped.x1 - clipped.x0) * (clipped.y1 - clipped.y0);
        (visible > 0.0 && visible >= LEAST_VISIBLE * area).then_some(clipped)
    }
}

/// The part of a picture that fills it when magnified by `scale`; `left` and `top` in [0, 1] place it.
fn region(scale: f32, left: f32, top: f32, width: usize, height: usize) -> Region {
    if scale == 1.0 {
        return Region::whole(width, height);
    }
    let (region_width, region_height) = (width as f32 / scale, height as f32 / scale);
    let x0 = (width as f32 - region_width) * left;
    let y0 = (height as f32 - region_height) * top;
    Region { x0, y0, x1: x0 + region_width, y1: y0 + region_height }
}
