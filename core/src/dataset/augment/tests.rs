#![allow(clippy::panic)]
use proptest::prelude::*;

use super::*;
use crate::dataset::{Task, TaskKind};

const BRIGHT: f32 = 0.75;

/// A rectangle of class 1 on background, with its picture, mask or box.
fn sample(size: (usize, usize), object: (usize, usize, usize, usize), boxes: bool) -> Prepared {
    let (width, height) = size;
    let (x0, y0, x1, y1) = object;
    let inside = |index: usize| {
        let (x, y) = (index % width, index / width);
        x >= x0 && x < x1 && y >= y0 && y < y1
    };
    let plane: Vec<f32> = (0..width * height).map(|i| if inside(i) { BRIGHT } else { 0.25 }).collect();
    let target = if boxes {
        let [x0, y0, x1, y1] = [x0, y0, x1, y1].map(|v| v as f32);
        Target::Boxes(vec![BoxLabel { x0, y0, x1, y1, class: 0 }])
    } else {
        let labels = (0..width * height).map(|i| u8::from(inside(i))).collect();
        Target::Mask(Mask { width, height, labels })
    };
    Prepared { planes: plane.repeat(3), width, height, target }
}

/// Smallest box around the pixels of class 1.
fn bounds(mask: &Mask) -> Option<[f32; 4]> {
    let mut bounds: Option<[usize; 4]> = None;
    for (index, _) in mask.labels.iter().enumerate().filter(|(_, label)| **label == 1) {
        let (x, y) = (index % mask.width, index / mask.width);
        let [x0, y0, x1, y1] = bounds.unwrap_or([x, y, x + 1, y + 1]);
        bounds = Some([x0.min(x), y0.min(y), x1.max(x + 1), y1.max(y + 1)]);
    }
    bounds.map(|bounds| bounds.map(|v| v as f32))
}

fn scene() -> impl Strategy<Value = ((usize, usize), (usize, usize, usize, usize))> {
    (16_usize..48, 16_usize..48).prop_flat_map(|(width, height)| {
        let object = (0..width - 8, 0..height - 8)
            .prop_flat_map(move |(x0, y0)| (Just(x0), Just(y0), x0 + 6..=width, y0 + 6..=height));
        (Just((width, height)), object)
    })
}

fn oriented(sample: &Prepared, orientation: Orientation) -> Prepared {
    let region = Region::whole(sample.width, sample.height);
    Augmentation { region, orientation, brightness: 0.0, contrast: 1.0 }.apply(sample.clone())
}

proptest! {
    #[test]
    fn mirroring_twice_and_turning_four_times_change_nothing(
        (size, object) in scene(), boxes: bool, quarter_turns in 0..4_u8
    ) {
        let sample = sample(size, object, boxes);
        let mirror = Orientation { mirrored: true, quarter_turns: 0 };
        prop_assert_eq!(&oriented(&oriented(&sample, mirror), mirror), &sample);
        let turn = Orientation { mirrored: false, quarter_turns };
        let back = Orientation { mirrored: false, quarter_turns: 4 - quarter_turns };
        prop_assert_eq!(&oriented(&oriented(&sample, turn), back), &sample);
        let quarter = Orientation { mirrored: false, quarter_turns: 1 };
        let full = (0..4).fold(sample.clone(), |sample, _| oriented(&sample, quarter));
        prop_assert_eq!(&full, &sample);
    }

    #[test]
    fn mask_box_and_picture_agree_after_every_change((size, object) in scene(), seed: u64) {
        let config = AugmentConfig { scale: (0.5, 2.0), ..AugmentConfig::MICROSCOPY };
        let change = Augmentation::draw(&config, seed, size.0, size.1);
        let masked = change.apply(sample(size, object, false));
        let boxed = change.apply(sample(size, object, true));
        prop_assert_eq!(&masked.planes, &boxed.planes);
        prop_assert_eq!(masked.planes.len(), 3 * masked.width * masked.height);
        prop_assert!(masked.planes.iter().all(|value| (0.0..=1.0).contains(value)));
        let (Target::Mask(mask), Target::Boxes(boxes)) = (&masked.target, &boxed.target) else {
            panic!("kinds of target stay")
        };
        prop_assert_eq!((mask.width, mask.height), (masked.width, masked.height));
        prop_assert!(mask.labels.iter().all(|label| [0, 1, IGNORE].contains(label)));
        for label in boxes {
            // A strip of less than a pixel may contain no pixel's centre.
            if label.x1 - label.x0 < 1.0 || label.y1 - label.y0 < 1.0 {
                continue;
            }
            let found = bounds(mask).ok_or_else(|| TestCaseError::fail("the object is gone"))?;
            for (a, b) in found.into_iter().zip([label.x0, label.y0, label.x1, label.y1]) {
                prop_assert!((a - b).abs() <= 1.0, "{:?} {:?}", found, label);
            }
        }
        if boxes.is_empty() {
            // What is left of the object is less than 30 % of what the scale makes of it.
            let pixels = mask.labels.iter().map(|label| f32::from(*label == 1)).sum::<f32>();
            let scale = size.0 as f32 / (change.region.x1 - change.region.x0);
            let (w, h) = ((object.2 - object.0) as f32 * scale, (object.3 - object.1) as f32 * scale);
            prop_assert!(pixels <= LEAST_VISIBLE * w * h + w + h + 1.0);
        }
    }

    #[test]
    fn a_seed_means_one_change(seed: u64) {
        let config = AugmentConfig::MICROSCOPY;
        let draw = |seed| Augmentation::draw(&config, seed, 40, 30);
        prop_assert_eq!(draw(seed), draw(seed));
        prop_assert_ne!(draw(seed), draw(seed.wrapping_add(1)));
    }
}

