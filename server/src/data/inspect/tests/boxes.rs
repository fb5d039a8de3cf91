//! Defects of COCO files: boxes, images, categories, and files as a whole.

use super::set::{DataSet, detection};
use crate::data::inspect::Check as C;

const FILE: &str = "annotations/val.json";

/// The set with another first box; it is of class a, on the first image of 48 x 40.
fn with(bbox: &str) -> DataSet {
    let first = |bbox: &str| format!(r#"{{"image_id": 0, "category_id": 1, "bbox": {bbox}}}"#);
    detection().replace("annotations/train.json", &first("[10, 5, 8, 9]"), &first(bbox))
}

#[test]
fn boxes_must_have_an_area_inside_the_image() {
    with("[10, 5, 0, 9]").finds([C::EmptyBox], "annotation 0 on 0.png: a at 10, 5 with 0 x 9", 8);
    with("[48, 5, 8, 9]").finds([C::BoxOutside], "the image has 48 x 40", 8);
    with("[43, 5, 8, 9]").finds([C::BoxClipped], "annotations/train.json: annotation 0", 8);
    // Half a pixel is a matter of rounding.
    with("[40, 5, 8.6, 9]").finds([], "", 8);
    with("[20, 5, 8]").finds([C::Entry], "annotation 0 needs", 8);
}

#[test]
fn the_same_box_is_found() {
    with("[20, 5, 8, 9]").finds(
        [C::DuplicateBox],
        "annotation 1 on 0.png: b at 20, 5 with 8 x 9; the same as annotation 0, which is a a",
        8,
    );
}

#[test]
fn boxes_belong_to_an_image_and_a_class() {
    let image = detection().replace(FILE, "\"image_id\": 4", "\"image_id\": 77");
    image.finds([C::Entry], "annotation 0 belongs to image 77", 8);
    let number = detection().replace(FILE, "\"category_id\": 1", "\"category_id\": 7");
    number.finds([C::UnknownClass], "annotation 0 has category 7", 8);
    let name = detection().replace(FILE, "\"name\": \"b\"", "\"name\": \"x\"");
    name.finds(
        [C::UnknownClass, C::ClassWithoutImages],
        "category 2 (\"x\") is none of the classes (a, b)",
        8,
    );
}

#[test]
fn an_annotation_of_another_form_is_named_and_the_others_stay() {
    let more = |text: &str| {
        let bbox = "\"bbox\": [20, 5, 8, 9]";
        detection().replace(FILE, bbox, &format!("{bbox}, {text}"))
    };
    more(r#""id": 9, "segmentation": [[1, 2]]"#).finds(
        [C::Entry],
        "annotation 1: the segmentation cannot be used: a polygon has 2 numbers; \
         it needs x and y of at least three points (id 9)",
        8,
    );
    more(r#""segmentation": "a string""#).finds([C::Entry], "annotation 1: not valid COCO JSON", 8);
    more(r#""iscrowd": true"#).finds([C::Entry], "annotation 1: not valid COCO JSON", 8);
}

#[test]
fn images_are_listed_once_with_their_size_and_inside_the_folder() {
    let wide = detection().replace(FILE, "\"width\": 48", "\"width\": 96");
    wide.finds([C::SizeMismatch], "images/4.png: the image has 48 x 40, its boxes were drawn on 96 x 40", 7);
    let twice = detection().replace(FILE, "\"id\": 5", "\"id\": 4");
    twice.finds(
        [C::ListedTwice, C::Entry, C::NotListed, C::Counts],
        "image 4 (\"5.png\") was listed before",
        7,
    );
    let in_train = detection().replace(FILE, "\"4.png\"", "\"0.png\"");
    in_train.finds([C::ListedTwice, C::NotListed, C::Counts], "\"0.png\" was listed in train before", 7);
    for outside in ["\"../4.png\"", "\"./4.png\""] {
        let set = detection().replace(FILE, "\"4.png\"", outside);
        set.finds([C::Entry, C::NotListed, C::Counts], "is no file inside images/", 7);
    }
    let endless = detection().replace(FILE, "\"width\": 48", "\"width\": 5000000000");
    endless.finds([C::Entry, C::NotListed, C::Counts], "image 4 (\"4.png\"): not valid COCO JSON", 7);
}

#[test]
fn a_file_that_cannot_be_used_is_named_and_the_others_stay() {
    let checks = [C::LabelFile, C::NotListed, C::ClassWithoutImages, C::Counts];
    detection().text(FILE, "{").finds(checks, "annotations/val.json: it is not valid JSON", 6);
    detection().replace(FILE, "\"images\"", "\"pictures\"").finds(checks, "it has no list \"images\"", 6);
    detection().without(FILE).finds(checks, "annotations/val.json: it cannot be read", 6);
}
