//! The model before the last tuning and the tuned one side by side: a line over the picture that can be moved.

use leptos::prelude::*;

use super::super::icons::{Glyph, Icon};
use crate::state::App;
use crate::state::studio::Studio;

/// The line, with what is left and right of it.
#[component]
pub fn Divider() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio;
    let tuned_before = move || studio.task_card().is_some_and(|task| task.tuned_before);
    let share = move || studio.divider.get() * 100.0;
    view! {
        <Show when=move || studio.comparing.get()>
            <div class="divider" style=move || format!("left: {:.2}%", share()) aria-hidden="true">
                <span class="divider-left">{move || if tuned_before() { words().previous } else { words().base }}</span>
                <span class="divider-right">{move || words().tuned}</span>
            </div>
            <input
                type="range"
                class="divider-slider"
                min="0"
                max="100"
                step="0.5"
                aria-label=move || words().divider
                data-testid="divider"
                prop:value=move || share().to_string()
                on:input:target=move |event| {
                    if let Ok(value) = event.target().value().parse::<f64>() {
                        studio.divider.set(value / 100.0);
                    }
                }
            />
            <HeldOut />
        </Show>
    }
}

/// From one held-out image to the next: what learning was worth shows on images that the model has not learnt.
#[component]
fn HeldOut() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio;
    let images = Memo::new(move |_| studio.held_out());
    let place = move || {
        let place = images.with(|images| images.iter().position(|entry| Some(*entry) == studio.entry.get()));
        let place = place.map_or_else(|| "–".to_owned(), |place| (place + 1).to_string());
        format!("{} {place} / {}", words().held_out_images, images.with(Vec::len))
    };
    view! {
        <Show when=move || images.with(|images| !images.is_empty())>
            <div class="compare-images" role="group" aria-label=move || words().held_out_images>
                <button
                    class="tool"
                    title=move || words().held_out_back
                    aria-label=move || words().held_out_back
                    data-testid="compare-back"
                    on:click=move |_| studio.compare_held_out(-1)
                >
                    <Glyph icon=Icon::Back />
                </button>
                <span class="numbers" data-testid="compare-place">{place}</span>
                <button
                    class="tool"
                    title=move || words().held_out_on
                    aria-label=move || words().held_out_on
                    data-testid="compare-on"
                    on:click=move |_| studio.compare_held_out(1)
                >
                    <Glyph icon=Icon::On />
                </button>
            </div>
        </Show>
    }
}
