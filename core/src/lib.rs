//! Medley's science: a biomedical imaging foundation model that pretrains natively and is used and
//! fine-tuned in a web page, from the same code.
//!
//! This crate is pure: bytes and numbers in, numbers out. It opens no file and no connection, starts no
//! thread and reads no clock, so that it runs unchanged on a server and in a browser's Worker.
#![recursion_limit = "256"]

pub mod adapt;
pub mod dataset;
pub mod imaging;
pub mod metrics;
pub mod model;
pub mod predict;
pub mod selftest;
pub mod synth;
pub mod task;
pub mod train;
pub mod weights;

pub use predict::{Medley, PredictError};
