//! MedMNIST archives.
#![no_main]

use libfuzzer_sys::fuzz_target;
use medley_core::dataset::formats::npz::Npz;

fuzz_target!(|bytes: &[u8]| {
    drop(Npz::parse(bytes, 3, 1 << 20));
});
