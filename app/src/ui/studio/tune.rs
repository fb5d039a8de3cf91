//! The fine-tune card: mode, what to know before, the curve, the number that matters.

use leptos::html::Section;
use leptos::prelude::*;

use super::curve::Curve;
use super::history::History;
use super::score::{certainty, measure_name, memory, two_digits};
use super::warnings::Warnings;
use crate::state::App;
use crate::state::studio::Studio;
use crate::worker::messages::{TuneMode, TunePlan, TuneProgress, TuneState, TuneWarning};

/// Everything about fine-tuning.
#[component]
pub fn TuneCard() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio;
    let tuning = move || studio.is_tuning();
    let place = NodeRef::<Section>::new();
    let begun = Memo::new(move |_| studio.is_tuning());
    // On a low screen the card may lie below the edge.
    Effect::new(move |_| {
        if let Some(place) = place.get().filter(|_| begun.get()) {
            place.scroll_into_view();
        }
    });
    let tuned = move || studio.task_card().is_some_and(|task| task.tuned);
    let known = move || studio.tuning.with(Option::is_some);
    let labelled = move || {
        let task = studio.task.get();
        studio.project.with(|project| {
            let cards = project.iter().flat_map(|project| &project.entries);
            let done = cards
                .filter(|card| card.tasks.iter().any(|state| Some(state.task) == task && state.labelled));
            done.count()
        })
    };
    let state =
        move || studio.tuning.with(|tuning| tuning.as_ref().map_or("none", |tuning| state_id(&tuning.state)));
    view! {
        <section node_ref=place class="block tune" aria-labelledby="tune-label" data-testid="tune" data-state=state>
            <div class="label-row">
                <h2 class="label grow" id="tune-label">{move || words().tune}</h2>
                <span class="quiet numbers" data-testid="labelled-count">{move || (words().labelled)(labelled())}</span>
            </div>
            <Show when=known>
                <Course />
            </Show>
            <Show when=move || tuned() && !tuning()>
                <InUse />
            </Show>
            <History />
            <Show when=move || !tuning()>
                <Modes />
                <Together />
                <Warnings />
                <Estimate />
                <button
                    class="button button-main"
                    data-testid="tune-start"
                    disabled=move || !studio.can_tune()
                    title="T"
                    on:click=move |_| studio.tune()
                >
                    {move || words().tune_start}
                </button>
            </Show>
        </section>
    }
}

/// How much learns.
#[component]
fn Modes() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio;
    let name = move |mode| (words().mode)(mode);
    view! {
        <div class="modes" role="radiogroup" aria-label=move || words().modes>
            {[TuneMode::Quick, TuneMode::Lora, TuneMode::Full]
                .map(|mode| {
                    view! {
                        <button
                            class="mode"
                            role="radio"
                            aria-checked=move || (studio.mode.get() == mode).to_string()
                            data-mode=mode_id(mode)
                            on:click=move |_| studio.choose_mode(mode)
                        >
                            {move || name(mode)}
                        </button>
                    }
                })
                .collect_view()}
        </div>
        <p class="quiet">{move || (words().mode_hint)(studio.mode.get())}</p>
    }
}

/// Where several tasks have labels: whether they learn together.
#[component]
fn Together() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio;
    let several = Memo::new(move |_| !studio.companions().is_empty());
    view! {
        <Show when=move || several.get()>
            <label class="check" title=move || words().together_hint>
                <input
                    type="checkbox"
                    prop:checked=move || studio.together.get()
                    data-testid="together"
                    on:change:target=move |event| studio.learn_together(event.target().checked())
                />
                <span>{move || words().together}</span>
            </label>
        </Show>
    }
}

fn mode_id(mode: TuneMode) -> &'static str {
    match mode {
        TuneMode::Quick => "quick",
        TuneMode::Lora => "lora",
        TuneMode::Full => "full",
    }
}

/// Time, memory and sizes that were picked.
#[component]
fn Estimate() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let line = move |plan: &TunePlan| {
        let words = &app.words().studio;
        let time = plan.seconds.map(|seconds| (words.about)(&(app.words().runs.duration)(seconds)));
        let sizes = (words.sizes)(plan.training.len(), plan.held_out.len(), plan.side, plan.batch);
        let memory = (words.memory)(&memory(plan.memory));
        time.into_iter().chain([memory, sizes]).collect::<Vec<_>>().join(" · ")
    };
    let possible = move || {
        studio.plan.with(|plan| {
            plan.as_ref().filter(|plan| !plan.warnings.iter().any(TuneWarning::blocks)).map(line)
        })
    };
    view! {
        {move || possible().map(|line| view! { <p class="quiet" data-testid="estimate">{line}</p> })}
    }
}

