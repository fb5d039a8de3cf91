//! Outlines of a class in a mask, by marching squares, as one SVG path in image pixels.

use std::fmt::Write;

/// The outlines of the pixels labelled `class` in a mask of `width` x `height`.
///
/// Each square of four neighbouring pixel centres adds at most two line pieces between the middles of its
/// sides; pixels beyond the border count as outside, so that objects at the border are closed.
pub fn outline(labels: &[u8], width: usize, height: usize, class: u8) -> String {
    let inside = |x: usize, y: usize| {
        // Shifted by one: 0 and width + 1 are beyond the border.
        x > 0 && y > 0 && x <= width && y <= height && labels[(y - 1) * width + x - 1] == class
    };
    let mut path = String::new();
    for y in 0..=height {
        let (mut top_left, mut bottom_left) = (false, false);
        for x in 0..=width {
            let (top_right, bottom_right) = (inside(x + 1, y), inside(x + 1, y + 1));
            let case = u8::from(top_left)
                | u8::from(top_right) << 1
                | u8::from(bottom_right) << 2
                | u8::from(bottom_left) << 3;
            for (from, to) in pieces(case) {
                let (x, y) = (x as f32, y as f32);
                // Writing to a string cannot fail.
                let _ = write!(path, "M{} {}L{} {}", x + from.0, y + from.1, x + to.0, y + to.1);
            }
            (top_left, bottom_left) = (top_right, bottom_right);
        }
    }
    path
}

type Point = (f32, f32);

/// Middles of the square's sides, from the image's corner: the square's first pixel centre is half a pixel
/// up and left of (0, 0).
const TOP: Point = (0.0, -0.5);
const RIGHT: Point = (0.5, 0.0);
const BOTTOM: Point = (0.0, 0.5);
const LEFT: Point = (-0.5, 0.0);

/// The line pieces of a case: bits 0 to 3 are top left, top right, bottom right, bottom left.
fn pieces(case: u8) -> &'static [(Point, Point)] {
    match case {
        1 | 14 => &[(LEFT, TOP)],
        2 | 13 => &[(TOP, RIGHT)],
        4 | 11 => &[(RIGHT, BOTTOM)],
        8 | 7 => &[(BOTTOM, LEFT)],
        3 | 12 => &[(LEFT, RIGHT)],
        6 | 9 => &[(TOP, BOTTOM)],
        5 => &[(LEFT, TOP), (RIGHT, BOTTOM)],
        10 => &[(TOP, RIGHT), (BOTTOM, LEFT)],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::outline;

    #[test]
    fn a_single_pixel_is_a_diamond_around_its_centre() {
        let path = outline(&[0, 0, 0, 0, 1, 0, 0, 0, 0], 3, 3, 1);
        assert_eq!(path.matches('M').count(), 4);
        for corner in ["1.5 1", "2 1.5", "1.5 2", "1 1.5"] {
            assert_eq!(path.matches(corner).count(), 2, "{corner} in {path}");
        }
    }

    #[test]
    fn a_full_mask_is_closed_at_the_border() {
        // One piece per pixel side on the border, less one in each of the four cut corners, plus the cuts.
        assert_eq!(outline(&[1; 6], 3, 2, 1).matches('M').count(), 2 * (3 + 2));
    }

    #[test]
    fn another_class_has_no_outline() {
        assert!(outline(&[1; 6], 3, 2, 2).is_empty());
    }
}
