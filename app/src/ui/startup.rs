//! Over the picture: how far the start has come, or why it cannot go on. Where all is well, the result in
//! one line, for narrow screens and for screen readers.

use leptos::prelude::*;

use crate::locales::{class_name, megabytes, percent, seconds};
use crate::state::{App, Phase, Shown};
use crate::worker::messages::Finding;

/// A screen reader is told at most this often, in milliseconds.
const SPEAK_EVERY: f64 = 5000.0;

/// The status line.
#[component]
pub fn StartUp(
    /// Says nothing where all is well; another part of the page speaks then.
    #[prop(optional)]
    quiet: bool,
) -> impl IntoView {
    let app = expect_context::<App>();
    let ready = move || quiet && app.phase.get() == Phase::Ready;
    let spoken = throttled(move || if ready() { String::new() } else { status_text(app) });

    view! {
        <div class="status" data-testid="status" data-phase=move || phase_id(&app.phase.get())>
            {move || match app.phase.get() {
                Phase::Starting => view! { <Progress text=app.words().starting share=None detail=String::new() /> }.into_any(),
                Phase::Downloading { received, total } => {
                    let share = total.map(|total| received as f64 / total.max(1) as f64);
                    let received = megabytes(received);
                    let detail = match total {
                        Some(total) => (app.words().of_total)(&received, &megabytes(total)),
                        None => received,
                    };
                    view! { <Progress text=app.words().downloading share detail /> }.into_any()
                }
                Phase::PreparingGpu => {
                    view! { <Progress text=app.words().preparing_gpu share=None detail=String::new() /> }.into_any()
                }
                Phase::Ready if quiet => ().into_any(),
                Phase::Ready => view! { <span class="status-line">{move || status_text(app)}</span> }.into_any(),
                Phase::Failed(reason) => view! { <Failure text=(app.words().load_failed)(&reason) /> }.into_any(),
                Phase::Stopped => view! { <Failure text=app.words().stopped.to_owned() /> }.into_any(),
            }}
        </div>
        <div class="unseen" role="status" aria-live="polite">{move || spoken.get()}</div>
    }
}

/// A line with a bar; without a share the bar only moves.
#[component]
fn Progress(
    /// What is going on.
    text: &'static str,
    /// How much of it is done, in [0, 1].
    share: Option<f64>,
    /// In numbers.
    detail: String,
) -> impl IntoView {
    let percent = share.map(|share| format!("{:.0}", share.clamp(0.0, 1.0) * 100.0));
    let width = percent.clone().map(|percent| format!("width: {percent}%"));
    view! {
        <div class="progress">
            <div class="progress-words">
                <span>{text}</span>
                <span class="numbers">{detail}</span>
            </div>
            <div
                class="bar"
                class:bar-unknown=percent.is_none()
                role="progressbar"
                aria-label=text
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=percent
            >
                <span class="bar-fill" style=width></span>
            </div>
        </div>
    }
}

/// Why it cannot go on, and a button to try again.
#[component]
fn Failure(
    /// The sentence.
    text: String,
) -> impl IntoView {
    let app = expect_context::<App>();
    view! {
        <div class="failure" role="alert">
            <p>{text}</p>
            <button class="button" data-testid="try-again" on:click=move |_| app.try_again()>
                {move || app.words().try_again}
            </button>
        </div>
    }
}

fn phase_id(phase: &Phase) -> &'static str {
    match phase {
        Phase::Starting => "starting",
        Phase::Downloading { .. } => "downloading",
        Phase::PreparingGpu => "preparing-gpu",
        Phase::Ready => "ready",
        Phase::Failed(_) => "failed",
        Phase::Stopped => "stopped",
    }
}

/// The state in one line.
fn status_text(app: App) -> String {
    let words = app.words();
    match app.phase.get() {
        Phase::Starting => words.starting.to_owned(),
        Phase::Downloading { received, total: None } => {
            format!("{} {}", words.downloading, megabytes(received))
        }
        Phase::Downloading { received, total: Some(total) } => {
            format!("{} {}", words.downloading, (words.of_total)(&megabytes(received), &megabytes(total)))
        }
        Phase::PreparingGpu => words.preparing_gpu.to_owned(),
        Phase::Failed(reason) => (words.load_failed)(&reason),
        Phase::Stopped => words.stopped.to_owned(),
        Phase::Ready if app.computing.get() => words.computing.to_owned(),
        Phase::Ready => {
            app.shown.with(|shown| shown.as_ref().map_or(words.ready.to_owned(), |shown| summary(app, shown)))
        }
    }
}

/// What was found, how fast, where.
fn summary(app: App, shown: &Shown) -> String {
    let words = app.words();
    let found = match &shown.outcome.finding {
        Finding::Mask(tallies) => {
            let objects: u32 = tallies.iter().skip(1).map(|tally| tally.objects).sum();
            (words.count)(objects as usize)
        }
        Finding::Boxes(boxes) => {
            let threshold = app.threshold.get();
            (words.count)(boxes.iter().filter(|found| found.score >= threshold).count())
        }
        Finding::Classes(shares) => shares
            .iter()
            .zip(&shown.task.classes)
            .max_by(|a, b| a.0.total_cmp(b.0))
            .map(|(share, class)| {
                (words.best)(&class_name(app.language.get(), class), &percent(f64::from(*share)))
            })
            .unwrap_or_default(),
    };
    let took = (words.took)(&seconds(shown.outcome.seconds), app.device_name(shown.outcome.device));
    format!("{found} · {took}")
}

/// Follows `text`, but changes at most every [`SPEAK_EVERY`]; the last text is never lost.
pub fn throttled(text: impl Fn() -> String + Send + Sync + 'static) -> RwSignal<String> {
    let spoken = RwSignal::new(String::new());
    let last = StoredValue::new(f64::NEG_INFINITY);
    let pending = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |_| {
        let text = text();
        if let Some(old) = pending.get_value() {
            old.clear();
        }
        let wait = (last.get_value() + SPEAK_EVERY - js_sys::Date::now()).max(0.0);
        let speak = move || {
            last.set_value(js_sys::Date::now());
            pending.set_value(None);
            spoken.set(text);
        };
        let timer = set_timeout_with_handle(speak, std::time::Duration::from_millis(wait as u64));
        pending.set_value(timer.ok());
    });
    spoken
}
