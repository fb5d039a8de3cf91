//! The line under the picture: zoom, fit, hide.

use leptos::prelude::*;

use super::icons::{Glyph, Icon};
use super::viewer::Stage;
use crate::locales::percent;
use crate::state::App;

/// Buttons for everything the wheel and the keys do.
#[component]
pub fn Toolbar() -> impl IntoView {
    let app = expect_context::<App>();
    let words = move || app.words();
    view! {
        <div class="toolbar" role="toolbar" aria-label=move || words().picture>
            <ZoomButtons />
        </div>
    }
}

/// Zoom, fit, hide.
#[component]
pub fn ZoomButtons() -> impl IntoView {
    let app = expect_context::<App>();
    let stage = expect_context::<Stage>();
    let words = move || app.words();
    view! {
        <button class="tool" title=move || words().zoom_out aria-label=move || words().zoom_out on:click=move |_| stage.zoom(0.8)>
            <Glyph icon=Icon::Minus />
        </button>
        <span class="numbers zoom" data-testid="zoom">{move || percent(stage.view.get().scale)}</span>
        <button class="tool" title=move || words().zoom_in aria-label=move || words().zoom_in on:click=move |_| stage.zoom(1.25)>
            <Glyph icon=Icon::Plus />
        </button>
        <button class="tool" title=move || words().fit aria-label=move || words().fit data-testid="fit" on:click=move |_| stage.fit()>
            <Glyph icon=Icon::Fit />
        </button>
        <button
            class="tool"
            title=move || words().hide_overlay
            aria-label=move || words().hide_overlay
            aria-pressed=move || app.hidden.get().to_string()
            data-testid="hide-overlay"
            on:pointerdown=move |_| app.hidden.set(true)
            on:pointerup=move |_| app.hidden.set(false)
            on:pointerleave=move |_| app.hidden.set(false)
            on:blur=move |_| app.hidden.set(false)
        >
            <Glyph icon=Icon::Eye />
        </button>
    }
}
