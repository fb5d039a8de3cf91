//! Pictures: PNG, JPEG, BMP, WebP.
#![no_main]

use libfuzzer_sys::fuzz_target;
use medley_core::imaging::decode;
use medley_fuzz::MAX_PIXELS;

fuzz_target!(|bytes: &[u8]| {
    drop(decode(bytes, MAX_PIXELS));
});
