//! Where the boxes of objects are after a change of place.

use super::warp::PixelMap;
use crate::dataset::BoxLabel;

/// A box is dropped when less of its area than this remains in the picture.
pub(super) const LEAST_VISIBLE: f32 = 0.3;

/// The smallest upright box around what becomes of a box, clipped to the result; none when less than 30 %
/// of its area remains in it.
pub(super) fn moved(label: &BoxLabel, map: &PixelMap) -> Option<BoxLabel> {
    let BoxLabel { x0, y0, x1, y1, class } = *label;
    let mut hull = BoxLabel {
        x0: f32::INFINITY,
        y0: f32::INFINITY,
        x1: f32::NEG_INFINITY,
        y1: f32::NEG_INFINITY,
        class,
    };
    let corners = [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]];
    for edge in corners.windows(2) {
        let [from, to] = [edge[0], edge[1]];
        let points = points_on_edge((to[0] - from[0]).abs() + (to[1] - from[1]).abs(), map);
        for point in 0..points {
            let part = point as f32 / points as f32;
            let [x, y] = map.target([from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part]);
            hull = BoxLabel {
                x0: hull.x0.min(x),
                y0: hull.y0.min(y),
                x1: hull.x1.max(x),
                y1: hull.y1.max(y),
                class,
            };
        }
    }
    visible(&hull, map.to)
}

/// A box clipped to a picture of (width, height); none when less than 30 % of its area remains.
pub(super) fn visible(label: &BoxLabel, (width, height): (usize, usize)) -> Option<BoxLabel> {
    let (width, height) = (width as f32, height as f32);
    let clipped = BoxLabel {
        x0: label.x0.clamp(0.0, width),
        y0: label.y0.clamp(0.0, height),
        x1: label.x1.clamp(0.0, width),
        y1: label.y1.clamp(0.0, height),
        class: label.class,
    };
    let area = (label.x1 - label.x0) * (label.y1 - label.y0);
    let remains = (clipped.x1 - clipped.x0) * (clipped.y1 - clipped.y0);
    (remains > 0.0 && remains >= LEAST_VISIBLE * area).then_some(clipped)
}

/// How many points follow an edge closely. Straight edges need their ends only (the second end is the next
/// edge's first); a bent one does not bulge noticeably over a sixteenth of the picture.
fn points_on_edge(length: f32, map: &PixelMap) -> usize {
    if map.is_straight() {
        return 1;
    }
    let side = map.from.0.min(map.from.1).max(1) as f32;
    1 + (16.0 * length / side).ceil().min(64.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::augment::Orientation;
    use crate::dataset::augment::warp::Warp;

    #[test]
    fn a_turned_box_is_the_hull_of_its_corners() {
        let turn = Warp {
            orientation: Orientation::default(),
            rotation: 45_f32.to_radians(),
            scale: 1.0,
            shift: [0.0; 2],
            bending: None,
        };
        let label = BoxLabel { x0: 40.0, y0: 45.0, x1: 60.0, y1: 55.0, class: 3 };
        // Half the diagonal extent: (10 + 5) / sqrt(2).
        let half = 15.0 / 2_f32.sqrt();
        let found = moved(&label, &turn.map(100, 100)).map(|b| ([b.x0, b.y0, b.x1, b.y1], b.class));
        let expected = [50.0 - half, 50.0 - half, 50.0 + half, 50.0 + half];
        assert!(
            found
                .is_some_and(|(sides, class)| class == 3
                    && sides.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-4)),
            "{found:?}"
        );
    }

    #[test]
    fn boxes_are_clipped_and_dropped_below_thirty_percent() {
        let label = |x0| BoxLabel { x0, y0: 0.0, x1: x0 + 10.0, y1: 10.0, class: 0 };
        assert_eq!(visible(&label(-6.9), (20, 20)), Some(BoxLabel { x0: 0.0, ..label(-6.9) }));
        assert_eq!(visible(&label(-7.1), (20, 20)), None);
        assert_eq!(visible(&label(30.0), (20, 20)), None);
        assert_eq!(visible(&label(5.0), (20, 20)), Some(label(5.0)));
    }
}
