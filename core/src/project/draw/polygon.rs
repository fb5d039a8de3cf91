//! An outline that is filled.

use super::cut;
use crate::dataset::Mask;
use crate::dataset::objects::{Polygon, PolygonError, Span};
use crate::project::{Patch, Rect};

/// `label` for all pixels whose centre lies inside the outline, by the even-odd rule.
///
/// # Errors
/// [`PolygonError`] for an outline that cannot be drawn.
pub fn polygon(mask: &Mask, outline: &[[f64; 2]], label: u8) -> Result<Option<Patch>, PolygonError> {
    let spans = Polygon { rings: vec![outline.to_vec()] }.spans(mask.width, mask.height)?;
    let (Some(first), Some(last)) = (spans.first(), spans.last()) else { return Ok(None) };
    let left = spans.iter().map(|span| span.x0).min().unwrap_or(0);
    let right = spans.iter().map(|span| span.x1).max().unwrap_or(0);
    let rect = Rect {
        x: left as u32,
        y: first.y as u32,
        width: (right - left) as u32,
        height: (last.y - first.y + 1) as u32,
    };
    let mut patch = cut(mask, rect, |_, old| old);
    for Span { y, x0, x1 } in spans.iter().copied() {
        let row = (y - first.y) * (right - left);
        if let Some(pixels) = patch.pixels.get_mut(row + x0 - left..row + x1 - left) {
            pixels.fill(label);
        }
    }
    Ok(Some(patch))
}
