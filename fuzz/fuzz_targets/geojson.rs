//! QuPath's GeoJSON, drawn.
#![no_main]

use libfuzzer_sys::fuzz_target;
use medley_core::dataset::formats::geojson;
use medley_core::dataset::objects::areas_to_mask;
use medley_fuzz::classes;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(areas) = geojson::parse(bytes, &classes()) {
        drop(areas_to_mask(&areas, 64, 64));
    }
});
