//! A rectangle of a mask.

use serde::{Deserialize, Serialize};

/// A rectangle in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rect {
    /// First column.
    pub x: u32,
    /// First row.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Rect {
    /// All of an image.
    pub fn whole(width: u32, height: u32) -> Self {
        Self { x: 0, y: 0, width, height }
    }

    /// Number of pixels.
    pub fn area(self) -> usize {
        self.width as usize * self.height as usize
    }

    /// Whether it lies inside an image of this size.
    pub fn fits(self, width: u32, height: u32) -> bool {
        self.x.checked_add(self.width).is_some_and(|right| right <= width)
            && self.y.checked_add(self.height).is_some_and(|bottom| bottom <= height)
    }

    /// The rectangle from the first to the last (exclusive) column and row, cut at the image.
    pub(super) fn of_edges(left: i64, top: i64, right: i64, bottom: i64, size: [u32; 2]) -> Option<Self> {
        let [width, height] = size.map(i64::from);
        let (left, top, right, bottom) = (left.max(0), top.max(0), right.min(width), bottom.min(height));
        (left < right && top < bottom).then(|| Self {
            x: left as u32,
            y: top as u32,
            width: (right - left) as u32,
            height: (bottom - top) as u32,
        })
    }
}

/// New pixels for a rectangle of a mask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patch {
    /// Where.
    pub rect: Rect,
    /// One label per pixel, row by row.
    pub pixels: Vec<u8>,
}

/// The smallest rectangle of a `width` wide picture around all pixels for which `test` holds.
pub(super) fn bounds(width: usize, pixels: usize, test: impl Fn(usize) -> bool) -> Option<Rect> {
    let mut found: Option<[usize; 4]> = None;
    for index in (0..pixels).filter(|index| test(*index)) {
        let (x, y) = (index % width, index / width);
        let [left, top, right, _] = found.unwrap_or([x, y, x, y]);
        found = Some([left.min(x), top, right.max(x), y]);
    }
    found.map(|[left, top, right, bottom]| Rect {
        x: left as u32,
        y: top as u32,
        width: (right - left + 1) as u32,
        height: (bottom - top + 1) as u32,
    })
}
