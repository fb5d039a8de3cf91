//! Painting into a mask on the main thread, while the pointer moves: a disc along a line, a polygon, a fill.

use super::mask::Mask;
use super::rect::Rect;

/// A place in image pixels; the centre of the first pixel is at (0.5, 0.5).
pub type Point = (f64, f64);

/// A disc of `radius` pixels drawn along the line from `from` to `to`. A pixel belongs to it when its centre
/// is at most `radius` from the line; the pixel that the pointer is on always does. Returns the rectangle
/// around what was painted.
pub fn stroke(mask: &mut Mask, from: Point, to: Point, radius: f64, value: u8) -> Rect {
    let mut painted = Rect::default();
    for at in [from, to] {
        let (x, y) = (at.0.floor() as i64, at.1.floor() as i64);
        painted = painted.union(mask.fill_row(y, x, x + 1, value));
    }
    let (top, bottom) = (from.1.min(to.1) - radius, from.1.max(to.1) + radius);
    let first = (top.floor() as i64).max(0);
    let last = (bottom.ceil() as i64).min(i64::from(mask.height()));
    for row in first..last {
        let y = row as f64 + 0.5;
        if let Some((left, right)) = span(from, to, radius, y) {
            // Centres of pixels between left and right.
            let (start, end) = ((left - 0.5).ceil() as i64, (right - 0.5).floor() as i64 + 1);
            painted = painted.union(mask.fill_row(row, start, end, value));
        }
    }
    painted
}

/// Where a capsule (all places within `radius` of a line piece) cuts the height `y`: a capsule is convex, so
/// that there is one stretch at most.
fn span(from: Point, to: Point, radius: f64, y: f64) -> Option<(f64, f64)> {
    let disc = |centre: Point| {
        let rest = radius * radius - (y - centre.1).powi(2);
        (rest >= 0.0).then(|| (centre.0 - rest.sqrt(), centre.0 + rest.sqrt()))
    };
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy);
    let band = (length > 0.0).then(|| band(from, (dx / length, dy / length), length, radius, y)).flatten();
    let parts = [disc(from), disc(to), band];
    parts.into_iter().flatten().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

/// The same for the rectangle between the two discs: along the line 0..length, across it -radius..radius.
fn band(from: Point, along: (f64, f64), length: f64, radius: f64, y: f64) -> Option<(f64, f64)> {
    let rise = y - from.1;
    // A place x at this height lies at (x - from.x) * along.0 + rise * along.1 along the line, and
    // rise * along.0 - (x - from.x) * along.1 across it; both are bounded.
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    for (slope, offset, least, most) in
        [(along.0, rise * along.1, 0.0, length), (-along.1, rise * along.0, -radius, radius)]
    {
        if slope.abs() < 1e-9 {
            if offset < least || offset > most {
                return None;
            }
            continue;
        }
        let (a, b) = ((least - offset) / slope, (most - offset) / slope);
        low = low.max(a.min(b));
        high = high.min(a.max(b));
    }
    (low <= high).then_some((from.0 + low, from.0 + high))
}

/// The inside of a polygon (even-odd rule, pixel centres). Returns the rectangle around what was painted.
pub fn polygon(mask: &mut Mask, corners: &[Point], value: u8) -> Rect {
    let mut painted = Rect::default();
    if corners.len() < 3 {
        return painted;
    }
    let low = corners.iter().map(|corner| corner.1).fold(f64::INFINITY, f64::min);
    let high = corners.iter().map(|corner| corner.1).fold(f64::NEG_INFINITY, f64::max);
    let first = (low.floor() as i64).max(0);
    let last = (high.ceil() as i64).min(i64::from(mask.height()));
    let next = corners.iter().cycle().skip(1);
    let sides: Vec<(Point, Point)> = corners.iter().copied().zip(next.copied()).collect();
    for row in first..last {
        let y = row as f64 + 0.5;
        let mut cuts: Vec<f64> = sides
            .iter()
            .filter(|(a, b)| (a.1 <= y) != (b.1 <= y))
            .map(|(a, b)| a.0 + (y - a.1) / (b.1 - a.1) * (b.0 - a.0))
            .collect();
        cuts.sort_by(f64::total_cmp);
        for pair in cuts.chunks_exact(2) {
            let (start, end) = ((pair[0] - 0.5).ceil() as i64, (pair[1] - 0.5).ceil() as i64);
            painted = painted.union(mask.fill_row(row, start, end, value));
        }
    }
    painted
}

