//! What the model says of the image on the screen, and what can be done with it.

use leptos::prelude::*;

use super::super::OpenPanel;
use super::super::Panel;
use super::super::icons::{Glyph, Icon};
use super::super::legend::swatch;
use super::super::result::{OpacitySlider, ScoreSlider};
use super::state::work_words;
use crate::locales::percent;
use crate::state::studio::{Studio, Work};
use crate::state::{App, Ink};
use crate::worker::messages::{StudioPrediction, TaskKind};

/// Numbers, layers, buttons.
#[component]
pub fn StudioResult() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let panel = expect_context::<OpenPanel>();
    let words = move || &app.words().studio;
    let some = move || studio.open.with(Option::is_some);
    let loaded = move || app.model.with(Option::is_some);
    let predicting = move || studio.is_at(Work::PredictingAll);
    let guessed = move || studio.prediction.with(Option::is_some);
    let working = move || studio.work().map(|work| work_words(app, work));
    // With the model before in use there is nothing to compare it with.
    let comparable = move || studio.task_card().is_some_and(|task| task.tuned && !task.uses_base);
    let boxes = move || studio.kind() == Some(TaskKind::Detection);
    let masks = move || studio.kind() == Some(TaskKind::Segmentation);

    view! {
        <section class="block" aria-labelledby="studio-result-label" data-testid="studio-result" aria-busy=move || working().is_some().to_string()>
            <div class="label-row">
                <h2 class="label grow" id="studio-result-label">{move || app.words().result}</h2>
                <span class="quiet numbers" data-testid="work">{working}</span>
            </div>
            <Found />
            <Show when=some>
                <LabelState />
            </Show>
            <div class="actions">
                <button class="button button-small" data-testid="accept" disabled=move || !guessed() title=move || format!("{} (A)", words().accept_hint) on:click=move |_| studio.accept()>
                    {move || words().accept}
                </button>
                <button class="button button-small" data-testid="predict" disabled=move || !(some() && loaded()) on:click=move |_| studio.predict()>
                    {move || words().predict}
                </button>
                <button class="button button-small" data-testid="predict-all" disabled=move || !(some() && loaded()) on:click=move |_| studio.predict_all()>
                    {move || if predicting() { words().stop } else { words().predict_all }}
                </button>
                <button class="button button-small" data-testid="suggest" disabled=move || !(some() && loaded()) title=move || words().suggest_hint on:click=move |_| studio.suggest()>
                    {move || words().suggest}
                </button>
            </div>
            <div class="toggles">
                <Toggle label=Signal::derive(move || words().labels) state=studio.show_labels test_id="show-labels" />
                <Toggle label=Signal::derive(move || words().prediction) state=studio.show_prediction test_id="show-prediction" />
                <Show when=masks>
                    <button
                        class="toggle"
                        aria-pressed=move || studio.show_heat.get().to_string()
                        disabled=move || !guessed()
                        data-testid="show-uncertainty"
                        on:click=move |_| studio.toggle_heat()
                    >
                        {move || words().uncertainty}
                    </button>
                </Show>
                <Show when=move || comparable() && masks()>
                    <button
                        class="toggle"
                        aria-pressed=move || studio.comparing.get().to_string()
                        data-testid="compare"
                        on:click=move |_| studio.toggle_comparing()
                    >
                        {move || words().compare}
                    </button>
                </Show>
            </div>
            <Show when=boxes>
                <ScoreSlider />
            </Show>
            <OpacitySlider />
            <div class="actions">
                <button
                    class="button button-small"
                    data-testid="open-table"
                    aria-expanded=move || panel.is(Panel::Table).to_string()
                    on:click=move |_| {
                        panel.toggle(Panel::Table);
                        if studio.rows.with_untracked(Option::is_none) {
                            studio.measure();
                        }
                    }
                >
                    <Glyph icon=Icon::Table />
                    {move || words().table}
                </button>
                <button
                    class="button button-small"
                    data-testid="open-export"
                    aria-expanded=move || panel.is(Panel::Export).to_string()
                    on:click=move |_| panel.toggle(Panel::Export)
                >
                    <Glyph icon=Icon::Download />
                    {move || words().export}
                </button>
            </div>
        </section>
    }
}

