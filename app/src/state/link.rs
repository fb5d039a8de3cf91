//! The page's end of the line to the Worker.

use std::collections::HashMap;

use js_sys::{Function, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, MessageEvent, Worker};

use super::{App, Phase};
use crate::worker::messages::{Ask, Reply, Request, RequestId};
use crate::worker::transport::{pack, unpack};

/// Beside the page; see `index.html`.
const WORKER_SCRIPT: &str = "worker.js";

/// A Worker that ends this often without a result in between is not started again.
const MAX_RESTARTS: u32 = 3;

/// The Worker and what is on its way to it.
#[derive(Default)]
pub struct Link {
    running: Option<Running>,
    /// The Worker has said that it listens; before that a message would be lost.
    awake: bool,
    waiting: Vec<(Request, Option<Uint8Array>)>,
    last_id: RequestId,
    restarts: u32,
    /// Answers to other requests are stale.
    pub awaited: Awaited,
    /// Results so far, for the tests.
    pub results: u32,
    /// The GPU took a Worker down, so new ones leave it alone.
    pub gpu_failure: Option<String>,
    /// Callers of the test hook: resolve, reject.
    pub fingerprints: HashMap<RequestId, (Function, Function)>,
}

/// The newest request of each sort.
#[derive(Clone, Copy, Debug, Default)]
pub struct Awaited {
    pub load: RequestId,
    pub check: RequestId,
    pub open: RequestId,
    pub predict: RequestId,
}

/// A Worker with its listeners, which live as long as it does.
struct Running {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl Link {
    fn post(&self, request: &Request, bytes: Option<&Uint8Array>) -> Result<(), JsValue> {
        let Some(running) = &self.running else { return Err(JsValue::from_str("no Worker")) };
        let parcel = pack(request, bytes)?;
        running.worker.post_message_with_transfer(&parcel.value, &parcel.transfer)
    }
}

impl App {
    /// Starts a Worker in place of the one there is.
    pub(super) fn spawn_worker(self) {
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            match unpack::<Reply>(&event.data()) {
                Ok((reply, bytes)) => self.answered(reply, bytes),
                Err(error) => leptos::logging::error!("{error:?}"),
            }
        });
        let on_error = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            self.worker_crashed(&event.message());
        });
        let worker = Worker::new(WORKER_SCRIPT);
        self.link.update_value(|link| {
            if let Some(old) = link.running.take() {
                old.worker.terminate();
            }
            link.awake = false;
            link.waiting.clear();
            for (_, reject) in std::mem::take(&mut link.fingerprints).into_values() {
                let _ = reject.call1(&JsValue::NULL, &JsValue::from_str("the Worker was replaced"));
            }
            match worker {
                Ok(worker) => {
                    worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
                    worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
                    link.running = Some(Running { worker, _on_message: on_message, _on_error: on_error });
                }
                Err(error) => leptos::logging::error!("{error:?}"),
            }
        });
    }

    /// Sends a request, or keeps it until the Worker listens. Returns its number.
    pub(super) fn ask(self, ask: Ask, bytes: Option<Uint8Array>) -> RequestId {
        self.link
            .try_update_value(|link| {
                link.last_id += 1;
                let request = Request { id: link.last_id, ask };
                if !link.awake {
                    link.waiting.push((request, bytes));
                } else if let Err(error) = link.post(&request, bytes.as_ref()) {
                    leptos::logging::error!("{error:?}");
                }
                link.last_id
            })
            .unwrap_or_default()
    }

    /// The Worker listens: everything that waited is sent.
    pub(super) fn worker_awake(self) {
        self.link.update_value(|link| {
            link.awake = true;
            for (request, bytes) in std::mem::take(&mut link.waiting) {
                if let Err(error) = link.post(&request, bytes.as_ref()) {
                    leptos::logging::error!("{error:?}");
                }
            }
        });
    }

    /// A result arrived, so whatever stopped the Worker before is over.
    pub(super) fn worker_proved_well(self) {
        self.link.update_value(|link| link.restarts = 0);
    }

    /// Counts a restart; false when there were too many.
    pub(super) fn may_restart(self) -> bool {
        let restarts = self.link.try_update_value(|link| {
            link.restarts += 1;
            link.restarts
        });
        let allowed = restarts.is_some_and(|n| n <= MAX_RESTARTS);
        if !allowed {
            self.phase.set(Phase::Stopped);
        }
        allowed
    }

    /// Forgets earlier restarts, because the visitor asks for another try.
    pub(super) fn allow_restarts(self) {
        self.link.update_value(|link| link.restarts = 0);
    }
}
