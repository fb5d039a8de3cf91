//! The runs, the newest first.

use leptos::prelude::*;

use crate::locales::count;
use crate::state::App;
use crate::state::runs::{Condition, Runs, Summary};

/// The list of the runs.
#[component]
pub fn RunList() -> impl IntoView {
    let app = expect_context::<App>();
    let runs = expect_context::<Runs>();
    let names = Memo::new(move |_| {
        runs.listed().unwrap_or_default().into_iter().map(|run| run.name).collect::<Vec<_>>()
    });
    view! {
        <h2 class="label">{move || app.words().runs.runs}</h2>
        <ul class="rows" data-testid="runs">
            <For each=move || names.get() key=Clone::clone let:name>
                <Row name />
            </For>
        </ul>
    }
}

#[component]
fn Row(name: String) -> impl IntoView {
    let app = expect_context::<App>();
    let runs = expect_context::<Runs>();
    let listed = {
        let name = name.clone();
        Memo::new(move |_| {
            // What is followed is newer than the list.
            let told = runs.of_chosen(|told| Some(told.summary.clone()));
            let listed = || runs.listed()?.into_iter().find(|run| run.name == name);
            told.filter(|told| told.name == name).or_else(listed)
        })
    };
    let chosen = {
        let name = name.clone();
        move || runs.chosen.with(|chosen| chosen.as_ref() == Some(&name))
    };
    let current = chosen.clone();
    let address = format!("#{}", js_sys::encode_uri_component(&name));
    view! {
        <li>
            <a
                class="card run"
                class:chosen=chosen
                href=address
                aria-current=move || current().then_some("true")
            >
                <span class="run-name">{name}</span>
                {move || listed.get().map(|run| facts(app, &run))}
            </a>
        </li>
    }
}

fn facts(app: App, run: &Summary) -> impl IntoView + use<> {
    let words = &app.words().runs;
    let updates = (run.updates > 0).then(|| count(run.updates));
    let made = (words.updates)(&count(run.update), updates.as_deref());
    let bar = (run.updates > 0).then(|| view! { <Bar made=run.update updates=run.updates /> });
    view! {
        <span class="run-facts">
            <Lamp condition=run.state />
            <span class="grow">{(words.condition)(run.state)}</span>
            <span class="numbers">{made}</span>
        </span>
        {bar}
    }
}

/// How much of a run is done; the numbers beside it say the same.
#[component]
pub fn Bar(
    /// Updates made.
    made: u64,
    /// Of how many.
    updates: u64,
) -> impl IntoView {
    let width = format!("width: {:.1}%", 100.0 * made as f64 / updates as f64);
    view! { <span class="bar" aria-hidden="true"><span class="bar-fill" style=width></span></span> }
}

/// The lamp beside a run's condition: lit while it runs, full when it ended, half when it was interrupted.
#[component]
pub fn Lamp(
    /// How the run stands.
    condition: Condition,
) -> impl IntoView {
    let class = match condition {
        Condition::Running => "lamp lamp-on",
        Condition::Ended => "lamp lamp-ended",
        Condition::Interrupted => "lamp lamp-interrupted",
    };
    view! { <span class=class aria-hidden="true"></span> }
}
