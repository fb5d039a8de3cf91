//! Packed data sets: every picture at the size at which it is learnt from, one file per split.
//!
//! A packed data set is a folder with the `dataset.json` of the original and a `train.tar`, `val.tar` and
//! `test.tar` in the manner of `WebDataset`: the files of one record share a number.
//!
//! | file | holds |
//! |---|---|
//! | `000012.json` | the [`Record`]: names, cases and labels of the pictures |
//! | `000012.jpg` (or `.png`) | the picture, 8 bits, grey or RGB |
//! | `000012.mask.png` | its class indices, where it has a mask; colours are only there to look at |
//!
//! Small pictures of one size share a sheet (see [`Layout`]), because a file of its own costs each of them
//! more than its pixels; slices share sheets only with slices of their case. Deep pictures are brought to 8
//! bits in their window, which is therefore fixed from then on. Nothing in a packed file depends on clock,
//! user, threads or the order of files on disk: the same data give the same bytes.

mod encode;
mod layout;
mod open;
mod record;
mod shard;
mod sheet;
mod write;

pub use encode::Encoding;
pub use layout::Layout;
pub(super) use open::{is_packed, open};
pub use record::{PackedPicture, Record};
pub use sheet::PackedSheet;
pub use write::{PackOptions, Packed, pack};

#[cfg(test)]
mod tests;
