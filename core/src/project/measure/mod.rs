//! Objects and images in numbers.

mod extent;
mod object;
mod table;

pub use object::{ImageMeasure, ObjectMeasure, Scale, measure_boxes, measure_image, measure_mask};
pub use table::{ImageRow, ObjectRow, images_csv, objects_csv};

#[cfg(test)]
mod tests;
