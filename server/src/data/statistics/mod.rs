//! A data set in numbers and pictures.

mod chart;
mod page;
mod sheet;
mod summary;
mod thumbnail;

pub use page::{number, page, range};
pub use sheet::{Tile, contact_sheet, tiles};
pub use summary::{ClassCount, Range, SplitStatistics, Statistics, TaskStatistics};

/// Colours that the colour-blind tell apart (Okabe & Ito, 2008), for classes.
pub const COLOURS: [[u8; 3]; 7] = [
    [230, 159, 0],
    [86, 180, 233],
    [0, 158, 115],
    [240, 228, 66],
    [0, 114, 178],
    [213, 94, 0],
    [204, 121, 167],
];

/// Colours of train, val and test: out of the same set.
const SPLIT_COLOURS: [[u8; 3]; 3] = [[0, 114, 178], [230, 159, 0], [0, 158, 115]];

/// The colour of object class `class`, counted without background.
fn class_colour(class: usize) -> [u8; 3] {
    COLOURS[class % COLOURS.len()]
}

#[cfg(test)]
mod tests;
