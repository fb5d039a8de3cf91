//! What a task has learnt so far.

use js_sys::Date;
use leptos::prelude::*;

use super::score::{measure_name, two_digits};
use crate::state::App;
use crate::state::studio::Studio;
use crate::worker::messages::PastTuning;

/// A line per fine-tuning, newest first; nothing before the second one.
#[component]
pub fn History() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio;
    let past = Memo::new(move |_| studio.task_card().map(|task| task.history).unwrap_or_default());
    let lines = move || {
        past.with(|past| {
            past.iter().rev().map(|tuning| view! { <li>{line(app, tuning)}</li> }).collect_view()
        })
    };
    view! {
        <Show when=move || past.with(|past| past.len() > 1)>
            <details class="history quiet" data-testid="history">
                <summary>{move || (words().history)(past.with(Vec::len))}</summary>
                <ol>{lines}</ol>
            </details>
        </Show>
    }
}

/// `14:32 · Quick · 4 images · 120 steps · Dice 0.61`.
fn line(app: App, tuning: &PastTuning) -> String {
    let words = &app.words().studio;
    let began = Date::new(&(tuning.started as f64 * 1000.0).into());
    let time = String::from(began.to_locale_string(app.language.get().tag(), &js_sys::Object::new()));
    let mode = tuning.mode.map_or(words.import_model, words.mode);
    let mut parts = vec![time, mode.to_owned()];
    if tuning.steps > 0 {
        parts.push((words.images)(tuning.images as usize));
        parts.push((words.steps_made)(tuning.steps));
    }
    let score = tuning.score.as_ref();
    parts.extend(
        score.map(|score| format!("{} {}", measure_name(app, score.measure), two_digits(score.value))),
    );
    parts.join(" · ")
}
