//! PNG masks by index, and instances.
#![no_main]

use libfuzzer_sys::fuzz_target;
use medley_core::dataset::formats::{instance_png, mask_png};
use medley_fuzz::MAX_PIXELS;

fuzz_target!(|bytes: &[u8]| {
    drop(mask_png::parse(bytes, 4, MAX_PIXELS));
    drop(mask_png::values(bytes, MAX_PIXELS));
    drop(instance_png::parse(bytes, MAX_PIXELS));
});
