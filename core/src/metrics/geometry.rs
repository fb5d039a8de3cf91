//! Boxes that overlap.

use crate::dataset::Detection;

/// Intersection over union of two boxes given as (left, top, right, bottom); 0 where both are empty.
pub fn box_iou(a: [f32; 4], b: [f32; 4]) -> f32 {
    let area = |[x0, y0, x1, y1]: [f32; 4]| (x1 - x0).max(0.0) * (y1 - y0).max(0.0);
    let both = area([a[0].max(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].min(b[3])]);
    let either = area(a) + area(b) - both;
    if either > 0.0 { both / either } else { 0.0 }
}

/// Greedy non-maximum suppression within each class: of two boxes that overlap by more than `max_iou`, the
/// one with the higher score stays. Returns the survivors, best first.
pub fn nms(detections: &[Detection], max_iou: f32) -> Vec<Detection> {
    let mut ranked = detections.to_vec();
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score));
    let corners = |d: &Detection| [d.x0, d.y0, d.x1, d.y1];
    let mut kept: Vec<Detection> = Vec::new();
    for candidate in ranked {
        let rival =
            |k: &Detection| k.class == candidate.class && box_iou(corners(k), corners(&candidate)) > max_iou;
        if !kept.iter().any(rival) {
            kept.push(candidate);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn detections() -> impl Strategy<Value = Vec<Detection>> {
        let one = (0_u8..60, 0_u8..60, 1_u8..40, 1_u8..40, 0_usize..3, 0_u8..20);
        let one = one.prop_map(|(x, y, w, h, class, score)| {
            let (x0, y0) = (f32::from(x), f32::from(y));
            let (x1, y1) = (x0 + f32::from(w), y0 + f32::from(h));
            Detection { x0, y0, x1, y1, class, score: f32::from(score) / 20.0 }
        });
        prop::collection::vec(one, 0..40)
    }

    fn overlap(a: &Detection, b: &Detection) -> f32 {
        box_iou([a.x0, a.y0, a.x1, a.y1], [b.x0, b.y0, b.x1, b.y1])
    }

    #[test]
    fn overlap_of_known_boxes() {
        assert_eq!(box_iou([0.0, 0.0, 2.0, 2.0], [1.0, 0.0, 3.0, 2.0]), 2.0 / 6.0);
        assert_eq!(box_iou([0.0, 0.0, 2.0, 2.0], [2.0, 0.0, 3.0, 2.0]), 0.0);
        assert_eq!(box_iou([1.0; 4], [1.0; 4]), 0.0);
    }

    proptest! {
        #[test]
        fn no_two_survivors_of_a_class_overlap(all in detections(), max_iou in 0.1_f32..0.9) {
            let kept = nms(&all, max_iou);
            for (i, a) in kept.iter().enumerate() {
                prop_assert!(kept[..i].iter().all(|b| a.class != b.class || overlap(a, b) <= max_iou));
            }
            prop_assert!(kept.is_sorted_by(|a, b| a.score >= b.score));
        }

        #[test]
        fn what_is_dropped_has_a_better_rival(all in detections(), max_iou in 0.1_f32..0.9) {
            let kept = nms(&all, max_iou);
            for dropped in all.iter().filter(|d| !kept.contains(d)) {
                let rival = |k: &Detection| {
                    k.class == dropped.class && k.score >= dropped.score && overlap(k, dropped) > max_iou
                };
                prop_assert!(kept.iter().any(rival));
            }
        }
    }
}
