//! What the studio says of itself: the project's name, where it is kept, what is going on.

use std::time::Duration;

use leptos::prelude::*;

use super::super::icons::{Glyph, Icon};
use super::super::startup::{StartUp, throttled};
use super::add::FirstSteps;
use super::field::NameField;
use super::tune;
use crate::locales::StudioWords;
use crate::state::App;
use crate::state::studio::{Studio, Work};
use crate::worker::messages::StorageState;

/// The project's name, in the top line.
#[component]
pub fn ProjectName() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let name = move || studio.project.with(|project| project.as_ref().map(|project| project.name.clone()));
    view! {
        <span class="project-name">
            <Glyph icon=Icon::Folder />
            <NameField
                label=Signal::derive(move || app.words().studio.project.to_owned())
                value=Signal::derive(move || name().unwrap_or_default())
                change=move |name| studio.rename_project(&name)
                test_id="project-name"
            />
        </span>
    }
}

/// Whether everything is stored.
#[component]
pub fn SavedState() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let text = move || storage_words(&app.words().studio, &studio.storage.get());
    let id = move || match studio.storage.get() {
        StorageState::Opening => "opening",
        StorageState::Saved => "saved",
        StorageState::Saving => "saving",
        StorageState::Refused => "refused",
        StorageState::Elsewhere => "elsewhere",
        StorageState::Full => "full",
    };
    let sign = move || match studio.storage.get() {
        StorageState::Saved => "✓",
        StorageState::Opening | StorageState::Saving => "…",
        StorageState::Refused | StorageState::Elsewhere | StorageState::Full => "!",
    };
    view! {
        <span class="saved quiet" data-testid="storage" data-state=id title=text>
            <span aria-hidden="true">{sign}</span>
            <span class="saved-words">{text}</span>
        </span>
    }
}

/// Where the project is kept, in a word or two.
pub fn storage_words(words: &StudioWords, state: &StorageState) -> &'static str {
    match state {
        StorageState::Opening => words.opening,
        StorageState::Saved => words.saved,
        StorageState::Saving => words.saving,
        StorageState::Refused | StorageState::Elsewhere | StorageState::Full => words.not_saved,
    }
}

/// Over the picture: the start, images on their way, or what to do in an empty project.
#[component]
pub fn Status() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio;
    let empty = move || {
        studio.project.with(|project| project.as_ref().is_some_and(|project| project.entries.is_empty()))
            && studio.arriving.get().is_none()
    };
    view! {
        <Show when=empty>
            <FirstSteps />
        </Show>
        <Show when=move || studio.project.with(Option::is_none)>
            <p class="empty quiet">{move || words().opening}</p>
        </Show>
        {move || studio.arriving.get().map(|(done, all)| {
            let share = done as f64 / all.max(1) as f64 * 100.0;
            view! {
                <div class="arriving progress" data-testid="arriving">
                    <div class="progress-words">
                        <span>{words().adding}</span>
                        <span class="numbers">{format!("{done} / {all}")}</span>
                    </div>
                    <div class="bar"><span class="bar-fill" style=format!("width: {share:.0}%")></span></div>
                </div>
            }
        })}
        <StartUp quiet=true />
    }
}

/// What goes on, for screen readers: politely, and not too often.
#[component]
pub fn LiveRegion() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let spoken = throttled(move || spoken(app, studio));
    // The region is empty again after a while, so that it is not read a second time by accident.
    Effect::new(move |_| {
        let text = spoken.get();
        let clear = move || {
            if spoken.try_get_untracked().is_some_and(|now| now == text) {
                spoken.try_set(String::new());
            }
        };
        set_timeout(clear, Duration::from_secs(20));
    });
    view! { <div class="unseen" role="status" aria-live="polite" data-testid="live">{move || spoken.get()}</div> }
}

fn spoken(app: App, studio: Studio) -> String {
    let words = &app.words().studio;
    if let Some((done, all)) = studio.arriving.get() {
        return format!("{} {done} / {all}", words.adding);
    }
    if let Some(line) = tune::in_a_line(app, studio) {
        return line;
    }
    studio.work().map(|work| work_words(app, work).to_owned()).unwrap_or_default()
}

/// What is going on.
pub fn work_words(app: App, work: Work) -> &'static str {
    let words = &app.words().studio;
    match work {
        Work::Predicting | Work::PredictingAll | Work::Comparing => words.predicting,
        Work::Searching => words.searching,
        Work::Measuring => words.measuring,
        Work::Exporting => words.exporting,
    }
}
