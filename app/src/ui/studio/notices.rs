//! Sentences under the top line: what went wrong, and what is worth knowing about storage.

use leptos::prelude::*;

use super::super::icons::{Glyph, Icon};
use super::super::notice::refused;
use crate::state::studio::{Studio, StudioNotice};
use crate::state::{App, fitting_size};
use crate::worker::messages::{Export, Failure, Refusal, StorageState};

/// The storage's state where it is bad, and everything else until it is closed.
#[component]
pub fn StudioNotices() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio;
    let storage = move || match studio.storage.get() {
        StorageState::Refused => Some(words().storage_refused),
        StorageState::Elsewhere => Some(words().storage_elsewhere),
        StorageState::Full => Some(words().storage_full),
        StorageState::Opening | StorageState::Saved | StorageState::Saving => None,
    };
    let body = move || {
        let notices = studio.notices.get();
        (!notices.is_empty()).then(|| {
            let mut lines = notices.iter().map(|notice| line(app, studio, notice));
            let first = lines.next();
            let rest: Vec<_> = lines.collect();
            let more = (!rest.is_empty()).then(|| {
                view! {
                    <details>
                        <summary>{(words().more_notices)(rest.len())}</summary>
                        <ul>{rest.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
                    </details>
                }
            });
            let good = notices.iter().all(StudioNotice::is_good);
            view! {
                <div class="notice" class:notice-calm=good data-testid="studio-notice">
                    <div class="grow">{first}{more}</div>
                    <button class="tool" aria-label=app.words().close title=app.words().close on:click=move |_| studio.unsay()>
                        <Glyph icon=Icon::Close />
                    </button>
                </div>
            }
        })
    };
    view! {
        <div class="notices" role="alert">
            {move || storage().map(|line| view! {
                <div class="notice" data-testid="storage-notice">
                    <span class="grow">{line}</span>
                    <button class="button button-small" on:click=move |_| studio.export(Export::Project)>
                        {(words().export_name)(Export::Project)}
                    </button>
                </div>
            })}
            {body}
        </div>
    }
}

/// What there is to say, and a way on for an image that is too large.
fn line(app: App, studio: Studio, notice: &StudioNotice) -> impl IntoView + use<> {
    let smaller = match notice {
        StudioNotice::NotAdded { reason: Refusal::TooLarge { width, height }, file: Some(file), .. }
            if is_read_by_browsers(&file.name()) =>
        {
            let (width, height) = fitting_size(*width, *height);
            let file = StoredValue::new_local(file.clone());
            Some(view! {
                <button
                    class="button button-small"
                    data-testid="add-scaled"
                    on:click=move |_| studio.add_scaled(file.get_value(), width, height)
                >
                    {(app.words().refused.scale_to)(width, height)}
                </button>
            })
        }
        _ => None,
    };
    view! { <span>{sentence(app, notice)}</span>{smaller} }
}

/// Whether the browser itself can make a picture of this kind smaller.
fn is_read_by_browsers(name: &str) -> bool {
    let name = name.to_lowercase();
    [".png", ".jpg", ".jpeg", ".bmp", ".webp"].iter().any(|ending| name.ends_with(ending))
}

fn sentence(app: App, notice: &StudioNotice) -> String {
    let words = app.words();
    match notice {
        StudioNotice::NotAdded { name, reason, .. } => refused(words, name, reason),
        StudioNotice::Unreadable { name } => (words.refused.unreadable)(name),
        // These say what happened by themselves: nothing that was wished failed.
        StudioNotice::Failed(failure @ (Failure::EndedEarly(_) | Failure::LabelsSpoilt(_))) => {
            (words.studio.failure)(failure)
        }
        StudioNotice::Failed(failure) => (words.studio.wish_failed)(&(words.studio.failure)(failure)),
        StudioNotice::ProjectFailed(reason) => (words.studio.project_failed)(reason),
        StudioNotice::LabelsImported { name, entries } => (words.studio.labels_imported)(name, *entries),
        StudioNotice::Recovered => words.studio.recovered.to_owned(),
        StudioNotice::NothingToSuggest => words.studio.nothing_to_suggest.to_owned(),
    }
}
