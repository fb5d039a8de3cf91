//! From labels to what a model learns from.

mod complete;
mod split;
mod target;
mod warning;

pub use complete::complete;
pub use split::{TrainingSplit, labelled, split};
pub use target::{sample, target};
pub use warning::{Warning, warnings};

#[cfg(test)]
mod tests;
