//! The studio's help sheet: what to do, and all keys.

use leptos::prelude::*;

use super::super::icons::{Glyph, Icon};
use super::super::{OpenPanel, Panel, focus_when_shown};
use crate::state::App;
use crate::state::studio::pure::shortcuts::Tool;

/// The sheet.
#[component]
pub fn StudioHelp() -> impl IntoView {
    let app = expect_context::<App>();
    let panel = expect_context::<OpenPanel>();
    let place = NodeRef::new();
    focus_when_shown(place);
    let words = move || &app.words().studio;
    let rows = move || {
        let (words, keys) = (words(), &words().keys);
        let tools = Tool::ALL.map(|tool| (tool.key().to_string(), (words.tool)(tool)));
        let others = [
            ("[ ]", keys.size),
            (keys.size_wheel_key, keys.size_wheel),
            ("1 … 9", keys.class),
            ("Ctrl Z, ⌘ Z", words.undo),
            ("Ctrl Shift Z, ⌘ Shift Z", words.redo),
            (app.words().keys.wheel, app.words().keys.zoom),
            ("0", app.words().keys.fit),
            (keys.space, app.words().keys.pan),
            (", .", keys.slice),
            ("← →", keys.image),
            ("A", words.accept_hint),
            ("H", app.words().keys.hide),
            ("T", words.tune_start),
            ("Enter", keys.finish),
            ("Delete", keys.delete),
            ("Esc", keys.cancel),
            ("?", app.words().keys.help),
        ];
        tools.into_iter().chain(others.map(|(key, effect)| (key.to_owned(), effect))).collect::<Vec<_>>()
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
                <p>{move || words().keys.intro}</p>
                <h3 class="label">{move || app.words().keys.heading}</h3>
                <dl class="facts">
                    {move || {
                        rows()
                            .into_iter()
                            .map(|(key, effect)| view! { <dt><kbd>{key}</kbd></dt><dd>{effect}</dd> })
                            .collect_view()
                    }}
                </dl>
                <p class="quiet">{move || app.words().privacy}" "{move || app.words().not_medical}</p>
            </section>
        </Show>
    }
}
