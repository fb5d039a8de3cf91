//! Base and tuned model side by side: a line over the picture that can be moved.

use leptos::prelude::*;

use crate::state::App;
use crate::state::studio::Studio;

/// The line, with what is left and right of it.
#[component]
pub fn Divider() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio;
    let share = move || studio.divider.get() * 100.0;
    view! {
        <Show when=move || studio.comparing.get()>
            <div class="divider" style=move || format!("left: {:.2}%", share()) aria-hidden="true">
                <span class="divider-left">{move || words().base}</span>
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
        </Show>
    }
}
