//! NIfTI volumes and label volumes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use medley_core::dataset::formats::nifti_labels;
use medley_core::imaging::decode;
use medley_fuzz::MAX_PIXELS;

fuzz_target!(|bytes: &[u8]| {
    drop(decode(bytes, MAX_PIXELS));
    drop(nifti_labels::parse(bytes, 4, MAX_PIXELS));
});
