#![allow(clippy::panic)]
use proptest::prelude::*;

use super::boxes::LEAST_VISIBLE;
use super::*;
use crate::dataset::{BoxLabel, IGNORE};

const BRIGHT: f32 = 0.75;

/// Changes of place alone.
const PLACES: AugmentConfig = AugmentConfig {
    horizontal_flip: true,
    vertical_flip: true,
    quarter_turns: true,
    rotation: 10.0,
    scale: (0.6, 1.6),
    translation: 0.2,
    elastic: 0.04,
    ..AugmentConfig::NONE
};

/// Everything at once.
const ALL: AugmentConfig = AugmentConfig {
    brightness: 0.1,
    contrast: 0.2,
    gain: 0.2,
    gamma: 0.2,
    hue: 10.0,
    saturation: 0.3,
    stain: 0.2,
    bias_field: 0.3,
    blur: 1.5,
    noise: 0.05,
    shot_noise: 0.05,
    ..PLACES
};

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

/// A picture that shows its own labels: 1/200 for each, and neighbours differ by at most 3.
fn self_describing((width, height): (usize, usize)) -> Prepared {
    let labels: Vec<u8> = (0..width * height).map(|at| (2 * (at % width) + at / width) as u8).collect();
    let plane: Vec<f32> = labels.iter().map(|label| f32::from(*label) / 200.0).collect();
    let target = Target::Mask(Mask { width, height, labels });
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

fn still(orientation: Orientation) -> Augmentation {
    let warp = Warp { orientation, rotation: 0.0, scale: 1.0, shift: [0.0; 2], bending: None };
    Augmentation { warp, intensity: Intensity::NONE }
}

fn oriented(sample: &Prepared, orientation: Orientation) -> Prepared {
    still(orientation).apply(sample.clone())
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
    fn rearranging_and_sampling_give_the_same(
        (size, object) in scene(), boxes: bool, mirrored: bool, quarter_turns in 0..4_u8
    ) {
        let sample = sample(size, object, boxes);
        let exact = still(Orientation { mirrored, quarter_turns });
        // A magnification this small moves nothing by more than a thousandth of a pixel.
        let mut sampled = exact;
        sampled.warp.scale = 1.000_01;
        let (exact, sampled) = (exact.apply(sample.clone()), sampled.apply(sample));
        prop_assert!(exact.planes.iter().zip(&sampled.planes).all(|(a, b)| (a - b).abs() < 1e-2));
        match (&exact.target, &sampled.target) {
            (Target::Boxes(exact), Target::Boxes(sampled)) => {
                for (a, b) in exact.iter().zip(sampled) {
                    let sides = [(a.x0, b.x0), (a.y0, b.y0), (a.x1, b.x1), (a.y1, b.y1)];
                    prop_assert!(sides.iter().all(|(a, b)| (a - b).abs() < 1e-2), "{:?} {:?}", a, b);
                }
            }
            (exact, sampled) => prop_assert_eq!(exact, sampled),
        }
    }

    #[test]
    fn a_picture_of_its_labels_still_is_one_after_every_change(
        size in (16_usize..48, 16_usize..48), seed: u64
    ) {
        let out = Augmentation::draw(&PLACES, seed, size.0, size.1).apply(self_describing(size));
        let Target::Mask(mask) = &out.target else { panic!("kinds of target stay") };
        prop_assert_eq!((mask.width, mask.height), (out.width, out.height));
        prop_assert_eq!(out.planes.len(), 3 * mask.labels.len());
        let (inside, outside): (Vec<_>, Vec<_>) =
            mask.labels.iter().zip(&out.planes).partition(|(label, _)| **label != IGNORE);
        for (label, value) in &inside {
            prop_assert!((f32::from(**label) - 200.0 * **value).abs() <= 3.01, "{} at {}", value, label);
        }
        // The border has the mean of the rest, so that it does not move the mean of the whole.
        let mean = inside.iter().map(|(_, value)| **value).sum::<f32>() / inside.len() as f32;
        prop_assert!(outside.iter().all(|(_, value)| (**value - mean).abs() < 1e-4));
    }

    #[test]
    fn boxes_hold_their_objects_after_every_change((size, object) in scene(), seed: u64) {
        let change = Augmentation::draw(&PLACES, seed, size.0, size.1);
        let masked = change.apply(sample(size, object, false));
        let boxed = change.apply(sample(size, object, true));
        prop_assert_eq!(&masked.planes, &boxed.planes);
        let (Target::Mask(mask), Target::Boxes(boxes)) = (&masked.target, &boxed.target) else {
            panic!("kinds of target stay")
        };
        prop_assert!(mask.labels.iter().all(|label| [0, 1, IGNORE].contains(label)));
        for label in boxes {
            // A strip of less than two pixels may contain no pixel's centre.
            if label.x1 - label.x0 < 2.0 || label.y1 - label.y0 < 2.0 {
                continue;
            }
            let found = bounds(mask).ok_or_else(|| TestCaseError::fail("the object is gone"))?;
            // Pixels whose centre is inside reach half a pixel out.
            prop_assert!(label.x0 <= found[0] + 0.6 && label.y0 <= found[1] + 0.6, "{:?} {:?}", found, label);
            prop_assert!(label.x1 >= found[2] - 0.6 && label.y1 >= found[3] - 0.6, "{:?} {:?}", found, label);
        }
        if boxes.is_empty() {
            // What is left of the object is less than 30 % of the hull of what becomes of it.
            let pixels = mask.labels.iter().map(|label| f32::from(*label == 1)).sum::<f32>();
            let scale = change.warp.scale;
            let (w, h) = ((object.2 - object.0) as f32 * scale, (object.3 - object.1) as f32 * scale);
            let (sine, cosine) = change.warp.rotation.abs().sin_cos();
            let (w, h) = (w * cosine + h * sine + 2.0, h * cosine + w * sine + 2.0);
            prop_assert!(pixels <= LEAST_VISIBLE * w * h + w + h, "{} of {} x {}", pixels, w, h);
        }
    }

    #[test]
    fn straight_changes_keep_boxes_tight((size, object) in scene(), seed: u64) {
        let config = AugmentConfig { elastic: 0.0, scale: (0.6, 0.7), translation: 0.0, ..PLACES };
        let change = Augmentation::draw(&config, seed, size.0, size.1);
        let (Target::Mask(mask), Target::Boxes(boxes)) =
            (change.apply(sample(size, object, false)).target, change.apply(sample(size, object, true)).target)
        else {
            panic!("kinds of target stay")
        };
        for label in boxes {
            let found = bounds(&mask).ok_or_else(|| TestCaseError::fail("the object is gone"))?;
            for (a, b) in found.into_iter().zip([label.x0, label.y0, label.x1, label.y1]) {
                prop_assert!((a - b).abs() <= 1.6, "{:?} {:?}", found, label);
            }
        }
    }

    #[test]
    fn a_seed_means_one_change_and_values_stay_in_range(
        size in (1_usize..40, 1_usize..40), seed: u64, grey: bool
    ) {
        let area = size.0 * size.1;
        let mut planes: Vec<f32> = (0..3 * area).map(|at| (at * 7 % 101) as f32 / 100.0).collect();
        if grey {
            planes.truncate(area);
            planes = planes.repeat(3);
        }
        let sample = Prepared { planes, width: size.0, height: size.1, target: Target::Class(4) };
        let change = |seed| Augmentation::draw(&ALL, seed, size.0, size.1);
        prop_assert_ne!(change(seed), change(seed.wrapping_add(1)));
        let out = change(seed).apply(sample.clone());
        prop_assert_eq!(&out, &change(seed).apply(sample));
        prop_assert_eq!(&out.target, &Target::Class(4));
        prop_assert_eq!(out.planes.len(), 3 * out.width * out.height);
        prop_assert!(out.planes.iter().all(|value| (0.0..=1.0).contains(value)));
        if grey {
            let (first, rest) = out.planes.split_at(area);
            prop_assert_eq!(first.repeat(2), rest.to_vec());
        }
    }

    #[test]
    fn a_setting_does_not_change_what_others_draw(seed: u64) {
        let draw = |config: AugmentConfig| Augmentation::draw(&config, seed, 40, 30);
        let all = draw(ALL);
        prop_assert_eq!(draw(PLACES).warp, all.warp);
        let values = AugmentConfig {
            horizontal_flip: false, vertical_flip: false, quarter_turns: false, rotation: 0.0, elastic: 0.0, ..ALL
        };
        prop_assert_eq!(draw(values).intensity, all.intensity);
        prop_assert_eq!(draw(values).warp.scale, all.warp.scale);
        let quiet = draw(AugmentConfig { noise: 0.0, shot_noise: 0.0, bias_field: 0.0, ..ALL });
        prop_assert_eq!(quiet.warp, all.warp);
        prop_assert_eq!(quiet.intensity, Intensity { noise: None, bias: None, ..all.intensity });
    }
}

#[test]
fn a_turned_dot_lands_where_the_matrix_says() {
    let (width, height) = (60, 40);
    let dot = |x: f32, y: f32| {
        let value = |at: usize| {
            let (dx, dy) = ((at % width) as f32 + 0.5 - x, (at / width) as f32 + 0.5 - y);
            (-(dx * dx + dy * dy) / 8.0).exp()
        };
        (0..width * height).map(value).collect::<Vec<f32>>()
    };
    let sample = Prepared { planes: dot(42.0, 20.0).repeat(3), width, height, target: Target::Class(0) };
    let mut change = still(Orientation::default());
    change.warp.rotation = 30_f32.to_radians();
    // 12 to the right of the centre (30, 20), turned clockwise by 30 degrees.
    let expected = dot(30.0 + 12.0 * 30_f32.to_radians().cos(), 26.0);
    let found = change.apply(sample);
    // Within the picture's corners, which are border: bilinear interpolation flattens the dot a little.
    let centre = |at: &usize| (8..52).contains(&(at % width)) && (8..32).contains(&(at / width));
    for at in (0..width * height).filter(centre) {
        assert!((found.planes[at] - expected[at]).abs() < 0.06, "{} {}", found.planes[at], expected[at]);
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
            let orientation = Augmentation::draw(&config, seed, 8, 8).warp.orientation;
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
fn settings_are_checked_and_unknown_ones_refused() {
    let config: AugmentConfig = serde_json::from_str(r#"{"scale": [0.9, 1.1]}"#).unwrap_or_default();
    assert_eq!(config, AugmentConfig { scale: (0.9, 1.1), ..AugmentConfig::default() });
    assert!(config.check().is_ok());
    assert!(serde_json::from_str::<AugmentConfig>(r#"{"rotate": true}"#).is_err());
    for (wrong, name) in [
        (AugmentConfig { scale: (1.2, 0.8), ..config }, "augment.scale"),
        (AugmentConfig { scale: (0.0, 1.0), ..config }, "augment.scale"),
        (AugmentConfig { contrast: f32::NAN, ..config }, "augment.contrast"),
        (AugmentConfig { elastic: 0.2, ..config }, "augment.elastic must be from 0 to 0.05, not 0.2"),
        (AugmentConfig { noise: -0.1, ..config }, "augment.noise"),
    ] {
        let message = wrong.check().err().map(|error| error.to_string()).unwrap_or_default();
        assert!(message.starts_with(name), "{message}");
    }
}
