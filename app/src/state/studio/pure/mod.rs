//! What the studio computes without a browser: rasters, boxes, keys, the part of a list that is seen. Nothing
//! here needs the rest of the page, so that all of it is tested natively.

pub mod boxes;
pub mod coat;
pub mod list;
pub mod mask;
pub mod overlay;
pub mod rect;
pub mod shapes;
pub mod shortcuts;
