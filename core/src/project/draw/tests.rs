#![allow(clippy::unwrap_used)]
//! Each tool against a slow and obvious definition of it.

use proptest::prelude::*;

use super::*;
use crate::dataset::IGNORE;

fn apply(mask: &Mask, patch: Option<Patch>) -> Vec<u8> {
    let mut labels = mask.labels.clone();
    let Some(Patch { rect, pixels }) = patch else { return labels };
    assert!(rect.fits(mask.width as u32, mask.height as u32) && pixels.len() == rect.area());
    for (index, label) in pixels.iter().enumerate() {
        let (x, y) = (index % rect.width as usize, index / rect.width as usize);
        labels[(rect.y as usize + y) * mask.width + rect.x as usize + x] = *label;
    }
    labels
}

fn mask(labels: impl Strategy<Value = u8>) -> impl Strategy<Value = Mask> {
    let labels = prop::collection::vec(labels, 140);
    (1_usize..14, 1_usize..10, labels).prop_map(|(width, height, mut labels)| {
        labels.truncate(width * height);
        Mask { width, height, labels }
    })
}

fn centre(mask: &Mask, index: usize) -> [f64; 2] {
    [(index % mask.width) as f64 + 0.5, (index / mask.width) as f64 + 0.5]
}

/// Distance to a segment by trying many of its points.
fn distance([x, y]: [f64; 2], from: [f32; 2], to: [f32; 2]) -> f64 {
    let along = |part: f64, axis: usize| f64::from(from[axis]) * (1.0 - part) + f64::from(to[axis]) * part;
    let tried = (0..=1000).map(|step| f64::from(step) / 1000.0);
    tried.map(|part| (along(part, 0) - x).hypot(along(part, 1) - y)).fold(f64::INFINITY, f64::min)
}

/// Spreads from a pixel to neighbours with an edge in common until nothing changes.
fn spread(mask: &Mask, start: usize) -> Vec<bool> {
    let mut inside = vec![false; mask.labels.len()];
    inside[start] = true;
    loop {
        let before = inside.clone();
        for a in 0..inside.len() {
            for b in 0..inside.len() {
                let ([ax, ay], [bx, by]) = (centre(mask, a), centre(mask, b));
                let near = (ax - bx).abs() + (ay - by).abs() == 1.0;
                inside[b] |= near && inside[a] && mask.labels[a] == mask.labels[b];
            }
        }
        if inside == before {
            return inside;
        }
    }
}

/// Whether a ray to the right crosses the outline an odd number of times.
fn is_inside(outline: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    let edges = outline.iter().zip(outline.iter().cycle().skip(1));
    let crossed = edges.filter(|(a, b)| {
        let spans = (a[1] <= y) != (b[1] <= y);
        spans && a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]) > x
    });
    crossed.count() % 2 == 1
}

proptest! {
    #[test]
    fn a_stroke_paints_what_is_near_its_line(
        mask in mask(0_u8..3),
        points in prop::collection::vec((-4.0_f32..18.0, -4.0_f32..14.0).prop_map(|(x, y)| [x, y]), 1..5),
        radius in 0.0_f32..5.0,
    ) {
        let painted = apply(&mask, stroke(&mask, &points, radius, 7));
        let radius = f64::from(radius.max(std::f32::consts::FRAC_1_SQRT_2));
        for (index, label) in painted.iter().enumerate() {
            let last = points.len().saturating_sub(1).max(1);
            let near = (0..last).map(|i| distance(centre(&mask, index), points[i], points[(i + 1).min(points.len() - 1)]));
            let near = near.fold(f64::INFINITY, f64::min);
            // On the rim itself both answers are right.
            if near < radius - 0.02 {
                prop_assert_eq!(*label, 7);
            } else if near > radius + 0.02 {
                prop_assert_eq!(*label, mask.labels[index]);
            }
        }
    }

    #[test]
    fn flood_fills_what_is_connected(mask in mask(0_u8..2), x in 0.0_f32..1.0, y in 0.0_f32..1.0) {
        let at = [x * mask.width as f32, y * mask.height as f32];
        let inside = spread(&mask, at[1] as usize * mask.width + at[0] as usize);
        let expected: Vec<u8> =
            inside.iter().zip(&mask.labels).map(|(inside, label)| if *inside { 9 } else { *label }).collect();
        prop_assert_eq!(apply(&mask, flood(&mask, at, 9)), expected);
    }

    #[test]
    fn a_polygon_is_filled_by_the_even_odd_rule(
        mask in mask(0_u8..3),
        outline in prop::collection::vec((-30_i32..170, -30_i32..130), 0..7),
    ) {
        // Tenths, and centres are at halves moved by a little: no centre lies on an edge's end.
        let outline: Vec<[f64; 2]> =
            outline.into_iter().map(|(x, y)| [f64::from(x) / 10.0 + 0.013, f64::from(y) / 10.0 + 0.017]).collect();
        let painted = apply(&mask, polygon(&mask, &outline, 5).unwrap());
        for (index, label) in painted.iter().enumerate() {
            let inside = is_inside(&outline, centre(&mask, index));
            prop_assert_eq!(*label, if inside { 5 } else { mask.labels[index] });
        }
    }

    #[test]
    fn predictions_are_accepted_as_asked(
        mask in mask(prop::sample::select(vec![0, 1, IGNORE])),
        predicted in prop::collection::vec(prop::sample::select(vec![0, 1, 2, 2, IGNORE]), 140),
        x in 0.0_f32..1.0,
        y in 0.0_f32..1.0,
    ) {
        let labels = predicted[..mask.labels.len()].to_vec();
        let prediction = Mask { labels, ..mask };
        let both = || mask.labels.iter().copied().zip(prediction.labels.iter().copied());
        let all: Vec<u8> = both().map(|(old, new)| if new == IGNORE { old } else { new }).collect();
        prop_assert_eq!(apply(&mask, accept(&mask, &prediction, Accept::All)), all);
        let open: Vec<u8> = both().map(|(old, new)| if old == IGNORE { new } else { old }).collect();
        prop_assert_eq!(apply(&mask, accept(&mask, &prediction, Accept::Unlabelled)), open);

        let at = [x * mask.width as f32, y * mask.height as f32];
        let start = at[1] as usize * mask.width + at[0] as usize;
        let class = prediction.labels[start];
        let object = accept(&mask, &prediction, Accept::Object(at));
        if matches!(class, 0 | IGNORE) {
            prop_assert_eq!(object, None);
        } else {
            let inside = spread(&prediction, start);
            let expected: Vec<u8> =
                inside.iter().zip(&mask.labels).map(|(inside, old)| if *inside { class } else { *old }).collect();
            prop_assert_eq!(apply(&mask, object), expected);
        }
    }
}

#[test]
fn what_is_outside_hits_nothing() {
    let mask = Mask { width: 4, height: 3, labels: vec![0; 12] };
    for point in [[-9.0, 1.0], [f32::NAN, 1.0], [1.0, f32::INFINITY], [1e30, 1.0]] {
        assert_eq!(stroke(&mask, &[point], 2.0, 1), None);
        assert_eq!(flood(&mask, point, 1), None);
    }
    assert_eq!(stroke(&mask, &[], 2.0, 1), None);
    assert_eq!(polygon(&mask, &[[0.0, 0.0], [4.0, 3.0]], 1), Ok(None));
}
