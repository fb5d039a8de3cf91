//! The eight ways to lay a picture on a table: mirrored or not, turned by quarters.

use crate::dataset::BoxLabel;

/// A mirroring followed by quarter turns. Exact: no value is interpolated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Orientation {
    /// Left and right swapped, first.
    pub mirrored: bool,
    /// Then this many turns of 90 degrees clockwise.
    pub quarter_turns: u8,
}

impl Orientation {
    /// (width, height) afterwards.
    pub fn size(self, width: usize, height: usize) -> (usize, usize) {
        if self.quarter_turns % 2 == 1 { (height, width) } else { (width, height) }
    }

    /// Rearranges the values of a picture of `width` x `height`, row by row.
    pub fn values<T: Copy>(self, values: &[T], width: usize, height: usize) -> Vec<T> {
        if self.is_identity() || width * height == 0 {
            return values.to_vec();
        }
        let (columns, rows) = self.size(width, height);
        let mut out = Vec::with_capacity(values.len());
        for y in 0..rows {
            // Along a row of the result the source is read with a constant step.
            let start = self.source(0, y, width, height) as isize;
            let step = if columns > 1 { self.source(1, y, width, height) as isize - start } else { 0 };
            out.extend((0..columns as isize).map(|x| values[(start + x * step) as usize]));
        }
        out
    }

    /// Moves a box within a picture of `width` x `height`.
    pub fn label(self, label: BoxLabel, width: usize, height: usize) -> BoxLabel {
        let (mut width, mut height) = (width as f32, height as f32);
        let mut label = label;
        if self.mirrored {
            (label.x0, label.x1) = (width - label.x1, width - label.x0);
        }
        for _ in 0..self.quarter_turns % 4 {
            let BoxLabel { x0, y0, x1, y1, class } = label;
            label = BoxLabel { x0: height - y1, y0: x0, x1: height - y0, y1: x1, class };
            (width, height) = (height, width);
        }
        label
    }

    /// Where a step in the result leads in the source.
    pub(super) fn undo(self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [x, y] = match self.quarter_turns % 4 {
            0 => [x, y],
            1 => [y, -x],
            2 => [-x, -y],
            _ => [-y, x],
        };
        [if self.mirrored { -x } else { x }, y]
    }

    /// Whether it changes nothing.
    pub fn is_identity(self) -> bool {
        !self.mirrored && self.quarter_turns.is_multiple_of(4)
    }

    /// Where the value at (x, y) of the result is in the source.
    fn source(self, x: usize, y: usize, width: usize, height: usize) -> usize {
        let (x, y) = match self.quarter_turns % 4 {
            0 => (x, y),
            1 => (y, height - 1 - x),
            2 => (width - 1 - x, height - 1 - y),
            _ => (width - 1 - y, x),
        };
        y * width + if self.mirrored { width - 1 - x } else { x }
    }
}
