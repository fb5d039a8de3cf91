//! The view of the runs at `/runs`. It needs neither the Worker nor a model.

mod chart;
mod list;
mod overview;
mod pictures;
pub mod scale;
mod tasks;

use leptos::ev;
use leptos::prelude::*;

use super::dress_document;
use super::header::Preferences;
use super::views::{View, Views};
use crate::state::App;
use crate::state::runs::{Listing, Runs};
use chart::Lit;
use list::RunList;
use overview::Overview;

/// The runs of the server that gave this page.
#[component]
pub fn RunsScreen() -> impl IntoView {
    let app = App::new();
    let runs = Runs::new();
    provide_context(app);
    provide_context(runs);
    provide_context(Lit(RwSignal::new(None)));
    dress_document(app, |words| words.runs.title);
    follow_address(runs);
    if let Some(interval) = runs.start() {
        on_cleanup(move || interval.clear());
    }

    let words = move || &app.words().runs;
    let offered = Signal::derive(move || runs.listing.with(|listing| matches!(listing, Listing::Known(_))));
    let told = Memo::new(move |_| runs.told.with(Option::is_some));
    let some = Memo::new(move |_| runs.listed().is_some_and(|list| !list.is_empty()));
    view! {
        <header class="top">
            <h1 class="name">"Medley"</h1>
            <Views current=View::Runs offered />
            <span class="grow"></span>
            <Preferences />
        </header>
        <Show when=move || !runs.reached.get()>
            <div class="notice" role="alert" data-testid="unreachable">{move || words().unreachable}</div>
        </Show>
        {move || match runs.listing.get() {
            Listing::Known(list) if !list.is_empty() => None,
            Listing::Known(_) => Some(words().none),
            Listing::NoServer => Some(words().no_server),
            Listing::Waiting => Some(words().loading),
        }.map(|line| view! { <main class="only-line"><p data-testid="runs-line">{line}</p></main> })}
        <Show when=move || some.get()>
            <main class="runs">
                <nav class="zone-runs" aria-label=move || words().runs><RunList /></nav>
                <div class="zone-run" data-testid="run">
                    <Show when=move || told.get()>
                        <Overview />
                    </Show>
                </div>
            </main>
        </Show>
    }
}

/// `#NAME` chooses a run, so that the browser's back button works and an address can be passed on.
fn follow_address(runs: Runs) {
    let choose = move || {
        let hash = window().location().hash().unwrap_or_default();
        let name = js_sys::decode_uri_component(hash.trim_start_matches('#')).ok();
        if let Some(name) = name.and_then(|name| name.as_string()).filter(|name| !name.is_empty()) {
            runs.choose(&name);
        }
    };
    choose();
    let changed = window_event_listener(ev::hashchange, move |_| choose());
    on_cleanup(move || changed.remove());
}
