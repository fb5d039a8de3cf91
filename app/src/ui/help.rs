//! The help panel: a few words and the keys.

use leptos::prelude::*;

use super::icons::{Glyph, Icon};
use super::{OpenPanel, Panel, focus_when_shown};
use crate::state::App;

/// Help, beside the picture, not over it.
#[component]
pub fn HelpPanel() -> impl IntoView {
    let app = expect_context::<App>();
    let panel = expect_context::<OpenPanel>();
    let place = NodeRef::new();
    focus_when_shown(place);
    let rows = move || {
        let keys = &app.words().keys;
        [
            (keys.wheel, keys.zoom),
            (keys.drag, keys.pan),
            (keys.arrows, keys.pan),
            ("0", keys.fit),
            ("H", keys.hide),
            (keys.paste_key, keys.paste),
            ("?", keys.help),
        ]
    };
    view! {
        <Show when=move || panel.is(Panel::Help)>
            <section class="panel" node_ref=place tabindex="-1" id="help-panel" data-testid="help-panel" aria-label=move || app.words().help>
                <div class="panel-top">
                    <h2>{move || app.words().help}</h2>
                    <button class="tool" aria-label=move || app.words().close on:click=move |_| panel.close()>
                        <Glyph icon=Icon::Close />
                    </button>
                </div>
                <p>{move || app.words().keys.intro}</p>
                <h3 class="label">{move || app.words().keys.heading}</h3>
                <dl class="facts">
                    {move || {
                        rows()
                            .map(|(key, effect)| view! { <dt><kbd>{key}</kbd></dt><dd>{effect}</dd> })
                            .collect_view()
                    }}
                </dl>
                <p class="quiet">{move || app.words().privacy}" "{move || app.words().not_medical}</p>
            </section>
        </Show>
    }
}
