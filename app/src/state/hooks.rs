//! What automated tests see: attributes of `<body>` and the object `window.medley`. Nothing here reaches
//! the network.

use js_sys::{Function, Object, Promise, Reflect, Uint8Array};
use leptos::prelude::*;
use serde::Serialize;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::App;
use crate::worker::messages::{Ask, DeviceKind, Fingerprint, RequestId};

impl App {
    /// Installs `window.medley`:
    /// `lastMask()` is `{width, height, labels}` or null, `lastResult()` the last outcome or null,
    /// `fingerprint("cpu" | "webgpu")` a promise of the self-test's arrays, `restart()` replaces the Worker;
    /// in the studio `labels()` and `prediction()` are the layers of the slice on the screen, likewise.
    pub fn install_hooks(self) {
        let hooks = Object::new();
        let add = |name: &str, function: JsValue| {
            let _ = Reflect::set(&hooks, &name.into(), &function);
        };
        add("lastMask", Closure::<dyn Fn() -> JsValue>::new(move || self.last_mask()).into_js_value());
        add("lastResult", Closure::<dyn Fn() -> JsValue>::new(move || self.last_result()).into_js_value());
        add(
            "fingerprint",
            Closure::<dyn Fn(String) -> Promise>::new(move |device: String| self.ask_fingerprint(&device))
                .into_js_value(),
        );
        add("labels", Closure::<dyn Fn() -> JsValue>::new(move || self.studio_layer(false)).into_js_value());
        add(
            "prediction",
            Closure::<dyn Fn() -> JsValue>::new(move || self.studio_layer(true)).into_js_value(),
        );
        add("restart", Closure::<dyn Fn()>::new(move || self.restart()).into_js_value());
        let _ = Reflect::set(&window(), &"medley".into(), &hooks);
    }

    fn last_mask(self) -> JsValue {
        self.shown.with_untracked(|shown| {
            let Some(shown) = shown.as_ref().filter(|shown| !shown.labels.is_empty()) else {
                return JsValue::NULL;
            };
            plain_mask(shown.outcome.width, shown.outcome.height, &shown.labels)
        })
    }

    fn studio_layer(self, prediction: bool) -> JsValue {
        let layer = self.studio.get_value().and_then(|studio| studio.layer(prediction));
        layer.map_or(JsValue::NULL, |(width, height, pixels)| plain_mask(width, height, &pixels))
    }

    fn last_result(self) -> JsValue {
        self.shown.with_untracked(|shown| shown.as_ref().map_or(JsValue::NULL, |shown| plain(&shown.outcome)))
    }

    fn ask_fingerprint(self, device: &str) -> Promise {
        let device = DeviceKind::from_id(device);
        Promise::new(&mut |resolve: Function, reject: Function| {
            let Some(device) = device else {
                let _ = reject.call1(&JsValue::NULL, &JsValue::from_str("the devices are cpu and webgpu"));
                return;
            };
            let id = self.ask(Ask::Fingerprint { device }, None);
            self.link.update_value(|link| {
                link.fingerprints.insert(id, (resolve, reject));
            });
        })
    }

    pub(super) fn fingerprint_arrived(self, id: RequestId, fingerprint: &Fingerprint) {
        if let Some(Some((resolve, _))) = self.link.try_update_value(|link| link.fingerprints.remove(&id)) {
            let _ = resolve.call1(&JsValue::NULL, &plain(fingerprint));
        }
    }

    pub(super) fn fingerprint_failed(self, id: RequestId, reason: &str) {
        if let Some(Some((_, reject))) = self.link.try_update_value(|link| link.fingerprints.remove(&id)) {
            let _ = reject.call1(&JsValue::NULL, &JsValue::from_str(reason));
        }
    }

    /// A result is there.
    pub(super) fn mark_result(self) {
        let results = self.link.try_update_value(|link| {
            link.results += 1;
            link.results
        });
        mark("device", self.device.get_untracked().id());
        mark("resultId", &results.unwrap_or_default().to_string());
        mark("ready", "true");
    }
}

/// Work has begun.
pub(super) fn mark_busy() {
    mark("ready", "false");
}

/// Work has ended without a result.
pub(super) fn mark_idle() {
    mark("ready", "true");
}

fn plain_mask(width: u32, height: u32, labels: &[u8]) -> JsValue {
    let mask = Object::new();
    let _ = Reflect::set(&mask, &"width".into(), &width.into());
    let _ = Reflect::set(&mask, &"height".into(), &height.into());
    let _ = Reflect::set(&mask, &"labels".into(), &Uint8Array::new_from_slice(labels));
    mask.into()
}

fn plain<T: Serialize>(value: &T) -> JsValue {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or(JsValue::NULL)
}

fn mark(name: &str, value: &str) {
    if let Some(body) = document().body() {
        let _ = body.unchecked_ref::<web_sys::HtmlElement>().dataset().set(name, value);
    }
}
