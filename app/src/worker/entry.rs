//! The Worker's first step, and its mailbox.

use std::rc::Rc;

use js_sys::Uint8Array;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, PromiseRejectionEvent};

use super::desk::Desk;
use super::messages::{Answer, Reply, Request, RequestId};
use super::transport::{pack, unpack};

/// Listens for requests, and says so. Called once, by the Worker's `main`.
pub fn run() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        send(0, &Answer::Crashed(info.to_string()), None);
    }));
    let Some(scope) = scope() else { return };
    let desk = Rc::new(Desk::default());
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        match unpack::<Request>(&event.data()) {
            Ok((request, bytes)) => desk.clone().take(request, bytes.as_ref()),
            Err(error) => web_sys::console::error_1(&error),
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();

    // A trap inside a future, such as memory running out, reaches nobody else.
    let on_rejection = Closure::<dyn FnMut(PromiseRejectionEvent)>::new(|event: PromiseRejectionEvent| {
        send(0, &Answer::Crashed(text_of(&event.reason())), None);
    });
    let listener = on_rejection.as_ref().unchecked_ref();
    if scope.add_event_listener_with_callback("unhandledrejection", listener).is_ok() {
        on_rejection.forget();
    }
    send(0, &Answer::Awake, None);
}

/// The Worker's global object; none outside a Worker.
pub fn scope() -> Option<DedicatedWorkerGlobalScope> {
    js_sys::global().dyn_into().ok()
}

/// Sends an answer, and `bytes` beside it.
pub fn send(id: RequestId, answer: &Answer, bytes: Option<&Uint8Array>) {
    let reply = Reply { id, answer: answer.clone() };
    let sent = pack(&reply, bytes).and_then(|parcel| {
        let scope = scope().ok_or_else(|| JsValue::from_str("not in a Worker"))?;
        scope.post_message_with_transfer(&parcel.value, &parcel.transfer)
    });
    if let Err(error) = sent {
        web_sys::console::error_1(&error);
    }
}

/// What a JavaScript error says.
pub fn text_of(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => error.as_string().unwrap_or_else(|| format!("{error:?}")),
    }
}
