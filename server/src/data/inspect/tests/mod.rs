//! Every defect is planted in a sound data set and found there, alone; nothing is found in a sound one.
#![allow(clippy::unwrap_used, clippy::panic)]

mod balance;
mod boxes;
mod copies;
mod labels;
mod manifest;
mod masks;
mod pictures;
mod set;
mod tables;

use std::collections::BTreeSet;
use std::fs;

use set::{checks, classification, detection, inspect, multilabel, segmentation, write_manifest};
use tempfile::TempDir;

use super::*;
use crate::data::tests::data_root;

#[test]
fn nothing_is_wrong_with_sound_folders() {
    for (set, notes) in [
        (classification(), vec![]),
        (multilabel(), vec![]),
        (segmentation(), vec![]),
        (detection(), vec![Check::NoPatients]),
    ] {
        let inspection = set.inspect();
        assert_eq!(checks(&inspection), notes.into_iter().collect(), "{:?}", inspection.findings);
        assert_eq!((inspection.usable(), inspection.catalogue.images.len()), (8, 8));
    }
}

#[test]
fn two_tasks_must_agree_on_the_split() {
    let set = segmentation().manifest(r#"["segmentation", "detection"]"#, r#""background", "a", "b""#);
    let boxes = detection();
    fs::rename(boxes.root().join("annotations"), set.root().join("annotations")).unwrap();
    assert_eq!(checks(&set.inspect()), BTreeSet::new());
    let inspection = set.replace("split.csv", "7.png,test", "7.png,val").inspect();
    assert!(checks(&inspection).contains(&Check::SplitDisagreement), "{:?}", inspection.findings);
}

#[test]
fn no_patient_is_not_the_same_patient() {
    let set = segmentation().manifest(r#"["detection", "segmentation"]"#, r#""background", "a", "b""#);
    let boxes = detection();
    fs::rename(boxes.root().join("annotations"), set.root().join("annotations")).unwrap();
    let set = set.replace("split.csv", "train,p0", "train,").replace("split.csv", "test,p7", "test,");
    set.finds([Check::NoPatients], "2 of 8 images state no patient", 8);
}

#[test]
fn folders_of_data_sets_are_opened_and_others_said_to_be_none() {
    let folder = TempDir::new().unwrap();
    for name in ["b", "a"] {
        write_manifest(&folder.path().join(name), r#""classification""#, r#""a", "b""#);
    }
    fs::create_dir(folder.path().join("notes")).unwrap();
    assert_eq!(data_sets(folder.path()), [folder.path().join("a"), folder.path().join("b")]);
    assert_eq!(data_sets(&folder.path().join("b")), [folder.path().join("b")]);
    let nowhere = folder.path().join("nowhere");
    assert_eq!(data_sets(&nowhere), std::slice::from_ref(&nowhere));
    assert_eq!(checks(&inspect(&nowhere)), [Check::Manifest].into());
}

#[test]
fn the_shared_data_have_no_defect_but_the_known_ones() {
    let Some(root) = data_root() else { return };
    // Three pictures of the copy of PneumoniaMNIST are in train and in val.
    for (set, leaks) in [("pneumoniamnist-sub", 3), ("cxr-lungs", 0), ("vnc-em", 0), ("dsb2018-fluo", 0)] {
        let inspection = inspect(&root.join(set));
        assert_eq!(inspection.count(Severity::Error), leaks, "{set}: {:?}", inspection.findings);
        assert_eq!(inspection.usable(), inspection.catalogue.images.len(), "{set}");
    }
}
