//! What the model made of some held-out images.

use leptos::prelude::*;

use crate::state::App;
use crate::state::runs::{Runs, picture};

/// The pictures of the newest validation that made some.
#[component]
pub fn Pictures() -> impl IntoView {
    let app = expect_context::<App>();
    let runs = expect_context::<Runs>();
    let words = move || &app.words().runs;
    let pictures = Memo::new(move |_| {
        runs.of_chosen(|told| {
            let address = |file: &String| (picture(&told.summary.name, file), title(file));
            told.course.pictures.iter().map(address).collect::<Vec<_>>()
        })
    });
    view! {
        <Show when=move || pictures.with(|pictures| !pictures.is_empty())>
            <section class="sheet">
                <h3>{move || words().pictures}</h3>
                <div class="examples" data-testid="run-pictures">
                    <For each=move || pictures.get() key=Clone::clone let:example>
                        <Example address=example.0 title=example.1 />
                    </For>
                </div>
            </section>
        </Show>
    }
}

#[component]
fn Example(address: String, title: String) -> impl IntoView {
    let app = expect_context::<App>();
    let (name, source) = (title.clone(), address.clone());
    view! {
        <figure>
            <a href=address target="_blank">
                <img src=source alt=move || (app.words().runs.picture)(&name) loading="lazy" />
            </a>
            <figcaption class="quiet">{title}</figcaption>
        </figure>
    }
}

/// The file's name without folders and ending.
fn title(file: &str) -> String {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
}
