//! Drawing on masks. Every tool is a pure function that returns what to paint as a [`Patch`], to be made an
//! [`Edit::Paint`](super::Edit::Paint); `None` where nothing is hit.
//!
//! Positions are in pixels, (0, 0) the outer corner of the first one, so that a pixel's centre is at (0.5, 0.5).

mod accept;
mod boxes;
mod flood;
mod polygon;
mod similar;
mod stroke;

pub use accept::{Accept, accept};
pub use boxes::accept_boxes;
pub use flood::flood;
pub use polygon::polygon;
pub use similar::{Embedding, EmbeddingError, smart_fill};
pub use stroke::stroke;

use super::patch::bounds;
use super::{Patch, Rect};
use crate::dataset::Mask;

/// The labels of `mask` in the smallest rectangle around `inside`, with `label` where that is.
fn painted(mask: &Mask, inside: &[bool], label: impl Fn(usize) -> u8) -> Option<Patch> {
    let rect = bounds(mask.width, inside.len().min(mask.labels.len()), |index| inside[index])?;
    Some(cut(mask, rect, |index, old| if inside[index] { label(index) } else { old }))
}

/// A rectangle of `mask`, changed: `change` is given the position and the label of each pixel.
fn cut(mask: &Mask, rect: Rect, change: impl Fn(usize, u8) -> u8) -> Patch {
    let mut pixels = Vec::with_capacity(rect.area());
    for y in rect.y..rect.y + rect.height {
        let start = y as usize * mask.width + rect.x as usize;
        let row = mask.labels.iter().enumerate().skip(start).take(rect.width as usize);
        pixels.extend(row.map(|(index, label)| change(index, *label)));
    }
    Patch { rect, pixels }
}

/// The pixel at a position: column and row.
fn pixel(mask: &Mask, [x, y]: [f32; 2]) -> Option<[usize; 2]> {
    let inside = |at: f32, side: usize| at >= 0.0 && at < side as f32;
    (inside(x, mask.width) && inside(y, mask.height)).then_some([x as usize, y as usize])
}

#[cfg(test)]
mod tests;
