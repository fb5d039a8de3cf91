//! The views of the page and the links between them.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::{MouseEvent, Url, UrlSearchParams};

use crate::state::App;

/// What the page shows, by its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Images and the model.
    Try,
    /// Labels and fine-tuning.
    Studio,
    /// The runs of the server.
    Runs,
}

impl View {
    /// What the browser's address asks for.
    pub fn asked() -> Self {
        let location = window().location();
        let path = location.pathname().unwrap_or_default();
        let search = location.search().unwrap_or_default();
        let view = UrlSearchParams::new_with_str(&search).ok().and_then(|search| search.get("view"));
        match (path.rsplit('/').next(), view.as_deref()) {
            (Some("runs"), _) => Self::Runs,
            (Some("studio"), _) | (_, Some("studio")) => Self::Studio,
            _ => Self::Try,
        }
    }

    /// The word in the page's attributes.
    pub fn id(self) -> &'static str {
        match self {
            Self::Try => "try",
            Self::Studio => "studio",
            Self::Runs => "runs",
        }
    }
}

/// The view of a page that can show images and the studio without being loaded anew.
#[derive(Clone, Copy)]
pub struct CurrentView(pub RwSignal<View>);

impl CurrentView {
    /// Shows another view, and says so in the address.
    pub fn show(self, view: View) {
        if self.0.get_untracked() == view {
            return;
        }
        self.0.set(view);
        if let (Ok(address), Ok(history)) = (address(view), window().history()) {
            // Where the address cannot be changed the view has changed all the same.
            let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&address));
        }
    }

    /// Follows the browser's back and forward buttons.
    pub fn follow_history(self) {
        let moved = window_event_listener(ev::popstate, move |_| self.0.set(View::asked()));
        on_cleanup(move || moved.remove());
    }
}

/// The page's address with another view; everything else that it asks for stays.
fn address(view: View) -> Result<String, JsValue> {
    let url = Url::new(&window().location().href()?)?;
    let search = url.search_params();
    if view == View::Studio {
        search.set("view", view.id());
    } else {
        search.delete("view");
    }
    Ok(url.href())
}

/// The links. A static host has no runs to show.
#[component]
pub fn Views(
    /// The view that is shown.
    #[prop(into)]
    current: Signal<View>,
    /// Whether the server shows runs.
    offered: Signal<bool>,
) -> impl IntoView {
    let app = expect_context::<App>();
    let words = move || app.words();
    let mark = move |view| (view == current.get()).then_some("page");
    // Only a page that holds both can change without being loaded anew.
    let here = use_context::<CurrentView>();
    let follow = move |event: MouseEvent, view| {
        let plain = !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0);
        if let Some(here) = here.filter(|_| plain) {
            event.prevent_default();
            here.show(view);
        }
    };
    view! {
        <nav class="views" aria-label=move || words().runs.views data-testid="views">
            <a href="./" aria-current=move || mark(View::Try) data-view="try" on:click=move |event| follow(event, View::Try)>
                {move || words().runs.try_it}
            </a>
            <a
                href="./?view=studio"
                aria-current=move || mark(View::Studio)
                data-view="studio"
                on:click=move |event| follow(event, View::Studio)
            >
                {move || words().studio.name}
            </a>
            <Show when=move || offered.get()>
                <a href="runs" aria-current=move || mark(View::Runs) data-view="runs">{move || words().runs.runs}</a>
            </Show>
        </nav>
    }
}
