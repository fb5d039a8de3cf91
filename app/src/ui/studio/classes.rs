//! The classes of the chosen task: the one in hand, colours, names.

use leptos::html::Input;
use leptos::prelude::*;
use web_sys::SubmitEvent;

use super::super::icons::{Glyph, Icon};
use super::super::legend::swatch;
use super::field::NameField;
use crate::state::studio::Studio;
use crate::state::{App, Ink};
use crate::worker::messages::{ProjectClass, TaskKind};

/// Colours to go through.
const COLOURS: u8 = 35;

/// A button per class, and a field for a new one.
#[component]
pub fn Classes() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio;
    let palette = Memo::new(move |_| studio.palette());
    let input = NodeRef::<Input>::new();
    let add = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(input) = input.get_untracked() {
            studio.add_class(&input.value());
            input.set_value("");
        }
    };
    let numbered = move || palette.get().into_iter().enumerate().collect::<Vec<_>>();
    view! {
        <section class="block" aria-labelledby="studio-classes-label">
            <h2 class="label" id="studio-classes-label">{move || app.words().classes}</h2>
            <ul class="classes" data-testid="classes">
                <For each=numbered key=|(index, class)| (*index, class.id, class.name.clone(), class.colour) let:class>
                    <ClassRow index=class.0 class=class.1 />
                </For>
            </ul>
            <form class="add-class" on:submit=add>
                <input
                    node_ref=input
                    type="text"
                    class="field grow"
                    placeholder=move || words().new_class
                    aria-label=move || words().new_class
                    maxlength="80"
                    data-testid="new-class"
                />
                <button class="button button-icon" type="submit" title=move || words().add_class aria-label=move || words().add_class data-testid="add-class">
                    <Glyph icon=Icon::Plus />
                </button>
            </form>
        </section>
    }
}

#[component]
fn ClassRow(
    /// Its place, from 0.
    index: usize,
    /// The class.
    class: ProjectClass,
) -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio;
    let ProjectClass { id, name, colour } = class;
    let is_background = move || id == 0 && studio.kind() == Some(TaskKind::Segmentation);
    let background = untrack(is_background);
    let pressed = move || {
        if studio.kind() == Some(TaskKind::Classification) {
            studio.image_class.get() == Some(id)
        } else {
            studio.class.get() == id
        }
    };
    let label = name.clone();
    let value = name.clone();
    let key = (index < 9).then(|| (index + 1).to_string());
    let look =
        if background { "swatch swatch-background" } else { swatch(Ink::of(usize::from(colour)).hatch) };
    let only =
        move || studio.palette().len() <= 1 + usize::from(studio.kind() == Some(TaskKind::Segmentation));
    view! {
        <li class="class-row" class:class-chosen=pressed>
            <button
                class="class-button"
                aria-pressed=move || pressed().to_string()
                aria-label=label
                data-class=id
                on:click=move |_| studio.choose_class(id)
            >
                <span class=look style=format!("--ink: {}", Ink::of(usize::from(colour)).css()) aria-hidden="true"></span>
                {background.then(|| view! { <span class="grow">{name.clone()}</span> })}
            </button>
            {(!background)
                .then(|| {
                    view! {
                        <NameField
                            label=Signal::derive(move || words().class_name.to_owned())
                            value=Signal::stored(value)
                            change=move |name| studio.rename_class(id, &name)
                            test_id="class-name"
                        />
                        <button
                            class="tool tool-small"
                            title=move || words().recolour
                            aria-label=move || words().recolour
                            on:click=move |_| studio.recolour_class(id, (colour + 1) % COLOURS)
                        >
                            <Glyph icon=Icon::Theme />
                        </button>
                        <Show when=move || !only()>
                            <button
                                class="tool tool-small"
                                title=move || words().remove_class
                                aria-label=move || words().remove_class
                                on:click=move |_| studio.remove_class(id)
                            >
                                <Glyph icon=Icon::Bin />
                            </button>
                        </Show>
                    }
                })}
            {key.map(|key| view! { <kbd class="key-hint" aria-hidden="true">{key}</kbd> })}
        </li>
    }
}
