//! Volumes as stacks of slices: looked at along any axis, brought to another spacing, and back.

mod grid;
mod linear;
mod nearest;
mod reorient;

pub use grid::{Grid, GridError};
pub use reorient::{AxisMap, Plane};

pub(crate) use nearest::nearest;

#[cfg(test)]
mod tests;
