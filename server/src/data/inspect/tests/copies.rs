//! Pictures that are in a data set twice.

use image::{GrayImage, Luma};

use super::set::{DataSet, SIZE, classification, noise};
use crate::data::inspect::Check as C;

/// The set with another picture in the place of number `index`.
fn with(index: usize, picture: GrayImage) -> DataSet {
    classification().picture(&format!("images/{index}.png"), picture)
}

/// Nearly the noise of `seed`.
fn brighter(seed: usize) -> GrayImage {
    let picture = noise(seed);
    GrayImage::from_fn(SIZE.0, SIZE.1, |x, y| Luma([picture.get_pixel(x, y).0[0] + 40 + (x * y % 3) as u8]))
}

#[test]
fn the_same_picture_is_found() {
    let copy = with(2, noise(0));
    copy.finds([C::Duplicate], "images/0.png: in train, the same as images/2.png", 8);
    let elsewhere = with(6, noise(2));
    elsewhere.finds([C::DuplicateLeak], "images/2.png: in train, the same as images/6.png (test)", 8);
    let other_label = with(1, noise(0));
    other_label.finds([C::Duplicate, C::Contradiction], "images/0.png is a, images/1.png is b", 8);
}

#[test]
fn nearly_the_same_picture_is_found() {
    let copy = with(0, brighter(2));
    copy.finds([C::NearDuplicate], "looks like images/2.png", 8);
    let elsewhere = with(4, brighter(2));
    elsewhere.finds([C::NearDuplicateLeak], "images/2.png: in train, looks like images/4.png (val)", 8);
}
