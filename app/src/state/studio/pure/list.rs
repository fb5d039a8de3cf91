//! The part of a long list that is seen.

use std::ops::Range;

/// Rows beyond the edge that are kept ready, so that scrolling shows no gaps.
const SPARE: usize = 4;

/// The rows of `count` that lie in sight: `row` is a row's height, `top` how far the list is scrolled and
/// `height` how much of it is seen, all in CSS pixels.
pub fn in_sight(count: usize, row: f64, top: f64, height: f64) -> Range<usize> {
    if row <= 0.0 {
        return 0..0;
    }
    let first = (top.max(0.0) / row) as usize;
    let last = ((top.max(0.0) + height.max(0.0)) / row).ceil() as usize;
    let end = last.saturating_add(SPARE).min(count);
    first.saturating_sub(SPARE).min(end)..end
}

/// How far the list has to be scrolled so that a row is in sight: as little as possible.
pub fn scrolled_to(index: usize, row: f64, top: f64, height: f64) -> f64 {
    let (above, below) = (index as f64 * row, (index + 1) as f64 * row);
    if above < top {
        above
    } else if below > top + height {
        below - height
    } else {
        top
    }
}

#[cfg(test)]
mod tests {
    use super::{SPARE, in_sight, scrolled_to};

    #[test]
    fn a_list_of_any_length_shows_a_screenful() {
        let range = in_sight(500, 56.0, 5600.0, 560.0);
        assert_eq!(range, 100 - SPARE..110 + SPARE);
        assert_eq!(in_sight(500, 56.0, 0.0, 560.0), 0..10 + SPARE);
        assert_eq!(in_sight(500, 56.0, 1e9, 560.0), 500..500);
        assert_eq!(in_sight(3, 56.0, 0.0, 560.0), 0..3);
        assert_eq!(in_sight(0, 56.0, 0.0, 560.0), 0..0);
    }

    #[test]
    fn a_row_comes_into_sight_by_the_shortest_way() {
        assert_eq!(scrolled_to(2, 50.0, 300.0, 200.0), 100.0);
        assert_eq!(scrolled_to(12, 50.0, 300.0, 200.0), 450.0);
        assert_eq!(scrolled_to(7, 50.0, 300.0, 200.0), 300.0);
    }
}
