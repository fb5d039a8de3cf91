//! The events of a run, one by one as they happen.

use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{EventTarget, MessageEvent};

use super::course::TimedEvent;

#[wasm_bindgen]
extern "C" {
    /// The browser's reader of server-sent events. It asks again by itself when an answer ends.
    #[wasm_bindgen(extends = EventTarget)]
    type EventSource;
    #[wasm_bindgen(constructor, catch)]
    fn new(url: &str) -> Result<EventSource, JsValue>;
    #[wasm_bindgen(method)]
    fn close(this: &EventSource);
    #[wasm_bindgen(method, getter, js_name = readyState)]
    fn ready_state(this: &EventSource) -> u16;
}

/// `EventSource.CLOSED`: it does not ask again.
const CLOSED: u16 = 2;

/// An open stream; closed when dropped.
pub struct Stream {
    source: EventSource,
    on_message: Closure<dyn FnMut(MessageEvent)>,
    on_error: Closure<dyn FnMut(JsValue)>,
}

impl Stream {
    /// Opens one. `closed` is called when the server says that nothing more will come, or does not answer.
    pub fn open(
        address: &str,
        mut happened: impl FnMut(TimedEvent) + 'static,
        mut closed: impl FnMut() + 'static,
    ) -> Result<Self, JsValue> {
        let source = EventSource::new(address)?;
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            // What cannot be read is of a later version and would not be shown.
            let json = event.data().as_string().unwrap_or_default();
            if let Ok(event) = serde_json::from_str(&json) {
                happened(event);
            }
        });
        let watched: EventSource = source.clone().unchecked_into();
        let on_error = Closure::<dyn FnMut(JsValue)>::new(move |_| {
            if watched.ready_state() == CLOSED {
                closed();
            }
        });
        source.add_event_listener_with_callback("message", on_message.as_ref().unchecked_ref())?;
        source.add_event_listener_with_callback("error", on_error.as_ref().unchecked_ref())?;
        Ok(Self { source, on_message, on_error })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
        for (kind, listener) in [("message", self.on_message.as_ref()), ("error", self.on_error.as_ref())] {
            let _ = self.source.remove_event_listener_with_callback(kind, listener.unchecked_ref());
        }
    }
}
