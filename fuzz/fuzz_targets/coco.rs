//! COCO annotations, with their outlines drawn.
#![no_main]

use libfuzzer_sys::fuzz_target;
use medley_core::dataset::formats::coco;
use medley_fuzz::{MAX_PIXELS, classes};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(images) = coco::parse(bytes, &classes()) {
        for image in &images {
            drop(image.boxes());
            drop(image.mask(MAX_PIXELS));
            drop(image.instances(MAX_PIXELS));
        }
    }
});
