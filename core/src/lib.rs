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
#[cfg(feature = "model")]
pub mod model;
#[cfg(feature = "model")]
pub mod predict;
pub mod project;
#[cfg(feature = "model")]
pub mod selftest;
pub mod synth;
#[cfg(feature = "model")]
pub mod task;
#[cfg(feature = "model")]
pub mod train;
#[cfg(feature = "model")]
pub mod weights;

#[cfg(feature = "model")]
pub use predict::{Medley, PredictError};
