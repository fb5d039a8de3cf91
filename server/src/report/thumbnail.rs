//! A small picture of an image with its label drawn on it.

use image::{Rgb, RgbImage};
use medley_core::dataset::{BoxLabel, IGNORE, class_color, scaled_size};
use medley_core::imaging::{Image, Region, resize_labels, resize_planes};

/// The colour of object class `class`, counted without background.
pub fn class_colour(class: usize) -> [u8; 3] {
    class_color((class % 254) as u8 + 1)
}

/// An image scaled so that its longest side is `side` pixels, in its own window.
pub fn picture(image: &Image, side: usize) -> RgbImage {
    let from = (image.width(), image.height());
    let to = scaled_size(from.0, from.1, side);
    let planes = resize_planes(&image.to_unit_planes(), from, Region::whole(from.0, from.1), to);
    let area = to.0 * to.1;
    RgbImage::from_fn(to.0 as u32, to.1 as u32, |x, y| {
        let pixel = y as usize * to.0 + x as usize;
        Rgb([0, 1, 2].map(|plane| (planes[plane * area + pixel] * 255.0).round() as u8))
    })
}

/// Draws the inner outline of every class of a label map, `size` = (width, height), two pixels wide.
pub fn outline(picture: &mut RgbImage, labels: &[u8], size: (usize, usize)) {
    let to = (picture.width() as usize, picture.height() as usize);
    let scaled = resize_labels(labels, size, Region::whole(size.0, size.1), to, IGNORE);
    let label = |x: usize, y: usize| scaled[y * to.0 + x];
    for y in 0..to.1 {
        for x in 0..to.0 {
            let own = label(x, y);
            if own == 0 || own == IGNORE {
                continue;
            }
            let columns = x.saturating_sub(2)..(x + 3).min(to.0);
            let rows = y.saturating_sub(2)..(y + 3).min(to.1);
            let inside =
                columns.clone().all(|x| label(x, y) == own) && rows.clone().all(|y| label(x, y) == own);
            if !inside {
                picture.put_pixel(x as u32, y as u32, Rgb(class_colour(usize::from(own) - 1)));
            }
        }
    }
}

/// Draws boxes that were made on an image of `size` = (width, height), two pixels wide.
pub fn draw_boxes(picture: &mut RgbImage, boxes: &[BoxLabel], size: (usize, usize)) {
    let (right, bottom) = (i64::from(picture.width()) - 1, i64::from(picture.height()) - 1);
    let scale = (picture.width() as f32 / size.0 as f32, picture.height() as f32 / size.1 as f32);
    for label in boxes {
        let colour = Rgb(class_colour(label.class));
        let edge = |value: f32, scale: f32, last: i64| ((value * scale).round() as i64).clamp(0, last);
        let (x0, x1) = (edge(label.x0, scale.0, right), edge(label.x1, scale.0, right));
        let (y0, y1) = (edge(label.y0, scale.1, bottom), edge(label.y1, scale.1, bottom));
        let mut put = |x: i64, y: i64| picture.put_pixel(x as u32, y as u32, colour);
        for x in x0..=x1 {
            [y0, (y0 + 1).min(y1), (y1 - 1).max(y0), y1].into_iter().for_each(|y| put(x, y));
        }
        for y in y0..=y1 {
            [x0, (x0 + 1).min(x1), (x1 - 1).max(x0), x1].into_iter().for_each(|x| put(x, y));
        }
    }
}
