//! The GPU as a place to compute.

use std::rc::Rc;

use burn::tensor::Device;
use js_sys::{Function, Promise, Reflect};
use medley_core::Medley;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::desk::Desk;
use super::messages::Adapter;

/// The GPU's device. There is one per Worker: an initialised runtime cannot be initialised again.
#[derive(Clone)]
pub struct Gpu {
    /// For tensors.
    pub device: Device,
    /// The model on it.
    pub medley: Option<Rc<Medley>>,
}

/// The GPU's device, initialised at the first call. Calls must not overlap.
///
/// # Errors
/// In the words of the GPU library.
pub async fn gpu(desk: &Desk) -> Result<Device, String> {
    let ready = desk.gpu.borrow().as_ref().map(|gpu| gpu.device.clone());
    if let Some(device) = ready {
        return Ok(device);
    }
    let device = Device::wgpu_options().init_async().await.map_err(|error| error.to_string())?;
    desk.gpu.replace(Some(Gpu { device: device.clone(), medley: None }));
    Ok(device)
}

/// What the browser says of its GPU; none where it has no WebGPU or no adapter.
///
/// Read by name and not through web-sys, whose WebGPU interface is not stable.
pub async fn adapter() -> Option<Adapter> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    let gpu = Reflect::get(&navigator, &"gpu".into()).ok().filter(JsValue::is_object)?;
    let request: Function = Reflect::get(&gpu, &"requestAdapter".into()).ok()?.dyn_into().ok()?;
    let adapter: Promise = request.call0(&gpu).ok()?.dyn_into().ok()?;
    let adapter = JsFuture::from(adapter).await.ok().filter(JsValue::is_object)?;
    let info = Reflect::get(&adapter, &"info".into()).ok().filter(JsValue::is_object);
    let word = |name: &str| {
        info.as_ref().and_then(|info| Reflect::get(info, &name.into()).ok()?.as_string()).unwrap_or_default()
    };
    let flag = |object: Option<&JsValue>| {
        object.and_then(|object| Reflect::get(object, &"isFallbackAdapter".into()).ok()?.as_bool())
            == Some(true)
    };
    let (vendor, architecture, description) = (word("vendor"), word("architecture"), word("description"));
    let names = format!("{vendor} {architecture} {description}").to_lowercase();
    let emulated = ["swiftshader", "llvmpipe", "lavapipe", "basic render"];
    let software =
        flag(info.as_ref()) || flag(Some(&adapter)) || emulated.iter().any(|name| names.contains(name));
    Some(Adapter {
        vendor,
        architecture,
        description,
        software,
        limits: limits(&adapter),
        features: features(&adapter),
    })
}

/// Limits that a large image or model runs into.
const LIMITS: [&str; 5] = [
    "maxBufferSize",
    "maxStorageBufferBindingSize",
    "maxStorageBuffersPerShaderStage",
    "maxComputeInvocationsPerWorkgroup",
    "maxComputeWorkgroupsPerDimension",
];

fn limits(adapter: &JsValue) -> Vec<(String, u64)> {
    let Ok(known) = Reflect::get(adapter, &"limits".into()) else { return Vec::new() };
    let value = |name: &str| Reflect::get(&known, &name.into()).ok()?.as_f64();
    LIMITS.into_iter().filter_map(|name| Some((name.to_owned(), value(name)? as u64))).collect()
}

/// What an adapter can do beyond the standard, in alphabetical order.
fn features(adapter: &JsValue) -> Vec<String> {
    // A set of the browser's own kind; only what can be gone through is of interest.
    let Some(set) = Reflect::get(adapter, &"features".into()).ok().filter(JsValue::is_object) else {
        return Vec::new();
    };
    let mut names: Vec<String> =
        js_sys::Array::from(&set).iter().filter_map(|name| name.as_string()).collect();
    names.sort();
    names
}
