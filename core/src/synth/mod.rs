//! Built-in data: procedural pictures of four kinds with their labels, for training without a download, for
//! tests, and as the samples of the page. No pixel of any real image is in them.
//!
//! A picture is a function of its scene, size and seed alone, and looks the same at every size.

mod blob;
mod fluorescence;
mod plane;
mod radiograph;
mod slide;
mod tasks;
mod texture;
mod tomograph;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::dataset::{BoxLabel, Mask};
use crate::imaging::Image;

pub use tasks::{generate, tasks};

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scene {
    /// Nuclei in a fluorescence microscope, grey.
    Fluorescence,
    /// Stained blood cells on a slide, RGB, 4:3.
    Slide,
    /// A chest-like radiograph, grey.
    Radiograph,
    /// A slice through a head, grey.
    Tomograph,
}

impl Scene {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Fluorescence, Self::Slide, Self::Radiograph, Self::Tomograph];
}

/// An image and all labels that its scene has.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The pixels.
    pub image: Image,
    /// The class of the whole image.
    pub class: Option<usize>,
    /// A class per pixel.
    pub mask: Option<Mask>,
    /// All objects.
    pub boxes: Option<Vec<BoxLabel>>,
}

/// The smallest side that shows anything.
const MIN_SIZE: usize = 32;

/// Draws a `scene` whose longer side has `size` pixels (at least 32).
pub fn sample(scene: Scene, size: usize, seed: u64) -> Picture {
    let size = size.max(MIN_SIZE);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    match scene {
        Scene::Fluorescence => fluorescence::render(size, &mut rng),
        Scene::Slide => slide::render(size, &mut rng),
        Scene::Radiograph => radiograph::render(size, &mut rng),
        Scene::Tomograph => tomograph::render(size, &mut rng),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn a_picture_is_a_function_of_scene_size_and_seed(scene in 0_usize..4, size in 32_usize..120, seed: u64) {
            let scene = Scene::ALL[scene];
            prop_assert_eq!(sample(scene, size, seed), sample(scene, size, seed));
            prop_assert_ne!(sample(scene, size, seed).image, sample(scene, size, seed ^ 1).image);
        }

        #[test]
        fn labels_lie_in_the_image(scene in 0_usize..4, size in 1_usize..120, seed: u64) {
            let Picture { image, mask, boxes, .. } = sample(Scene::ALL[scene], size, seed);
            let (width, height) = (image.width(), image.height());
            prop_assert_eq!(width.max(height), size.max(MIN_SIZE));
            if let Some(mask) = mask {
                prop_assert_eq!((mask.width, mask.height, mask.labels.len()), (width, height, width * height));
            }
            for b in boxes.unwrap_or_default() {
                prop_assert!(0.0 <= b.x0 && b.x0 + 2.0 <= b.x1 && b.x1 <= width as f32, "{:?}", b);
                prop_assert!(0.0 <= b.y0 && b.y0 + 2.0 <= b.y1 && b.y1 <= height as f32, "{:?}", b);
            }
        }
    }

    #[test]
    fn nuclei_are_brighter_than_their_surroundings() {
        let Picture { image, mask, .. } = sample(Scene::Fluorescence, 128, 3);
        let values = &image.to_unit_planes()[..128 * 128];
        let mean = |label: u8| {
            let of: Vec<f32> = mask
                .iter()
                .flat_map(|m| &m.labels)
                .zip(values)
                .filter(|(l, _)| **l == label)
                .map(|p| *p.1)
                .collect();
            of.iter().sum::<f32>() / of.len() as f32
        };
        assert!(mean(1) > 2.0 * mean(0), "{} against {}", mean(1), mean(0));
    }

    #[test]
    fn lungs_end_below_the_neck_and_are_darker_than_the_heart() {
        for seed in 0..8 {
            let Picture { image, mask, .. } = sample(Scene::Radiograph, 96, seed);
            let labels = mask.unwrap().labels;
            assert!(!labels[..96 * 6].contains(&1), "seed {seed}");
            let values = image.to_unit_planes();
            let mean = |label: u8| {
                let of: Vec<f32> =
                    labels.iter().zip(&values).filter(|(l, _)| **l == label).map(|p| *p.1).collect();
                of.iter().sum::<f32>() / of.len() as f32
            };
            assert!(mean(1) + 0.1 < mean(2), "seed {seed}: {} against {}", mean(1), mean(2));
        }
    }

    #[test]
    fn every_radiograph_has_lungs_and_heart_and_every_head_a_brain() {
        for seed in 0..8 {
            let labels =
                |scene| sample(scene, 64, seed).mask.unwrap().labels.into_iter().collect::<BTreeSet<u8>>();
            assert_eq!(labels(Scene::Radiograph), BTreeSet::from([0, 1, 2]));
            assert!(labels(Scene::Tomograph).is_superset(&BTreeSet::from([0, 1])));
        }
    }
}
