//! A data set in numbers and pictures.

mod chart;
mod page;
mod sheet;
mod summary;

pub use page::{number, page, range};
pub use sheet::{Tile, contact_sheet, tiles};
pub use summary::{ClassCount, Range, SplitStatistics, Statistics, TaskStatistics};

/// Colours of train, val and test: out of the same set.
const SPLIT_COLOURS: [[u8; 3]; 3] = [[0, 114, 178], [230, 159, 0], [0, 158, 115]];

#[cfg(test)]
mod tests;
