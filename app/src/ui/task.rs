//! The right zone's top: which of the model's tasks is applied.

use leptos::prelude::*;

use crate::locales::task_name;
use crate::state::App;
use crate::worker::messages::TaskKind;

/// The task's select box, grouped by label type.
#[component]
pub fn TaskPanel() -> impl IntoView {
    let app = expect_context::<App>();
    let groups = move || {
        let words = app.words();
        [
            (TaskKind::Segmentation, words.segmentation),
            (TaskKind::Detection, words.detection),
            (TaskKind::Classification, words.classification),
        ]
    };
    let options = move |kind: TaskKind| {
        let language = app.language.get();
        let tasks = app.model.get().map(|model| model.tasks).unwrap_or_default();
        let mine = tasks.into_iter().filter(move |task| task.kind == kind);
        mine.map(move |task| (task_name(language, &task), task.id)).collect::<Vec<_>>()
    };
    let loaded = move || app.model.with(Option::is_some);

    view! {
        <section class="block" aria-labelledby="task-label">
            <h2 class="label" id="task-label">{move || app.words().task}</h2>
            <Show when=loaded fallback=|| view! { <div class="skeleton skeleton-line"></div> }>
                <select
                    class="select"
                    aria-labelledby="task-label"
                    data-testid="task-select"
                    prop:value=move || app.task.get().unwrap_or_default()
                    on:change:target=move |event| app.choose_task(event.target().value())
                >
                    {move || {
                        groups()
                            .into_iter()
                            .filter(|(kind, _)| !options(*kind).is_empty())
                            .map(|(kind, label)| {
                                view! {
                                    <optgroup label=label>
                                        {options(kind)
                                            .into_iter()
                                            .map(|(name, id)| {
                                                let own = id.clone();
                                                view! {
                                                    <option value=id selected=move || app.task.get().as_ref() == Some(&own)>
                                                        {name}
                                                    </option>
                                                }
                                            })
                                            .collect_view()}
                                    </optgroup>
                                }
                            })
                            .collect_view()
                    }}
                </select>
            </Show>
        </section>
    }
}
