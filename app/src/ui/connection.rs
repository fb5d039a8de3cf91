//! What the visitor should know of the network: that it is gone and not missed, and that a new version waits.

use leptos::ev::Custom;
use leptos::prelude::*;

use crate::state::App;

/// Said by start.js when a new version of the page has been fetched.
const UPDATE: &str = "medley-update";
/// Heard by start.js: the new version is to take over.
const RELOAD: &str = "medley-reload";

/// A word in the top line while there is no network.
#[component]
pub fn OfflineMark() -> impl IntoView {
    let app = expect_context::<App>();
    let offline = RwSignal::new(!window().navigator().on_line());
    let gone = window_event_listener(leptos::ev::offline, move |_| offline.set(true));
    let back = window_event_listener(leptos::ev::online, move |_| offline.set(false));
    on_cleanup(move || {
        gone.remove();
        back.remove();
    });
    view! {
        <span role="status" class="quiet">
            <Show when=move || offline.get()>
                <span data-testid="offline" title=move || app.words().offline_hint>
                    {move || app.words().offline}
                </span>
            </Show>
        </span>
    }
}

/// Offers a new version. It waits for the visitor: a reload in the middle of a stroke would be rude.
#[component]
pub fn UpdateBar() -> impl IntoView {
    let app = expect_context::<App>();
    let waiting = RwSignal::new(false);
    let heard = window_event_listener(Custom::<web_sys::Event>::new(UPDATE), move |_| waiting.set(true));
    on_cleanup(move || heard.remove());
    let reload = move |_| {
        if let Ok(event) = web_sys::Event::new(RELOAD) {
            let _ = window().dispatch_event(&event);
        }
    };
    view! {
        <div class="notices" role="status">
            <Show when=move || waiting.get()>
                <div class="notice notice-calm" data-testid="update">
                    <span class="grow">{move || app.words().update_ready}</span>
                    <button class="button button-small" data-testid="update-reload" on:click=reload>
                        {move || app.words().update_reload}
                    </button>
                </div>
            </Show>
        </div>
    }
}
