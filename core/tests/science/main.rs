//! The science, checked: gradients, learning, files. One binary, so that it is linked once.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod electron;
mod files;
mod gradients;
mod instances;
mod interference;
mod learning;
mod scenes;
mod sessions;
mod training;
mod tuning;
