//! Defects of a `labels.csv` with several labels per image.

use super::set::{multilabel, noise};
use crate::data::inspect::{Check as C, class_counts};

const FILE: &str = "labels.csv";

#[test]
fn each_class_counts_where_it_is_present() {
    let inspection = multilabel().inspect();
    assert_eq!(class_counts(&inspection.scans, 0, 2, |_| true), [4, 4]);
    let set = multilabel().replace(FILE, "6.png,a|b", "6.png,a");
    set.finds([C::ClassWithoutImages], "set: b has no images in test", 8);
}

#[test]
fn a_label_that_is_no_class_is_named() {
    let set = multilabel().replace(FILE, "2.png,a|b", "2.png,a|c");
    let checks = [C::UnknownClass, C::NotListed, C::Counts];
    set.finds(checks, "line 4: \"c\" is none of the classes", 7);
    let checks = [C::LabelFile, C::NoPatients, C::ClassWithoutImages, C::Counts];
    multilabel().replace(FILE, "label", "class").finds(checks, "each class needs a column of 0 and 1", 0);
}

#[test]
fn columns_of_classes_hold_0_and_1() {
    let rows = (0..8).map(|index| {
        let split = ["train", "train", "train", "train", "val", "val", "test", "test"][index];
        format!("{index}.png,{split},p{index},{},{}\n", u8::from(index != 3), index % 2)
    });
    let table = format!("file,split,patient,a,b\n{}", rows.collect::<String>());
    let inspection = multilabel().text(FILE, &table).inspect();
    assert_eq!(inspection.findings, []);
    assert_eq!(class_counts(&inspection.scans, 0, 2, |_| true), [7, 4]);
    let checks = [C::Entry, C::NotListed, C::Counts];
    let set = multilabel().text(FILE, &table).replace(FILE, "p3,0,1", "p3,2,1");
    set.finds(checks, "line 5: \"2\" in the column \"a\" is neither 0 nor 1", 7);
}

#[test]
fn a_picture_has_the_same_labels_wherever_it_is() {
    let set = multilabel().picture("images/1.png", noise(0));
    set.finds(
        [C::Duplicate, C::Contradiction],
        "images/0.png is a and b, images/1.png is without a class",
        8,
    );
}
