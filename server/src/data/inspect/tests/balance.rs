//! Classes that are missing, rare or far more frequent than others.

use std::fs;

use image::Luma;

use super::set::{classification, detection, mask, noise, segmentation};
use crate::data::inspect::Check as C;

#[test]
fn a_class_without_images_is_named() {
    let set = classification().replace("labels.csv", "5.png,b", "5.png,a");
    set.finds([C::ClassWithoutImages], "set: b has no images in val", 8);
}

#[test]
fn classes_of_very_different_size_are_named() {
    let set = classification().replace("dataset.json", "\"train\": 4", "\"train\": 24");
    let mut table = fs::read_to_string(set.root().join("labels.csv")).unwrap();
    let set = (10..30).fold(set, |set, index| {
        table += &format!("{index}.png,a,train,p{index}\n");
        set.picture(&format!("images/{index}.png"), noise(index))
    });
    let set = set.text("labels.csv", &table);
    set.finds([C::Imbalance], "set: in train a has 22 images, b only 2: 11 to 1", 28);
}

#[test]
fn a_class_with_few_or_no_pixels_is_named() {
    let without_b = |files: std::ops::Range<usize>| {
        files.fold(segmentation(), |set, index| set.picture(&format!("masks/{index}.png"), mask(2)))
    };
    without_b(4..6).finds([C::ClassWithoutImages], "set: b has no pixels in val", 8);
    let mut picture = mask(2);
    picture.put_pixel(40, 30, Luma([2]));
    let rare = without_b(0..4).picture("masks/0.png", picture);
    rare.finds([C::RareClass], "set: b has 0.01 % of the train pixels", 8);
}

#[test]
fn images_without_boxes_are_counted() {
    // All boxes of image 7 go to other places of image 6.
    let set = detection();
    let file = "annotations/test.json";
    let text = fs::read_to_string(set.root().join(file)).unwrap();
    let moved = text
        .replace("\"image_id\": 7", "\"image_id\": 6")
        .replace("[10, 5", "[1, 5")
        .replacen("[1, 5", "[30, 5", 1)
        .replacen("[20, 5", "[0, 25", 1);
    set.text(file, &moved).finds([C::NoObjects], "1 of 2 images have none", 8);
}
