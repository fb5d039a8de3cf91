//! From labels to what a model learns from.

mod split;
mod target;
mod warning;

pub use split::{TrainingSplit, labelled, split};
pub use target::{sample, target};
pub use warning::{Warning, warnings};

#[cfg(test)]
mod tests;
