//! The science, checked: gradients, learning, files. One binary, so that it is linked once.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod electron;
mod files;
mod gradients;
mod half;
mod instances;
mod interference;
mod learning;
mod scenes;
mod sessions;
mod side_by_side;
mod training;
mod tuning;
