//! Connections to other computers than the one that gave the page. The Content-Security-Policy allows none; this counts
//! what the browser has noted, of the page or of the Worker, whichever asks.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// Their number since the page, or the Worker, was opened.
pub fn elsewhere() -> u32 {
    noted().map_or(0, |addresses| {
        // With its end, so that no longer name passes for it.
        let own = format!("{}/", origin());
        let others = addresses.iter().filter_map(|entry| get(&entry, "name")?.as_string());
        others.filter(|address| address.starts_with("http") && !address.starts_with(&own)).count() as u32
    })
}

fn origin() -> String {
    let location = get(&js_sys::global(), "location");
    location.and_then(|location| get(&location, "origin")?.as_string()).unwrap_or_default()
}

fn noted() -> Option<Array> {
    let performance = get(&js_sys::global(), "performance")?;
    let entries: Function = get(&performance, "getEntriesByType")?.dyn_into().ok()?;
    entries.call1(&performance, &"resource".into()).ok()?.dyn_into().ok()
}

fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok()
}
