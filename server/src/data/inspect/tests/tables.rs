//! Defects of `labels.csv`: the table, its rows, the files and patients that they name.

use super::set::{classification, noise};
use crate::data::inspect::Check as C;

const FILE: &str = "labels.csv";

#[test]
fn a_table_that_cannot_be_used_is_named() {
    let checks = [C::LabelFile, C::NoPatients, C::ClassWithoutImages, C::Counts];
    classification().without(FILE).finds(checks, "labels.csv or exactly one .npz", 0);
    classification().replace(FILE, "label", "class").finds(checks, "the column \"label\"", 0);
}

#[test]
fn a_row_that_cannot_be_used_is_named_and_the_others_stay() {
    classification().replace(FILE, "0.png,a", "0.png,c").replace(FILE, "1.png,b,train", "1.png,b,dev").finds(
        [C::UnknownClass, C::Entry, C::NotListed, C::Counts],
        "line 3: a split is train, val or test",
        6,
    );
    let unusable = [C::Entry, C::NotListed, C::Counts];
    let short = classification().replace(FILE, "2.png,a,train,p2", "2.png");
    short.finds(unusable, "line 4: not as many columns", 7);
    let outside = classification().replace(FILE, "2.png", "../2.png");
    outside.finds(unusable, "line 4: \"../2.png\" must be", 7);
    let twice = classification().replace(FILE, "7.png,b,test,p7", "7.png,b,test,p7\n7.png,b,val,p7");
    twice.finds([C::ListedTwice], "line 10: \"7.png\" was listed in line 9", 8);
}

#[test]
fn the_table_and_the_folder_are_compared() {
    let missing = classification().without("images/3.png");
    missing.finds([C::MissingImage, C::Counts], "images/3.png: it is listed in train", 7);
    let more = classification().picture("images/more/9.png", noise(9));
    more.finds([C::NotListed], "images/more/9.png", 8);
}

#[test]
fn patients_belong_to_one_split() {
    let leak = classification().replace(FILE, "p6", "p1");
    leak.finds([C::PatientLeak], "patient \"p1\" has 1 in train (1.png), 1 in test (6.png)", 8);
    let unknown = classification().replace(FILE, "p6", "");
    unknown.finds([C::NoPatients], "1 of 8 images state no patient", 8);
}
