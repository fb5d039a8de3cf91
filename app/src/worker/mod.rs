//! The Worker: it owns the model, decodes images and computes; the page only draws.

pub mod messages;
pub mod transport;
