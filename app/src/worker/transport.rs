//! Messages as JavaScript values: `[message, buffer]`, the buffer transferred instead of copied.

use js_sys::{Array, ArrayBuffer, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};

/// A message ready for `postMessage`.
pub struct Parcel {
    /// What to post.
    pub value: JsValue,
    /// What to transfer with it.
    pub transfer: Array,
}

/// Wraps `message`, and `bytes` beside it.
///
/// # Errors
/// When the message cannot be turned into a JavaScript value.
pub fn pack<M: Serialize>(message: &M, bytes: Option<&Uint8Array>) -> Result<Parcel, JsValue> {
    let head = message.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?;
    let transfer = Array::new();
    let value = Array::of1(&head);
    if let Some(bytes) = bytes {
        value.push(&bytes.buffer());
        transfer.push(&bytes.buffer());
    }
    Ok(Parcel { value: value.into(), transfer })
}

/// Reads what [`pack`] made.
///
/// # Errors
/// When the value is not such a message.
pub fn unpack<M: DeserializeOwned>(value: &JsValue) -> Result<(M, Option<Uint8Array>), JsValue> {
    let parts: &Array = value.dyn_ref().ok_or_else(|| JsValue::from_str("not a message of Medley"))?;
    let message = serde_wasm_bindgen::from_value(parts.get(0))?;
    let bytes = parts.get(1).dyn_into::<ArrayBuffer>().ok().map(|buffer| Uint8Array::new(&buffer));
    Ok((message, bytes))
}
