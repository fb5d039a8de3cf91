//! Images that do not open, show nothing, or differ from the others.

use image::{DynamicImage, GrayImage, ImageBuffer, Luma, Rgb, RgbImage};

use super::set::{DataSet, SIZE, classification, noise};
use crate::data::inspect::Check as C;

/// The set with another picture in the place of the fifth.
fn with(picture: impl Into<DynamicImage>) -> DataSet {
    classification().picture("images/4.png", picture)
}

/// The fifth picture with 16 bits.
fn deep(factor: u16) -> ImageBuffer<Luma<u16>, Vec<u16>> {
    let picture = noise(4);
    ImageBuffer::from_fn(SIZE.0, SIZE.1, |x, y| Luma([u16::from(picture.get_pixel(x, y).0[0]) * factor]))
}

/// The fifth picture with three channels, the first brighter by `difference`.
fn colour(difference: u8) -> RgbImage {
    let picture = noise(4);
    RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| {
        let grey = picture.get_pixel(x, y).0[0];
        Rgb([grey + difference, grey, grey])
    })
}

#[test]
fn what_does_not_open_is_left_out() {
    let cut = classification().cut("images/5.png");
    cut.finds([C::Unreadable], "images/5.png: the image is damaged", 7);
    let none = classification().text("images/0.png", "hello");
    none.finds([C::Unreadable], "not an image that Medley reads", 7);
}

#[test]
fn images_without_content_are_named() {
    let mut picture = GrayImage::from_pixel(SIZE.0, SIZE.1, Luma([9]));
    with(picture.clone()).finds([C::Constant], "images/4.png: every value is 9", 8);
    picture.put_pixel(7, 8, Luma([200]));
    with(picture).finds([C::NearlyConstant], "99.95 % of its values are the same", 8);
}

#[test]
fn images_should_be_alike_in_depth_and_channels() {
    with(deep(257)).finds([C::MixedDepth], "1 16 bit, 7 8 bit", 8);
    with(deep(1)).finds([C::MixedDepth, C::UnusedDepth], "1 of 8 images have 16 bits", 8);
    with(colour(3)).finds([C::MixedChannels], "images/4.png: 1 colour, 7 grey", 8);
    with(colour(0)).finds([C::MixedChannels, C::GreyAsColour], "three channels that are equal", 8);
}
