//! Areas with straight edges, and the pixels they cover.
//!
//! Coordinates are in pixels, (0, 0) the outer corner of the first pixel, as in `GeoJSON` by `QuPath`. A pixel
//! belongs to an area when its centre does; a centre on an edge belongs to the area to its right or below,
//! so that areas with a common edge neither overlap nor leave a gap.

use thiserror::Error;

/// Coordinates beyond this are no pixels of any image.
const MAX_COORDINATE: f64 = 1e8;

/// A ring around the area and rings around its holes (by the even-odd rule, so their direction is free).
/// Each ring is closed from its last point to its first.
#[derive(Clone, Debug, PartialEq)]
pub struct Polygon {
    /// Points (x, y) of each ring, the outer one first.
    pub rings: Vec<Vec<[f64; 2]>>,
}

/// Pixels of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Row.
    pub y: usize,
    /// First column.
    pub x0: usize,
    /// Column after the last.
    pub x1: usize,
}

/// Why an area cannot be drawn.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
pub enum PolygonError {
    /// Not a number, infinite or absurdly large.
    #[error("the point ({x}, {y}) is not a position in an image; correct or remove it")]
    Coordinate {
        /// Across.
        x: f64,
        /// Down.
        y: f64,
    },
    /// An outline that would take too long to draw.
    #[error(
        "the outline has {points} points and goes up and down far more often than the image has pixels; \
         simplify or remove it"
    )]
    Outline {
        /// Number of points.
        points: usize,
    },
}

impl Polygon {
    /// The smallest box around the outline: left, top, right, bottom. `None` without points.
    pub fn bounds(&self) -> Option<[f64; 4]> {
        let mut points = self.rings.iter().flatten();
        let [x, y] = *points.next()?;
        Some(
            points.fold([x, y, x, y], |[x0, y0, x1, y1], [x, y]| {
                [x0.min(*x), y0.min(*y), x1.max(*x), y1.max(*y)]
            }),
        )
    }

    /// The pixels of a `width` x `height` image inside the area, row by row from left to right.
    ///
    /// # Errors
    /// [`PolygonError`]: a point that is none, or an outline that crosses rows more often than
    /// 16 times the number of pixels.
    pub fn spans(&self, width: usize, height: usize) -> Result<Vec<Span>, PolygonError> {
        let outside = |value: f64| !value.is_finite() || value.abs() > MAX_COORDINATE;
        if let Some([x, y]) = self.rings.iter().flatten().find(|[x, y]| outside(*x) || outside(*y)) {
            return Err(PolygonError::Coordinate { x: *x, y: *y });
        }
        let Some([x0, y0, x1, y1]) = self.bounds() else { return Ok(Vec::new()) };
        let (left, right) = (first_centre(x0, width), first_centre(x1, width));
        let (top, bottom) = (first_centre(y0, height), first_centre(y1, height));
        if left >= right || top >= bottom {
            return Ok(Vec::new());
        }

        // Where an edge crosses the middle of a row, inside and outside change places from the first centre
        // to its right on.
        let stride = right - left + 1;
        let mut changes = vec![false; stride * (bottom - top)];
        let mut allowed = width.saturating_mul(height).saturating_mul(16).saturating_add(1 << 16);
        for [a, b] in self.rings.iter().flat_map(|ring| edges(ring)) {
            let ([upper_x, upper_y], [lower_x, lower_y]) = if a[1] <= b[1] { (a, b) } else { (b, a) };
            let rows = first_centre(upper_y, height).max(top)..first_centre(lower_y, height).min(bottom);
            let points = || self.rings.iter().map(Vec::len).sum();
            allowed = allowed
                .checked_sub(rows.len() + 1)
                .ok_or_else(|| PolygonError::Outline { points: points() })?;
            for y in rows {
                let part = (y as f64 + 0.5 - upper_y) / (lower_y - upper_y);
                let x = upper_x + part * (lower_x - upper_x);
                let column = first_centre(x, width).clamp(left, right) - left;
                changes[(y - top) * stride + column] ^= true;
            }
        }
        let mut spans = Vec::new();
        for (y, row) in changes.chunks_exact(stride).enumerate() {
            let mut columns = row.iter().enumerate().filter_map(|(x, change)| change.then_some(left + x));
            while let (Some(x0), Some(x1)) = (columns.next(), columns.next()) {
                spans.push(Span { y: top + y, x0, x1 });
            }
        }
        Ok(spans)
    }
}