#[test]
fn a_quarter_turn_is_clockwise() {
    let turn = Orientation { mirrored: false, quarter_turns: 1 };
    assert_eq!(turn.values(&[1, 2, 3, 4, 5, 6], 3, 2), [4, 1, 5, 2, 6, 3]);
    let label = BoxLabel { x0: 0.0, y0: 0.0, x1: 1.0, y1: 1.0, class: 0 };
    assert_eq!(turn.label(label, 3, 2), BoxLabel { x0: 1.0, y0: 0.0, x1: 2.0, y1: 1.0, class: 0 });
}

#[test]
fn the_default_changes_nothing() {
    let sample = sample((20, 18), (3, 4, 12, 15), true);
    let change = Augmentation::draw(&AugmentConfig::default(), 7, 20, 18);
    assert_eq!(change.apply(sample.clone()), sample);
}

#[test]
fn all_eight_orientations_are_drawn_for_microscopy_and_two_for_radiographs() {
    let distinct = |config: AugmentConfig| {
        let mut found = Vec::new();
        for seed in 0..200 {
            let orientation = Augmentation::draw(&config, seed, 8, 8).orientation;
            if !found.contains(&orientation) {
                found.push(orientation);
            }
        }
        found.len()
    };
    assert_eq!(distinct(AugmentConfig::MICROSCOPY), 8);
    assert_eq!(distinct(AugmentConfig::XRAY), 2);
}

#[test]
fn brightness_and_contrast_move_values_about_the_mean() {
    let region = Region::whole(2, 1);
    let change = Augmentation { region, orientation: Orientation::default(), brightness: 0.1, contrast: 0.5 };
    let planes = [0.2, 0.6].repeat(3);
    let out = change.apply(Prepared { planes, width: 2, height: 1, target: Target::Class(0) });
    for (value, expected) in out.planes.iter().zip([0.4, 0.6].into_iter().cycle()) {
        assert!((value - expected).abs() < 1e-6);
    }
}

#[test]
fn presets_follow_modality_and_sides_are_never_mirrored() {
    let task = |modality: &str, classes: &[&str]| Task {
        id: "task".to_owned(),
        kind: TaskKind::Segmentation,
        classes: classes.iter().map(|class| (*class).to_owned()).collect(),
        modality: modality.to_owned(),
        input_size: 64,
    };
    let nuclei = task("microscopy (fluorescence)", &["background", "nucleus"]);
    assert_eq!(AugmentConfig::for_task(&nuclei), AugmentConfig::MICROSCOPY);
    let chest = task("X-ray (adult chest)", &["no_finding", "pneumonia"]);
    assert_eq!(AugmentConfig::for_task(&chest), AugmentConfig::XRAY);
    let lungs = task("X-ray (adult chest)", &["background", "right_lung", "left_lung"]);
    assert!(!AugmentConfig::for_task(&lungs).horizontal_flip);
}

#[test]
fn settings_are_checked_and_unknown_ones_refused() {
    let config: AugmentConfig = serde_json::from_str(r#"{"scale": [0.9, 1.1]}"#).unwrap_or_default();
    assert_eq!(config.scale, (0.9, 1.1));
    assert!(config.check().is_ok());
    assert!(serde_json::from_str::<AugmentConfig>(r#"{"rotate": true}"#).is_err());
    for wrong in [
        AugmentConfig { scale: (1.2, 0.8), ..config },
        AugmentConfig { scale: (0.0, 1.0), ..config },
        AugmentConfig { contrast: f32::NAN, ..config },
    ] {
        assert!(wrong.check().is_err());
    }
}
