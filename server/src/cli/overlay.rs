//! Predictions drawn over their image.

use std::path::Path;

use image::{GrayImage, Rgb, RgbImage};
use medley_core::dataset::{Detection, IGNORE, Mask};
use medley_core::imaging::Image;

use super::files::FileError;

/// Colours of the classes, told apart by the colour-blind (Okabe & Ito, 2008).
const COLOURS: [[u8; 3]; 7] = [
    [230, 159, 0],
    [86, 180, 233],
    [0, 158, 115],
    [240, 228, 66],
    [0, 114, 178],
    [213, 94, 0],
    [204, 121, 167],
];

/// Writes class indices as a grey PNG.
pub fn write_grey(path: &Path, mask: &Mask) -> Result<(), FileError> {
    let picture = GrayImage::from_fn(mask.width as u32, mask.height as u32, |x, y| {
        image::Luma([mask.labels[y as usize * mask.width + x as usize]])
    });
    picture.save(path).map_err(|source| FileError::Encode { path: path.to_path_buf(), source })
}

/// Writes the image with coloured classes; the background stays as it is.
pub fn write_mask(path: &Path, image: &Image, mask: &Mask) -> Result<(), FileError> {
    let mut picture = to_rgb(image);
    for (pixel, &label) in picture.pixels_mut().zip(&mask.labels) {
        if label != 0 && label != IGNORE {
            let colour = COLOURS[(usize::from(label) - 1) % COLOURS.len()];
            for (value, tint) in pixel.0.iter_mut().zip(colour) {
                *value = value.midpoint(tint);
            }
        }
    }
    save(path, &picture)
}

/// Writes the image with the outlines of boxes.
pub fn write_boxes(path: &Path, image: &Image, boxes: &[Detection]) -> Result<(), FileError> {
    let mut picture = to_rgb(image);
    let (right, bottom) = (picture.width() - 1, picture.height() - 1);
    for found in boxes {
        let colour = Rgb(COLOURS[found.class % COLOURS.len()]);
        let [x0, x1] = [found.x0, found.x1 - 1.0].map(|x| (x.max(0.0) as u32).min(right));
        let [y0, y1] = [found.y0, found.y1 - 1.0].map(|y| (y.max(0.0) as u32).min(bottom));
        for x in x0..=x1 {
            picture.put_pixel(x, y0, colour);
            picture.put_pixel(x, y1, colour);
        }
        for y in y0..=y1 {
            picture.put_pixel(x0, y, colour);
            picture.put_pixel(x1, y, colour);
        }
    }
    save(path, &picture)
}

fn to_rgb(image: &Image) -> RgbImage {
    let planes = image.to_unit_planes();
    let (width, height) = (image.width(), image.height());
    RgbImage::from_fn(width as u32, height as u32, |x, y| {
        let pixel = y as usize * width + x as usize;
        Rgb([0, 1, 2].map(|plane| (planes[plane * width * height + pixel] * 255.0).round() as u8))
    })
}

fn save(path: &Path, picture: &RgbImage) -> Result<(), FileError> {
    picture.save(path).map_err(|source| FileError::Encode { path: path.to_path_buf(), source })
}
