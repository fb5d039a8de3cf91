//! The line under the picture: zoom, slice, window and level, layers.

use leptos::prelude::*;

use super::super::icons::{Glyph, Icon};
use super::super::toolbar::ZoomButtons;
use crate::locales::three_digits;
use crate::state::App;
use crate::state::studio::Studio;

/// Everything about how the image is seen.
#[component]
pub fn Navigate() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio;
    let slices = Memo::new(move |_| studio.chosen_card().map_or(1, |card| card.slices));
    let windowing = RwSignal::new(false);
    view! {
        <div class="under">
            <Show when=move || windowing.get() && studio.open.with(Option::is_some)>
                <Window />
            </Show>
            <div class="toolbar toolbar-studio" role="toolbar" aria-label=move || app.words().picture>
                <Show when=move || slices.get() != 1>
                    <label class="slice">
                        <span class="unseen">{move || words().slice}</span>
                        <input
                            type="range"
                            min="0"
                            max=move || slices.get() - 1
                            data-testid="slice"
                            prop:value=move || studio.slice.get().to_string()
                            aria-valuetext=move || format!("{} / {}", studio.slice.get() + 1, slices.get())
                            on:input:target=move |event| {
                                if let Ok(slice) = event.target().value().parse() {
                                    studio.go_to_slice(slice);
                                }
                            }
                        />
                        <output class="numbers">{move || format!("{}/{}", studio.slice.get() + 1, slices.get())}</output>
                    </label>
                </Show>
                <ZoomButtons />
                <button
                    class="tool"
                    title=move || words().window
                    aria-label=move || words().window
                    aria-expanded=move || windowing.get().to_string()
                    data-testid="window"
                    on:click=move |_| windowing.update(|open| *open = !*open)
                >
                    <Glyph icon=Icon::Theme />
                </button>
            </div>
        </div>
    }
}

/// Which values are black and white. Applied when a slider is released, so that the Worker makes the picture once.
#[component]
fn Window() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio;
    let range = move || studio.open.with(|open| open.as_ref().map_or((0.0, 1.0), |(view, _)| view.range));
    let window = move || studio.open.with(|open| open.as_ref().map_or((0.0, 1.0), |(view, _)| view.window));
    let step = move || f64::from(range().1 - range().0) / 200.0;
    let level = move || window().0.midpoint(window().1);
    let width = move || window().1 - window().0;
    let set = move |level: f32, width: f32| studio.set_window(level - width / 2.0, level + width / 2.0);
    view! {
        <div class="windowing" data-testid="windowing">
            <label class="slider">
                <span>{move || words().level}</span>
                <output class="numbers">{move || three_digits(f64::from(level()))}</output>
                <input
                    type="range"
                    min=move || range().0.to_string()
                    max=move || range().1.to_string()
                    step=move || step().to_string()
                    prop:value=move || level().to_string()
                    on:change:target=move |event| {
                        if let Ok(level) = event.target().value().parse() {
                            set(level, untrack(width));
                        }
                    }
                />
            </label>
            <label class="slider">
                <span>{move || words().width}</span>
                <output class="numbers">{move || three_digits(f64::from(width()))}</output>
                <input
                    type="range"
                    min=move || step().to_string()
                    max=move || (range().1 - range().0).to_string()
                    step=move || step().to_string()
                    prop:value=move || width().to_string()
                    on:change:target=move |event| {
                        if let Ok(width) = event.target().value().parse() {
                            set(untrack(level), width);
                        }
                    }
                />
            </label>
        </div>
    }
}
