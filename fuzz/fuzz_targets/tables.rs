//! CSV tables and dataset.json.
#![no_main]

use libfuzzer_sys::fuzz_target;
use medley_core::dataset::Manifest;
use medley_core::dataset::formats::{attribution_csv, boxes_csv, labels_csv, multilabel_csv, split_csv, values_csv};
use medley_fuzz::classes;

fuzz_target!(|bytes: &[u8]| {
    drop(labels_csv::parse(bytes, &classes()));
    drop(multilabel_csv::parse(bytes, &classes()));
    drop(values_csv::parse(bytes, &classes()));
    drop(boxes_csv::parse(bytes, &classes()));
    drop(split_csv::parse(bytes));
    drop(attribution_csv::parse(bytes));
    drop(Manifest::parse(bytes));
});
