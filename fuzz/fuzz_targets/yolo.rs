//! YOLO boxes and outlines, and lists of names.
#![no_main]

use libfuzzer_sys::fuzz_target;
use medley_core::dataset::formats::yolo;

fuzz_target!(|bytes: &[u8]| {
    drop(yolo::parse(bytes, 3, 64, 64));
    drop(yolo::parse_names(bytes));
});
