//! Configuration files for people: written with comments, read with advice.

mod annotate;
mod unknown;

pub use annotate::annotate;
pub use unknown::{nearest, unknown_key};
