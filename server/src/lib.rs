//! Medley on a machine: the command line and the HTTP server around the science of `medley-core`.
//!
//! `core` knows neither files nor threads nor clocks; here they come in.
#![recursion_limit = "256"]

pub mod bench;
pub mod cli;
pub mod data;
pub mod device;
pub mod evaluate;
pub mod http;
pub mod pretrain;
pub mod progress;
pub mod quality;
pub mod report;
pub mod runs;
pub mod settings;
pub mod transfer;
pub mod weights;
pub mod worker;
