//! The Worker: it owns the model, decodes images and computes; the page only draws.

#[cfg(feature = "model")]
mod check;
#[cfg(feature = "model")]
mod clock;
#[cfg(feature = "model")]
mod desk;
#[cfg(feature = "model")]
mod device;
#[cfg(feature = "model")]
mod download;
#[cfg(feature = "model")]
mod entry;
#[cfg(feature = "model")]
mod inference;
pub mod messages;
#[cfg(feature = "model")]
mod objects;
#[cfg(feature = "model")]
mod pictures;
#[cfg(feature = "model")]
mod studio;
pub mod transport;

#[cfg(feature = "model")]
pub use entry::run;
