//! Time in the Worker.

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::entry::scope;

/// Milliseconds since the Worker started.
pub fn now() -> f64 {
    scope().and_then(|scope| scope.performance()).map_or(0.0, |performance| performance.now())
}

/// Lets the browser deliver messages that have arrived: a timer, because a promise alone would not.
pub async fn next_turn() {
    let wait = Promise::new(&mut |resolve: Function, _| {
        let set = scope().map(|scope| scope.set_timeout_with_callback(&resolve));
        if !matches!(set, Some(Ok(_))) {
            let _ = resolve.call0(&JsValue::NULL);
        }
    });
    // The promise is never rejected.
    let _ = JsFuture::from(wait).await;
}
