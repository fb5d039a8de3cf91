//! Predictions drawn over their image.

use std::path::Path;

use image::{GrayImage, RgbImage};
use medley_core::dataset::{BoxLabel, Detection, IGNORE, Mask, class_color};
use medley_core::imaging::Image;

use super::files::FileError;
use crate::report::thumbnail::{self, draw_boxes};

/// Writes class indices as a grey PNG.
pub fn write_grey(path: &Path, mask: &Mask) -> Result<(), FileError> {
    let picture = GrayImage::from_fn(mask.width as u32, mask.height as u32, |x, y| {
        image::Luma([mask.labels[y as usize * mask.width + x as usize]])
    });
    picture.save(path).map_err(|source| FileError::Encode { path: path.to_path_buf(), source })
}

/// Writes the image with coloured classes; the background stays as it is.
pub fn write_mask(path: &Path, image: &Image, mask: &Mask) -> Result<(), FileError> {
    let mut picture = whole(image);
    for (pixel, &label) in picture.pixels_mut().zip(&mask.labels) {
        if label != 0 && label != IGNORE {
            for (value, tint) in pixel.0.iter_mut().zip(class_color(label)) {
                *value = value.midpoint(tint);
            }
        }
    }
    save(path, &picture)
}

/// Writes the image with the outlines of boxes.
pub fn write_boxes(path: &Path, image: &Image, boxes: &[Detection]) -> Result<(), FileError> {
    let mut picture = whole(image);
    let boxes: Vec<BoxLabel> = boxes.iter().map(Detection::place).collect();
    draw_boxes(&mut picture, &boxes, (image.width(), image.height()));
    save(path, &picture)
}

/// The picture at its own size.
fn whole(image: &Image) -> RgbImage {
    thumbnail::picture(image, image.width().max(image.height()))
}

fn save(path: &Path, picture: &RgbImage) -> Result<(), FileError> {
    picture.save(path).map_err(|source| FileError::Encode { path: path.to_path_buf(), source })
}
