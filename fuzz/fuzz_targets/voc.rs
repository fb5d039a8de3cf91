//! Pascal VOC boxes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use medley_core::dataset::formats::voc;
use medley_fuzz::classes;

fuzz_target!(|bytes: &[u8]| {
    drop(voc::parse(bytes, &classes(), None));
});