/// A button that is pressed or not.
#[component]
fn Toggle(label: Signal<&'static str>, state: RwSignal<bool>, test_id: &'static str) -> impl IntoView {
    view! {
        <button
            class="toggle"
            aria-pressed=move || state.get().to_string()
            data-testid=test_id
            on:click=move |_| state.update(|state| *state = !*state)
        >
            {label}
        </button>
    }
}

/// Whether the image is completely labelled, and a way to begin again.
#[component]
fn LabelState() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio;
    let state = Memo::new(move |_| {
        let task = studio.task.get();
        let card = studio.chosen_card()?;
        card.tasks.into_iter().find(|state| Some(state.task) == task)
    });
    let complete = move || state.with(|state| state.as_ref().is_some_and(|state| state.complete));
    let labelled = move || state.with(|state| state.as_ref().is_some_and(|state| state.labelled));
    view! {
        <div class="label-state">
            <Show when=move || studio.kind() != Some(TaskKind::Classification)>
                <label class="check" title=move || words().complete_hint>
                    <input
                        type="checkbox"
                        prop:checked=complete
                        data-testid="complete"
                        on:change:target=move |event| {
                            let wanted = event.target().checked();
                            // It changes with the project, which may refuse.
                            event.target().set_checked(untrack(complete));
                            studio.complete_meant(wanted);
                        }
                    />
                    <span>{move || words().complete}</span>
                </label>
            </Show>
            <span class="grow"></span>
            <button class="link" disabled=move || !labelled() data-testid="clear-labels" on:click=move |_| studio.clear()>
                {move || words().clear}
            </button>
        </div>
    }
}

/// The prediction in numbers.
#[component]
fn Found() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || app.words();
    let line = |ink: Ink, name: String, share: Option<String>, count: String| {
        view! {
            <li>
                <span class=swatch(ink.hatch) style=format!("--ink: {}", ink.css()) aria-hidden="true"></span>
                <span class="grow">{name}</span>
                <span class="numbers quiet">{share}</span>
                <span class="numbers count">{count}</span>
            </li>
        }
    };
    let body = move || {
        let classes = studio.task_card().map(|task| task.classes).unwrap_or_default();
        let ink = |colour: u8| Ink::of(usize::from(colour));
        let area = studio.open.with(|open| open.as_ref().map_or(1, |(view, _)| view.width * view.height));
        let rows: Vec<_> = match studio.prediction.get()? {
            StudioPrediction::Mask { objects, pixels } => classes
                .iter()
                .zip(objects.iter().zip(&pixels))
                .map(|(class, (objects, pixels))| {
                    let share = percent(*pixels as f64 / f64::from(area.max(1)));
                    line(ink(class.colour), class.name.clone(), Some(share), objects.to_string())
                })
                .collect(),
            StudioPrediction::Boxes(boxes) => {
                let threshold = app.threshold.get();
                let count = |id: u8| {
                    boxes.iter().filter(|b| b.class == usize::from(id) && b.score >= threshold).count()
                };
                classes
                    .iter()
                    .map(|class| {
                        line(ink(class.colour), class.name.clone(), None, count(class.id).to_string())
                    })
                    .collect()
            }
            StudioPrediction::Classes(shares) => classes
                .iter()
                .zip(&shares)
                .map(|(class, share)| {
                    line(ink(class.colour), class.name.clone(), None, percent(f64::from(*share)))
                })
                .collect(),
        };
        Some(view! { <ul class="legend" data-testid="studio-legend">{rows}</ul> })
    };
    view! {
        {move || match body() {
            Some(body) => body.into_any(),
            None => view! { <p class="quiet">{words().studio.no_prediction}</p> }.into_any(),
        }}
    }
}