/// The connected pixels (by sides) around a place that have its value. Returns the rectangle around them.
pub fn fill(mask: &mut Mask, at: (u32, u32), value: u8) -> Rect {
    let Some(old) = mask.get(at.0, at.1).filter(|old| *old != value) else { return Rect::default() };
    let mut filled = Rect::default();
    let mut waiting = vec![at];
    while let Some((x, y)) = waiting.pop() {
        if mask.get(x, y) != Some(old) {
            continue;
        }
        let left = (0..=x).rev().take_while(|x| mask.get(*x, y) == Some(old)).last().unwrap_or(x);
        let right = (x..mask.width()).take_while(|x| mask.get(*x, y) == Some(old)).last().unwrap_or(x) + 1;
        filled = filled.union(mask.fill_row(i64::from(y), i64::from(left), i64::from(right), value));
        for neighbour in [y.checked_sub(1), Some(y + 1)].into_iter().flatten() {
            let mut before = false;
            for x in left..right {
                let open = mask.get(x, neighbour) == Some(old);
                if open && !before {
                    waiting.push((x, neighbour));
                }
                before = open;
            }
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::super::mask::UNLABELLED;
    use super::{Mask, Rect, fill, polygon, stroke};

    fn count(mask: &Mask, value: u8) -> usize {
        mask.pixels().iter().map(|pixel| usize::from(*pixel == value)).sum()
    }

    #[test]
    fn a_stroke_is_what_is_near_the_line() {
        let (from, to, radius) = ((12.3, 9.1), (41.8, 30.4), 5.5);
        let mut mask = Mask::new(64, 48);
        stroke(&mut mask, from, to, radius, 1);
        for (index, pixel) in mask.pixels().iter().enumerate() {
            let (x, y) = ((index % 64) as f64 + 0.5, (index / 64) as f64 + 0.5);
            let (dx, dy) = (to.0 - from.0, to.1 - from.1);
            let share = ((x - from.0) * dx + (y - from.1) * dy) / (dx * dx + dy * dy);
            let share = share.clamp(0.0, 1.0);
            let distance = (x - from.0 - share * dx).hypot(y - from.1 - share * dy);
            assert_eq!(*pixel == 1, distance <= radius, "({x}, {y}) is {distance} from the line");
        }
    }

    #[test]
    fn the_smallest_brush_paints_the_pixel_under_the_pointer() {
        let mut mask = Mask::new(8, 8);
        let rect = stroke(&mut mask, (3.9, 2.1), (3.9, 2.1), 0.5, 4);
        assert_eq!(rect, Rect { x: 3, y: 2, width: 1, height: 1 });
        assert_eq!((mask.get(3, 2), count(&mask, 4)), (Some(4), 1));
    }

    #[test]
    fn a_stroke_beyond_the_border_paints_nothing_else() {
        let mut mask = Mask::new(8, 8);
        assert!(stroke(&mut mask, (-30.0, -9.0), (-20.0, 12.0), 3.0, 1).is_empty());
        assert_eq!(count(&mask, UNLABELLED), 64);
    }

    #[test]
    fn a_polygon_paints_its_area() {
        let mut mask = Mask::new(32, 32);
        let rect = polygon(&mut mask, &[(4.0, 4.0), (24.0, 4.0), (24.0, 20.0), (4.0, 20.0)], 2);
        assert_eq!(rect, Rect { x: 4, y: 4, width: 20, height: 16 });
        assert_eq!(count(&mask, 2), 20 * 16);
        // A star of five points crosses itself; its middle is outside by the even-odd rule.
        let corner = |k: f64| {
            let turn = std::f64::consts::TAU * k * 2.0 / 5.0;
            (16.0 + 15.0 * turn.sin(), 16.0 - 15.0 * turn.cos())
        };
        let mut mask = Mask::new(32, 32);
        polygon(&mut mask, &[0.0, 1.0, 2.0, 3.0, 4.0].map(corner), 3);
        assert_eq!((mask.get(16, 16), mask.get(16, 5)), (Some(UNLABELLED), Some(3)));
    }

    #[test]
    fn a_fill_stops_at_other_values() {
        let mut mask = Mask::new(9, 9);
        polygon(&mut mask, &[(1.0, 1.0), (8.0, 1.0), (8.0, 8.0), (1.0, 8.0)], 1);
        polygon(&mut mask, &[(2.0, 2.0), (7.0, 2.0), (7.0, 7.0), (2.0, 7.0)], UNLABELLED);
        assert_eq!(fill(&mut mask, (4, 4), 2), Rect { x: 2, y: 2, width: 5, height: 5 });
        assert_eq!((count(&mask, 2), count(&mask, 1)), (25, 24));
        assert!(fill(&mut mask, (4, 4), 2).is_empty(), "filling twice changes nothing");
    }
}
