//! One tab at a time works on what is stored: two would write over each other.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, DedicatedWorkerGlobalScope};

/// In milliseconds. A browser gives a Worker that hangs two seconds to end, and only then its locks are free again;
/// another tab keeps them.
const PATIENCE: u32 = 5000;

/// Takes the lock of this name until this Worker ends; `false` where another tab has it. A browser without locks lets
/// everyone in.
pub async fn hold(name: &str) -> bool {
    let Some(locks) = manager() else { return true };
    match ask(&locks, name) {
        Ok(granted) => JsFuture::from(granted).await.is_ok(),
        Err(_) => false,
    }
}

fn manager() -> Option<JsValue> {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().dyn_into().ok()?;
    Reflect::get(&scope.navigator(), &"locks".into()).ok().filter(JsValue::is_object)
}

/// A promise that is kept as soon as the lock is ours, and broken where that takes too long.
fn ask(locks: &JsValue, name: &str) -> Result<Promise, JsValue> {
    let request: Function = Reflect::get(locks, &"request".into())?.dyn_into()?;
    let options = Object::new();
    Reflect::set(&options, &"signal".into(), &AbortSignal::timeout_with_u32(PATIENCE))?;
    let mut asked = Err(JsValue::UNDEFINED);
    let granted = Promise::new(&mut |resolve: Function, _| {
        let ours = Closure::once_into_js(move |_lock: JsValue| {
            let _ = resolve.call0(&JsValue::NULL);
            // The lock is ours for as long as this promise is open: until the Worker ends.
            Promise::new(&mut |_, _| {})
        });
        asked = request.call3(locks, &name.into(), &options, &ours);
    });
    Ok(Promise::race(&Array::of2(&granted, &asked?)))
}
