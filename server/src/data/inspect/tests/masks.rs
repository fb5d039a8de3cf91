//! Masks that are missing, do not open, or do not fit their image or classes.

use image::{GrayImage, Luma};

use super::set::{DataSet, SIZE, mask, segmentation};
use crate::data::inspect::Check as C;

/// The set with another mask for the second image.
fn with(mask: GrayImage) -> DataSet {
    segmentation().picture("masks/1.png", mask)
}

#[test]
fn masks_and_images_come_in_pairs() {
    let missing = segmentation().without("masks/3.png");
    missing.finds([C::MissingMask, C::NotListed, C::Counts], "masks/3.png: its image is listed", 7);
    let more = segmentation().picture("masks/9.png", mask(3));
    more.finds([C::NotListed], "masks/9.png: it is the mask of no image", 8);
}

#[test]
fn a_mask_that_cannot_be_used_leaves_its_image_out() {
    segmentation().cut("masks/1.png").finds([C::UnreadableMask], "masks/1.png: ", 7);
    let turned = with(GrayImage::from_fn(SIZE.1, SIZE.0, |x, _| Luma([(x / 8) as u8 % 3])));
    turned.finds([C::SizeMismatch], "masks/1.png: the image has 48 x 40, the mask has 40 x 48", 7);
    with(mask(5)).finds(
        [C::ClassRange],
        "masks/1.png: classes are 0 to 2, but it has 3 (80 pixels), 4 (160 pixels)",
        7,
    );
}

#[test]
fn masks_without_objects_are_named() {
    let empty = with(GrayImage::new(SIZE.0, SIZE.1));
    empty.finds([C::EmptyMask], "masks/1.png: all pixels are background", 8);
    let white = with(GrayImage::from_fn(SIZE.0, SIZE.1, |x, _| Luma([if x < 9 { 255 } else { 0 }])));
    white.finds([C::EmptyMask], "masks drawn with 0 and 255", 8);
}
