//! An image with its mask as a picture.

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};
use thiserror::Error;

use crate::dataset::{IGNORE, Mask, class_color, scaled_size};
use crate::imaging::{Image, Region, resize_labels, resize_planes};

/// How much of a class's colour is laid over the image.
const OPACITY: f32 = 0.45;

/// A picture that cannot be written.
#[derive(Debug, Error)]
#[error("the picture cannot be written: {0}")]
pub struct PictureError(#[from] image::ImageError);

/// The first slice of an image in its window as PNG of at most `side` pixels, with a mask of class indices of the same
/// size laid over it in the colours of [`class_color`]; background and unlabelled pixels stay as they are.
///
/// # Errors
/// [`PictureError`] if it cannot be written.
pub fn overlay_png(image: &Image, mask: Option<&Mask>, side: usize) -> Result<Vec<u8>, PictureError> {
    let from = (image.width(), image.height());
    let to = scaled_size(from.0, from.1, side.clamp(1, from.0.max(from.1)));
    let region = Region::whole(from.0, from.1);
    let planes = resize_planes(&image.to_unit_planes(), from, region, to);
    let labels = mask.filter(|mask| (mask.width, mask.height) == from);
    let labels = labels.map(|mask| resize_labels(&mask.labels, from, region, to, IGNORE));
    let area = to.0 * to.1;
    let mut pixels = Vec::with_capacity(3 * area);
    for index in 0..area {
        let label = labels.as_ref().and_then(|labels| labels.get(index)).copied().unwrap_or(0);
        let opacity = if matches!(label, 0 | IGNORE) { 0.0 } else { OPACITY };
        for (plane, colour) in planes.chunks_exact(area).zip(class_color(label)) {
            let value = plane[index] * 255.0 * (1.0 - opacity) + f32::from(colour) * opacity;
            pixels.push(value.round() as u8);
        }
    }
    let mut png = Vec::new();
    PngEncoder::new(&mut png).write_image(&pixels, to.0 as u32, to.1 as u32, ExtendedColorType::Rgb8)?;
    Ok(png)
}
