//! The tools, over the canvas's left edge, with the brush's size and undo.

use leptos::prelude::*;

use super::super::icons::{Glyph, Icon};
use super::keys::take;
use super::pointer::Hand;
use crate::locales::three_digits;
use crate::state::App;
use crate::state::studio::Studio;
use crate::state::studio::pure::shortcuts::Tool;

/// A button per tool that the task can use.
#[component]
pub fn Tools() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio;
    let paints = move || matches!(studio.tool.get(), Tool::Brush | Tool::Eraser);
    view! {
        <div class="tools" role="toolbar" aria-orientation="vertical" aria-label=move || words().tools>
            {Tool::ALL.into_iter().map(|tool| view! { <ToolButton tool /> }).collect_view()}
            <span class="tools-line" aria-hidden="true"></span>
            <button
                class="tool"
                title=move || format!("{} (Ctrl/⌘ Z)", words().undo)
                aria-label=move || words().undo
                disabled=move || !studio.can_undo.get()
                data-testid="undo"
                on:click=move |_| studio.undo()
            >
                <Glyph icon=Icon::Undo />
            </button>
            <button
                class="tool"
                title=move || format!("{} (Ctrl/⌘ Shift Z)", words().redo)
                aria-label=move || words().redo
                disabled=move || !studio.can_redo.get()
                data-testid="redo"
                on:click=move |_| studio.redo()
            >
                <Glyph icon=Icon::Redo />
            </button>
        </div>
        <Show when=paints>
            <label class="brush-size">
                <span class="quiet">{move || words().brush_size}</span>
                <input
                    type="range"
                    min="0"
                    max="100"
                    step="1"
                    data-testid="brush-size"
                    prop:value=move || to_slider(studio.radius.get()).to_string()
                    aria-valuetext=move || (words().pixels)(&three_digits(studio.radius.get() * 2.0))
                    on:input:target=move |event| {
                        if let Ok(value) = event.target().value().parse::<f64>() {
                            studio.radius.set(from_slider(value));
                        }
                    }
                />
                <output class="numbers">{move || (words().pixels)(&format!("{:.0}", studio.radius.get() * 2.0))}</output>
            </label>
        </Show>
    }
}

/// Small brushes are chosen finely, large ones coarsely.
fn to_slider(radius: f64) -> f64 {
    ((radius / 0.5).ln() / (128.0_f64 / 0.5).ln() * 100.0).round()
}

fn from_slider(value: f64) -> f64 {
    let radius = 0.5 * (128.0_f64 / 0.5).powf(value / 100.0);
    (radius * 2.0).round() / 2.0
}

#[component]
fn ToolButton(tool: Tool) -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let hand = expect_context::<Hand>();
    let name = move || (app.words().studio.tool)(tool);
    let icon = match tool {
        Tool::Move => Icon::Move,
        Tool::Brush => Icon::Brush,
        Tool::Eraser => Icon::Eraser,
        Tool::Polygon => Icon::Polygon,
        Tool::Fill => Icon::Fill,
        Tool::Box => Icon::Box,
        Tool::Smart => Icon::Smart,
    };
    view! {
        <Show when=move || studio.offers(tool)>
            <button
                class="tool"
                title=move || format!("{} ({})", name(), tool.key())
                aria-label=name
                aria-keyshortcuts=tool.key().to_string()
                aria-pressed=move || (studio.tool.get() == tool).to_string()
                data-tool=tool.id()
                on:click=move |_| take(studio, hand, tool)
            >
                <Glyph icon />
            </button>
        </Show>
    }
}
