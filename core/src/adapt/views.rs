//! The exact changes of an image whose features are kept.

use crate::dataset::{AugmentConfig, Mask, Orientation, Prepared, Target};

/// The ways to lay an image on a table that keep its labels true under `augment`, the image as it is first.
pub fn views(augment: &AugmentConfig) -> Vec<Orientation> {
    let turns: &[u8] = match (augment.quarter_turns, augment.vertical_flip) {
        (true, _) => &[0, 2, 1, 3],
        (false, true) => &[0, 2],
        (false, false) => &[0],
    };
    let mirrored: &[bool] = if augment.horizontal_flip { &[false, true] } else { &[false] };
    let pairs = turns.iter().flat_map(|turn| mirrored.iter().map(move |mirrored| (*turn, *mirrored)));
    pairs.map(|(quarter_turns, mirrored)| Orientation { mirrored, quarter_turns }).collect()
}

/// `sample` laid another way.
pub fn turned(sample: &Prepared, orientation: Orientation) -> Prepared {
    let (from, to) = ((sample.width, sample.height), orientation.size(sample.width, sample.height));
    let area = (from.0 * from.1).max(1);
    let planes =
        sample.planes.chunks_exact(area).flat_map(|p| orientation.values(p, from.0, from.1)).collect();
    let target = match &sample.target {
        Target::Mask(mask) => Target::Mask(Mask {
            width: to.0,
            height: to.1,
            labels: orientation.values(&mask.labels, from.0, from.1),
        }),
        Target::Boxes(boxes) => {
            Target::Boxes(boxes.iter().map(|label| orientation.label(*label, from.0, from.1)).collect())
        }
        target @ (Target::Class(_) | Target::Labels(_) | Target::Values(_)) => target.clone(),
    };
    Prepared { planes, width: to.0, height: to.1, target }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use super::*;
    use crate::dataset::BoxLabel;

    #[test]
    fn microscopy_has_eight_views_and_a_radiograph_two() {
        let all = views(&AugmentConfig::MICROSCOPY);
        assert_eq!(all.len(), 8);
        assert!(all[0].is_identity());
        assert!(all.iter().enumerate().all(|(at, view)| !all[..at].contains(view)));
        assert_eq!(views(&AugmentConfig::XRAY).len(), 2);
        assert_eq!(views(&AugmentConfig::default()).len(), 1);
    }

    #[test]
    fn image_mask_and_boxes_turn_together() {
        let planes: Vec<f32> = (0..3 * 6).map(|i| i as f32).collect();
        let labels: Vec<u8> = (0..6).collect();
        let mask = Prepared {
            planes,
            width: 3,
            height: 2,
            target: Target::Mask(Mask { width: 3, height: 2, labels }),
        };
        for view in views(&AugmentConfig::MICROSCOPY) {
            let turned = turned(&mask, view);
            let Target::Mask(mask) = &turned.target else { panic!("a mask") };
            assert_eq!((mask.width, mask.height), (turned.width, turned.height));
            let values: Vec<f32> = mask.labels.iter().map(|l| f32::from(*l)).collect();
            assert_eq!(values, turned.planes[..6]);
        }
        let label = BoxLabel { x0: 0.0, y0: 0.0, x1: 1.0, y1: 1.0, class: 0 };
        let boxes = Prepared { target: Target::Boxes(vec![label]), ..mask };
        let view = Orientation { mirrored: true, quarter_turns: 0 };
        let Target::Boxes(found) = turned(&boxes, view).target else { panic!("boxes") };
        assert_eq!((found[0].x0, found[0].x1), (2.0, 3.0));
    }
}