/// The first of `count` pixels whose centre is at or beyond `edge`; `count` if there is none.
fn first_centre(edge: f64, count: usize) -> usize {
    ((edge - 0.5).ceil().max(0.0) as usize).min(count)
}

fn edges(ring: &[[f64; 2]]) -> impl Iterator<Item = [[f64; 2]; 2]> {
    ring.iter().zip(ring.iter().cycle().skip(1)).map(|(a, b)| [*a, *b])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn covered(polygon: &Polygon, width: usize, height: usize) -> Vec<u8> {
        let mut pixels = vec![0; width * height];
        for Span { y, x0, x1 } in polygon.spans(width, height).unwrap() {
            for x in x0..x1 {
                pixels[y * width + x] += 1;
            }
        }
        pixels
    }

    fn rectangle(x0: f64, y0: f64, x1: f64, y1: f64) -> Vec<[f64; 2]> {
        vec![[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
    }

    #[test]
    fn holes_are_left_out_and_what_lies_outside_is_cut() {
        let rings = vec![rectangle(-3.0, 0.0, 4.0, 9.0), rectangle(1.0, 1.0, 3.0, 2.0)];
        assert_eq!(covered(&Polygon { rings }, 5, 3), [1, 1, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 1, 1, 0]);
    }

    #[test]
    fn pixels_count_by_their_centres() {
        let polygon = Polygon { rings: vec![rectangle(0.5, 0.6, 2.5, 1.6)] };
        assert_eq!(covered(&polygon, 3, 2), [0, 0, 0, 1, 1, 0]);
    }

    #[test]
    fn absurd_points_and_endless_outlines_are_refused() {
        for x in [f64::NAN, f64::INFINITY, 1e300] {
            let polygon = Polygon { rings: vec![vec![[0.0, 0.0], [x, 3.0], [3.0, 3.0]]] };
            assert!(matches!(polygon.spans(4, 4), Err(PolygonError::Coordinate { .. })));
        }
        let zigzag = (0..1_000_000).map(|i| [f64::from(i % 7), f64::from(i % 2) * 900.0]).collect();
        let refused = Polygon { rings: vec![zigzag] }.spans(30, 1000);
        assert_eq!(refused, Err(PolygonError::Outline { points: 1_000_000 }));
    }

    proptest! {
        /// Two areas on both sides of a cut through the image cover each pixel once.
        #[test]
        fn neighbours_neither_overlap_nor_leave_gaps(cut in prop::collection::vec(-2.0..12.0_f64, 2..8)) {
            let down = 12.0 / (cut.len() - 1) as f64;
            let points: Vec<[f64; 2]> =
                cut.iter().enumerate().map(|(i, x)| [*x, -1.0 + down * i as f64]).collect();
            let side = |x: f64| {
                let mut ring = points.clone();
                ring.extend([[x, 11.0], [x, -1.0]]);
                covered(&Polygon { rings: vec![ring] }, 10, 10)
            };
            let both: Vec<u8> = side(-3.0).iter().zip(side(13.0)).map(|(a, b)| a + b).collect();
            prop_assert_eq!(both, vec![1; 100]);
        }

        #[test]
        fn any_points_are_an_answer_not_a_panic(
            ring in prop::collection::vec(prop::array::uniform2(any::<f64>()), 0..20),
            near in prop::collection::vec(prop::array::uniform2(-9e7..9e7_f64), 0..20),
        ) {
            let _ = Polygon { rings: vec![ring] }.spans(7, 5);
            for span in (Polygon { rings: vec![near] }).spans(7, 5).unwrap() {
                prop_assert!(span.x0 < span.x1 && span.x1 <= 7 && span.y < 5);
            }
        }
    }
}
