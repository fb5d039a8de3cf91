//! Random changes that keep labels true: image, mask and boxes move together.
//!
//! A change is drawn from one seed, every number of it always in the same order, so that neither threads nor
//! other settings decide what a setting gives. It is then applied in linear time: blur, one sampling through
//! the composed map of all changes of place, one pass over the values.

mod blur;
mod boxes;
mod config;
mod intensity;
mod noise;
mod orientation;
mod sampler;
mod sets;
mod smooth;
#[cfg(test)]
mod tests;
mod tone;
mod warp;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

pub use config::{AugmentConfig, AugmentError};
pub use orientation::Orientation;

use self::intensity::{Intensity, mean};
use self::sampler::{Sampled, sample};
use self::warp::Warp;
use super::{Mask, Prepared, Target};

/// One drawn change, ready to be applied to a sample of the size it was drawn for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Augmentation {
    warp: Warp,
    intensity: Intensity,
}

impl Augmentation {
    /// Draws a change for a picture of `width` x `height`. The same seed gives the same change everywhere.
    pub fn draw(config: &AugmentConfig, seed: u64, width: usize, height: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let warp = Warp::draw(config, &mut rng, width, height);
        Self { warp, intensity: Intensity::draw(config, &mut rng) }
    }

    /// Changes a sample. Grey pictures stay grey. Borders have the mean of the changed picture, which is what
    /// the network centres it at and batches are padded with, and [`IGNORE`](super::IGNORE) in a mask; boxes
    /// are clipped, and dropped when less than 30 % of one remains.
    pub fn apply(&self, sample: Prepared) -> Prepared {
        let Prepared { mut planes, width, height, target } = sample;
        let grey = is_grey(&planes, width * height);
        if grey {
            planes.truncate(width * height);
        }
        self.intensity.apply_optics(&mut planes, width, height);
        let (mut planes, target, outside) = self.move_pixels(planes, target, width, height);
        let (width, height) = self.warp.orientation.size(width, height);
        self.intensity.apply(&mut planes, width, height);
        fill_border(&mut planes, &outside);
        if grey {
            planes = planes.repeat(3);
        }
        Prepared { planes, width, height, target }
    }

    /// Picture and target after the change of place, and which pixels lie beyond the picture; an empty list
    /// when none does.
    fn move_pixels(
        &self,
        planes: Vec<f32>,
        target: Target,
        width: usize,
        height: usize,
    ) -> (Vec<f32>, Target, Vec<bool>) {
        if self.warp.is_exact() {
            return (
                self.turn_planes(planes, width, height),
                self.turn_target(target, width, height),
                Vec::new(),
            );
        }
        let map = self.warp.map(width, height);
        let labels = if let Target::Mask(mask) = &target { &mask.labels[..] } else { &[] };
        let Sampled { planes, labels, outside } = sample(&map, &planes, labels);
        let target = match target {
            target @ (Target::Class(_) | Target::Labels(_) | Target::Values(_)) => target,
            Target::Mask(_) => Target::Mask(Mask { width: map.to.0, height: map.to.1, labels }),
            Target::Boxes(boxes) => {
                Target::Boxes(boxes.iter().filter_map(|label| boxes::moved(label, &map)).collect())
            }
        };
        (planes, target, outside)
    }

    fn turn_planes(&self, planes: Vec<f32>, width: usize, height: usize) -> Vec<f32> {
        let orientation = self.warp.orientation;
        if orientation.is_identity() || width * height == 0 {
            return planes;
        }
        let turned =
            planes.chunks_exact(width * height).map(|plane| orientation.values(plane, width, height));
        turned.flatten().collect()
    }

    fn turn_target(&self, target: Target, width: usize, height: usize) -> Target {
        let orientation = self.warp.orientation;
        let size = orientation.size(width, height);
        match target {
            target @ (Target::Class(_) | Target::Labels(_) | Target::Values(_)) => target,
            Target::Mask(Mask { labels, .. }) => {
                let labels = orientation.values(&labels, width, height);
                Target::Mask(Mask { width: size.0, height: size.1, labels })
            }
            Target::Boxes(boxes) => {
                let turned = boxes.into_iter().map(|label| orientation.label(label, width, height));
                Target::Boxes(turned.filter_map(|label| boxes::visible(&label, size)).collect())
            }
        }
    }
}

/// Whether three planes of `area` pixels hold the same values, so that one of them is enough to work on.
fn is_grey(planes: &[f32], area: usize) -> bool {
    match (planes.get(..area), planes.get(area..2 * area), planes.get(2 * area..)) {
        (Some(red), Some(green), Some(blue)) => red == green && red == blue,
        _ => false,
    }
}

/// Gives all pixels beyond the picture the mean of those in it, over all planes.
fn fill_border(planes: &mut [f32], outside: &[bool]) {
    let inside = outside.iter().filter(|outside| !**outside).count();
    if inside == outside.len() {
        return;
    }
    set_border(planes, outside, 0.0);
    let mean = mean(planes) * outside.len() as f32 / inside.max(1) as f32;
    set_border(planes, outside, mean);
}

fn set_border(planes: &mut [f32], outside: &[bool], border: f32) {
    for plane in planes.chunks_exact_mut(outside.len()) {
        for (value, outside) in plane.iter_mut().zip(outside) {
            *value = if *outside { border } else { *value };
        }
    }
}

/// A number in [0, 1) as one in [-1, 1).
fn signed(unit: f32) -> f32 {
    2.0 * unit - 1.0
}
