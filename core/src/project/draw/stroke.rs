//! The brush.

use super::cut;
use crate::dataset::Mask;
use crate::project::{Patch, Rect};

/// A brush is never thinner than this: wherever it touches, it hits a pixel's centre.
const THINNEST: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// A disc of `radius` pixels drawn along a line of points: `label` for all pixels whose centre is not further than
/// that from the line. The eraser paints [`IGNORE`](crate::dataset::IGNORE).
pub fn stroke(mask: &Mask, points: &[[f32; 2]], radius: f32, label: u8) -> Option<Patch> {
    if !points.iter().flatten().all(|number| number.is_finite()) {
        return None;
    }
    let radius = if radius.is_finite() { radius.max(THINNEST) } else { THINNEST };
    let segments: Vec<_> = match points {
        [point] => vec![(*point, *point)],
        points => points.iter().copied().zip(points.iter().skip(1).copied()).collect(),
    };
    let whole = around(points, radius, mask)?;
    let mut patch = cut(mask, whole, |_, old| old);
    for (from, to) in segments {
        let Some(rect) = around(&[from, to], radius, mask) else { continue };
        let columns = (rect.x - whole.x) as usize..(rect.x - whole.x + rect.width) as usize;
        for y in rect.y..rect.y + rect.height {
            let start = (y - whole.y) as usize * whole.width as usize;
            let Some(row) = patch.pixels.get_mut(start + columns.start..start + columns.end) else {
                continue;
            };
            for (x, pixel) in (rect.x..).zip(row) {
                if square_distance([x as f32 + 0.5, y as f32 + 0.5], from, to) <= radius * radius {
                    *pixel = label;
                }
            }
        }
    }
    Some(patch)
}

/// All pixels that may be within `radius` of the points.
fn around(points: &[[f32; 2]], radius: f32, mask: &Mask) -> Option<Rect> {
    let edge = |axis: usize, side: f32, choose: fn(f32, f32) -> f32| {
        let end = points.iter().map(|point| point[axis]).reduce(choose)?;
        Some((end + side * radius).floor() as i64)
    };
    let (left, right) = (edge(0, -1.0, f32::min)?, edge(0, 1.0, f32::max)?);
    let (top, bottom) = (edge(1, -1.0, f32::min)?, edge(1, 1.0, f32::max)?);
    let after = |last: i64| last.saturating_add(1);
    Rect::of_edges(left, top, after(right), after(bottom), [mask.width as u32, mask.height as u32])
}

/// From a point to the nearest one of a segment.
pub(super) fn square_distance([x, y]: [f32; 2], [x0, y0]: [f32; 2], [x1, y1]: [f32; 2]) -> f32 {
    let (along_x, along_y) = (x1 - x0, y1 - y0);
    let length = along_x * along_x + along_y * along_y;
    let part = if length > 0.0 { ((x - x0) * along_x + (y - y0) * along_y) / length } else { 0.0 };
    let part = part.clamp(0.0, 1.0);
    let (dx, dy) = (x - x0 - part * along_x, y - y0 - part * along_y);
    dx * dx + dy * dy
}
