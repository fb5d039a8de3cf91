//! The links between the views of the page.

use leptos::prelude::*;

use crate::state::App;

/// What the page shows, by its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Images and the model.
    Try,
    /// The runs of the server.
    Runs,
}

impl View {
    /// What the browser's address asks for.
    pub fn asked() -> Self {
        let path = window().location().pathname().unwrap_or_default();
        if path.rsplit('/').next() == Some("runs") { Self::Runs } else { Self::Try }
    }
}

/// The links, where there is more than one view: a static host has no runs to show.
#[component]
pub fn Views(
    /// The view that is shown.
    current: View,
    /// Whether the server shows runs.
    offered: Signal<bool>,
) -> impl IntoView {
    let app = expect_context::<App>();
    let words = move || &app.words().runs;
    let mark = move |view| (view == current).then_some("page");
    view! {
        <Show when=move || offered.get() || current == View::Runs>
            <nav class="views" aria-label=move || words().views data-testid="views">
                <a href="./" aria-current=mark(View::Try)>{move || words().try_it}</a>
                <Show when=move || offered.get()>
                    <a href="runs" aria-current=mark(View::Runs)>{move || words().runs}</a>
                </Show>
            </nav>
        </Show>
    }
}
