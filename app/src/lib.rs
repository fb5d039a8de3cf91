//! Medley's page. The main thread draws ([`ui`], [`state`], [`locales`]); one Worker owns the model
//! ([`worker`]). They only share the messages between them.
#![recursion_limit = "256"]

pub mod connections;
#[cfg(feature = "page")]
pub mod locales;
#[cfg(feature = "page")]
pub mod state;
#[cfg(feature = "model")]
pub mod storage;
#[cfg(feature = "page")]
pub mod ui;
pub mod worker;
