//! Predicted boxes become labels.

use crate::dataset::BoxLabel;
use crate::metrics::box_iou;

/// Boxes that overlap at least so much are of one object.
const SAME: f32 = 0.5;

/// The boxes of a slice with those of a prediction: what is drawn stays, and a predicted box is added where it overlaps
/// none of them by half or more, whatever its class.
pub fn accept_boxes(drawn: &[BoxLabel], predicted: impl IntoIterator<Item = BoxLabel>) -> Vec<BoxLabel> {
    let edges = |label: &BoxLabel| [label.x0, label.y0, label.x1, label.y1];
    let is_new = |found: &BoxLabel| drawn.iter().all(|label| box_iou(edges(label), edges(found)) < SAME);
    drawn.iter().copied().chain(predicted.into_iter().filter(is_new)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: f32, class: usize) -> BoxLabel {
        BoxLabel { x0: x, y0: 0.0, x1: x + 10.0, y1: 10.0, class }
    }

    #[test]
    fn drawn_boxes_stay_and_others_are_added_where_they_overlap_none() {
        let drawn = [square(0.0, 1), square(50.0, 2)];
        // Shifted by 3 the overlap is 7 / 13, by 4 it is 6 / 14.
        let predicted = [square(3.0, 2), square(46.0, 1), square(100.0, 1)];
        let labels = accept_boxes(&drawn, predicted);
        assert_eq!(labels, [drawn[0], drawn[1], predicted[1], predicted[2]]);
    }

    #[test]
    fn without_drawn_boxes_all_are_taken() {
        // Predictions are not compared with each other: objects that touch may overlap.
        let predicted = [square(0.0, 1), square(1.0, 2)];
        assert_eq!(accept_boxes(&[], predicted), predicted);
    }
}
