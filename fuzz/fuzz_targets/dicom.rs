//! DICOM: header and pixels.
#![no_main]

use libfuzzer_sys::fuzz_target;
use medley_core::imaging::{decode, dicom::DicomInfo};
use medley_fuzz::MAX_PIXELS;

fuzz_target!(|bytes: &[u8]| {
    drop(DicomInfo::read(bytes));
    drop(decode(bytes, MAX_PIXELS));
});