/// How it goes, or went.
#[component]
fn Course() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio;
    let ongoing = move || studio.is_tuning();
    let paused = move || {
        studio.tuning.with(|tuning| tuning.as_ref().is_some_and(|tuning| tuning.state == TuneState::Paused))
    };
    let share = move || {
        studio.tuning.with(|tuning| {
            tuning.as_ref().map_or(0.0, |tuning| match tuning.state {
                TuneState::Preparing => f64::from(tuning.prepared.0) / f64::from(tuning.prepared.1.max(1)),
                _ => f64::from(tuning.step) / f64::from(tuning.steps.max(1)),
            })
        })
    };
    view! {
        <Number />
        <Curve />
        <p class="quiet numbers" data-testid="tune-line">
            {move || studio.tuning.with(|tuning| tuning.as_ref().map(|tuning| line(app, tuning)))}
        </p>
        <Show when=ongoing>
            <div
                class="bar"
                role="progressbar"
                aria-label=move || words().tune
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=move || format!("{:.0}", share() * 100.0)
            >
                <span class="bar-fill" style=move || format!("width: {:.1}%", share() * 100.0)></span>
            </div>
            <div class="actions">
                <button class="button button-small" data-testid="tune-pause" on:click=move |_| studio.pause_or_resume()>
                    {move || if paused() { words().resume } else { words().pause }}
                </button>
                <button class="button button-small" data-testid="tune-stop" title=move || words().stop_hint on:click=move |_| studio.stop_tuning()>
                    {move || words().stop}
                </button>
                <button class="button button-small" data-testid="tune-cancel" title=move || words().cancel_hint on:click=move |_| studio.cancel_tuning()>
                    {move || words().cancel}
                </button>
            </div>
        </Show>
    }
}

/// The way back to the model before, and to the tuned one again.
#[component]
fn InUse() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio;
    let uses_base = move || studio.task_card().is_some_and(|task| task.uses_base);
    let name = move || match studio.task_card() {
        Some(task) if task.uses_base => words().use_tuned,
        Some(task) if task.tuned_before => words().use_previous,
        _ => words().use_base,
    };
    view! {
        <div class="actions">
            <button
                class="button button-small"
                data-testid="use-base"
                data-base=move || uses_base().to_string()
                on:click=move |_| studio.use_base(!untrack(uses_base))
            >
                {name}
            </button>
        </div>
    }
}

/// "Held-out Dice 0.84, was 0.41".
#[component]
fn Number() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio;
    let number = move || {
        studio.tuning.with(|tuning| {
            let tuning = tuning.as_ref()?;
            let best = tuning.best.clone()?;
            Some((best, tuning.base.clone()))
        })
    };
    view! {
        {move || number().map(|(best, base)| {
            let was = base.map(|base| (words().was)(&two_digits(base.value)));
            view! {
                <div data-testid="score" data-value=two_digits(best.value)>
                    <p class="score-name quiet">{(words().held_out_measure)(measure_name(app, best.measure))}</p>
                    <p class="headline">
                        <span class="headline-number">{two_digits(best.value)}</span>
                        <span class="quiet">{was}</span>
                    </p>
                    <p class="quiet numbers">{certainty(app, &best)}</p>
                </div>
            }
        })}
    }
}

fn state_id(state: &TuneState) -> &'static str {
    match state {
        TuneState::Preparing => "preparing",
        TuneState::Running => "running",
        TuneState::Paused => "paused",
        TuneState::Done => "done",
        TuneState::Cancelled => "cancelled",
        TuneState::Failed(_) => "failed",
    }
}

/// State, steps, time, memory.
fn line(app: App, tuning: &TuneProgress) -> String {
    let words = &app.words().studio;
    let duration = |seconds: f64| (app.words().runs.duration)(seconds);
    let steps = (words.steps)(tuning.step, tuning.steps);
    match &tuning.state {
        TuneState::Preparing => format!("{} {} / {}", words.preparing, tuning.prepared.0, tuning.prepared.1),
        TuneState::Running => {
            let left = tuning.seconds_left.map(|left| (words.left)(&duration(left)));
            let parts = [Some(steps), left, Some(memory(tuning.memory)).filter(|_| tuning.memory > 0)];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
        }
        TuneState::Paused => format!("{} · {steps}", words.paused),
        TuneState::Done => format!("{} · {steps} · {}", words.done, duration(tuning.seconds)),
        TuneState::Cancelled => words.cancelled.to_owned(),
        TuneState::Failed(failure) => (words.failed)(&(words.failure)(failure)),
    }
}

/// The state in a line, for screen readers; none where there is nothing to say.
pub fn in_a_line(app: App, studio: Studio) -> Option<String> {
    studio.tuning.with(|tuning| {
        let tuning = tuning.as_ref()?;
        let score = tuning.best.as_ref().map(|best| {
            let name = (app.words().studio.held_out_measure)(measure_name(app, best.measure));
            format!("{name} {}. ", two_digits(best.value))
        });
        Some(format!("{}{}", score.unwrap_or_default(), line(app, tuning)))
    })
}
