//! Boxes, after FCOS (Tian et al., ICCV 2019).

mod assign;
mod decode;
mod loss;

pub use assign::{Assignment, assign};
pub use decode::{DecodeSettings, RawBoxes, decode};
pub use loss::{Totals, loss, part_of_loss};

/// Centres of all positions in pixels, level by level, row by row, for an image of `height` x `width`.
pub(crate) fn positions(height: usize, width: usize, strides: &[usize]) -> Vec<Position> {
    strides
        .iter()
        .enumerate()
        .flat_map(|(level, &stride)| {
            let (rows, columns) = (height.div_ceil(stride), width.div_ceil(stride));
            (0..rows * columns).map(move |i| Position {
                x: ((i % columns) as f32 + 0.5) * stride as f32,
                y: ((i / columns) as f32 + 0.5) * stride as f32,
                level,
            })
        })
        .collect()
}

/// One place where the detector can see an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Position {
    pub x: f32,
    pub y: f32,
    pub level: usize,
}
