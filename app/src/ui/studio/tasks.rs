//! The right zone's top: the task and its classes.

use leptos::prelude::*;

use super::super::icons::{Glyph, Icon};
use super::classes::Classes;
use super::field::NameField;
use crate::state::App;
use crate::state::studio::Studio;
use crate::worker::messages::TaskKind;

/// Choice, name, adding and removing.
#[component]
pub fn Tasks() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio;
    let adding = RwSignal::new(false);
    let tasks = Memo::new(move |_| {
        studio.project.with(|project| {
            let tasks = project.iter().flat_map(|project| &project.tasks);
            tasks.map(|task| (task.id, task.name.clone(), task.kind)).collect::<Vec<_>>()
        })
    });
    let several = move || tasks.with(|tasks| tasks.len() > 1);
    let kind = move || studio.kind().map(|kind| kind_name(app, kind));
    view! {
        <section class="block" aria-labelledby="studio-task-label">
            <div class="label-row">
                <h2 class="label grow" id="studio-task-label">{move || app.words().task}</h2>
                <button
                    class="tool tool-small"
                    title=move || words().add_task
                    aria-label=move || words().add_task
                    aria-expanded=move || adding.get().to_string()
                    data-testid="add-task"
                    on:click=move |_| adding.update(|adding| *adding = !*adding)
                >
                    <Glyph icon=Icon::Plus />
                </button>
                <Show when=several>
                    <button
                        class="tool tool-small"
                        title=move || words().remove_task
                        aria-label=move || words().remove_task
                        on:click=move |_| studio.remove_task()
                    >
                        <Glyph icon=Icon::Bin />
                    </button>
                </Show>
            </div>
            <Show when=move || adding.get()>
                <div class="kinds" data-testid="task-kinds">
                    {[TaskKind::Segmentation, TaskKind::Detection, TaskKind::Classification]
                        .map(|kind| {
                            let add = move |_| {
                                adding.set(false);
                                let name = kind_name(app, kind).to_owned();
                                studio.add_task(kind, name, vec![words().first_class.to_owned()]);
                            };
                            view! {
                                <button class="kind" data-kind=kind_id(kind) on:click=add>
                                    <strong>{move || kind_name(app, kind)}</strong>
                                    <span class="quiet">{move || (words().kind_hint)(kind)}</span>
                                </button>
                            }
                        })
                        .collect_view()}
                </div>
            </Show>
            <Show when=several>
                <select
                    class="select"
                    aria-labelledby="studio-task-label"
                    data-testid="studio-task"
                    on:change:target=move |event| {
                        if let Ok(task) = event.target().value().parse() {
                            studio.choose_task(task);
                        }
                    }
                >
                    <For each=move || tasks.get() key=|task| (task.0, task.1.clone()) let:task>
                        <option value=task.0 selected=move || studio.task.get() == Some(task.0)>
                            {task.1}
                        </option>
                    </For>
                </select>
            </Show>
            <Show when=move || studio.task.get().is_some() fallback=|| view! { <div class="skeleton skeleton-line"></div> }>
                <div class="task-name">
                    <NameField
                        label=Signal::derive(move || words().task_name.to_owned())
                        value=Signal::derive(move || studio.task_card().map(|task| task.name).unwrap_or_default())
                        change=move |name| studio.rename_task(&name)
                        test_id="task-name"
                    />
                    <span class="quiet">{kind}</span>
                </div>
            </Show>
        </section>
        <Classes />
    }
}

/// A label type's name.
pub fn kind_name(app: App, kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Segmentation => app.words().segmentation,
        TaskKind::Detection => app.words().detection,
        TaskKind::Classification => app.words().classification,
    }
}

fn kind_id(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Segmentation => "segmentation",
        TaskKind::Detection => "detection",
        TaskKind::Classification => "classification",
    }
}
