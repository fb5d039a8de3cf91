//! A sentence about something that did not work, until it is closed.

use leptos::prelude::*;

use super::icons::{Glyph, Icon};
use crate::locales::Words;
use crate::state::{App, Notice, Source, fitting_size};
use crate::worker::messages::MAX_PIXELS;
use crate::worker::messages::Refusal;

/// The sentence, with what can be done about it.
#[component]
pub fn NoticeBar() -> impl IntoView {
    let app = expect_context::<App>();
    view! {
        <div class="notices" role="alert">
            {move || {
                app.notice
                    .get()
                    .map(|notice| {
                        let text = sentence(app, &notice);
                        let offer = offer(app, &notice);
                        view! {
                            <div class="notice" data-testid="error">
                                <span class="grow">{text}</span>
                                {offer}
                                <button
                                    class="tool"
                                    aria-label=app.words().close
                                    title=app.words().close
                                    on:click=move |_| app.notice.set(None)
                                >
                                    <Glyph icon=Icon::Close />
                                </button>
                            </div>
                        }
                    })
            }}
        </div>
    }
}

fn sentence(app: App, notice: &Notice) -> String {
    let words = app.words();
    match notice {
        Notice::Refused { name, reason, .. } => refused(words, name, reason),
        Notice::Unreadable { name } => (words.refused.unreadable)(name),
        Notice::NoFile => words.refused.no_file.to_owned(),
        Notice::PredictFailed(reason) => (words.predict_failed)(reason),
        Notice::Restarting => words.restarting.to_owned(),
    }
}

/// Why a file was not opened, and what would work.
pub fn refused(words: &Words, name: &str, reason: &Refusal) -> String {
    match reason {
        Refusal::UnknownFormat => (words.refused.format)(name),
        Refusal::Damaged(_) => (words.refused.damaged)(name),
        Refusal::TooLarge { width, height } => {
            (words.refused.too_large)(name, *width, *height, MAX_PIXELS / 1_000_000)
        }
    }
}

/// For an image that is too large: open it smaller.
fn offer(app: App, notice: &Notice) -> Option<impl IntoView + use<>> {
    let Notice::Refused { source, reason: Refusal::TooLarge { width, height }, .. } = notice else {
        return None;
    };
    let Source::File { file, .. } = source.clone() else { return None };
    let (width, height) = fitting_size(*width, *height);
    let file = StoredValue::new_local(file);
    Some(view! {
        <button class="button" data-testid="open-scaled" on:click=move |_| app.open_scaled(file.get_value(), width, height)>
            {(app.words().refused.scale_to)(width, height)}
        </button>
    })
}
