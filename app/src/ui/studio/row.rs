//! A row of the list of images.

use leptos::html::Span;
use leptos::prelude::*;
use web_sys::MouseEvent;

use super::super::OpenPanel;
use crate::state::App;
use crate::state::studio::{Progress, Studio};
use crate::worker::messages::EntryId;

/// Thumbnail, name, size, state.
#[component]
pub fn ImageRow(
    /// Its place in the list.
    index: usize,
    /// The image.
    entry: EntryId,
    /// Where it lies, in CSS pixels.
    top: f64,
) -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let panel = expect_context::<OpenPanel>();
    studio.want_thumbnail(entry);
    let card = Memo::new(move |_| studio.card(entry));
    let progress = Memo::new(move |_| {
        card.with(|card| {
            card.as_ref().map_or(Progress::Untouched, |card| Progress::of(card, studio.task.get()))
        })
    });
    let name = move || card.with(|card| card.as_ref().map(|card| card.name.clone()).unwrap_or_default());
    let facts = move || {
        card.with(|card| {
            let Some(card) = card else { return String::new() };
            let slices = if card.slices > 1 { format!(" × {}", card.slices) } else { String::new() };
            format!("{} × {}{slices}", card.width, card.height)
        })
    };
    let held = move || card.with(|card| card.as_ref().is_some_and(|card| card.held_out));
    let complete = move || {
        let task = studio.task.get();
        card.with(|card| {
            card.iter().flat_map(|card| &card.tasks).any(|state| Some(state.task) == task && state.complete)
        })
    };
    let chosen = move || studio.entry.get() == Some(entry);
    let marked = move || studio.selected.with(|selected| selected.contains(&entry));
    let state_name = move || (app.words().studio.progress)(progress.get());
    let press = move |event: MouseEvent| {
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            studio.toggle_selected(entry);
        } else {
            studio.choose(entry, 0);
            panel.close();
        }
    };
    view! {
        <div role="listitem" aria-posinset=index + 1 aria-setsize="-1" class="image-row" class:chosen=chosen class:marked-row=marked style=format!("top: {top}px")>
            <button
                class="image-open"
                aria-current=move || chosen().then_some("true")
                data-testid=format!("entry-{entry}")
                data-state=move || progress.get().id()
                data-held-out=move || held().to_string()
                data-complete=move || complete().to_string()
                on:click=press
            >
                <Thumbnail entry />
                <span class="image-words">
                    <span class="image-name">{name}</span>
                    <span class="image-facts quiet">
                        {facts} {move || held().then(|| format!(" · {}", app.words().studio.held_out))}
                    </span>
                </span>
                <span
                    class="image-state"
                    class:image-complete=complete
                    title=state_name
                    role="img"
                    aria-label=state_name
                >
                    {move || progress.get().sign()}
                </span>
            </button>
            <input
                type="checkbox"
                class="image-mark"
                aria-label=move || (app.words().studio.mark)(&name())
                prop:checked=marked
                data-testid=format!("mark-{entry}")
                on:change=move |_| studio.toggle_selected(entry)
            />
        </div>
    }
}

/// A small picture, or its place.
#[component]
fn Thumbnail(entry: EntryId) -> impl IntoView {
    let studio = expect_context::<Studio>();
    let place = NodeRef::<Span>::new();
    let empty = RwSignal::new(true);
    Effect::new(move |_| {
        let picture = studio.thumbnails.with(|known| known.get(&entry).cloned());
        if let (Some(place), Some(picture)) = (place.get(), picture) {
            place.replace_children_with_node_1(&picture);
            empty.set(false);
        }
    });
    view! { <span class="thumb" class:skeleton=move || empty.get() node_ref=place aria-hidden="true"></span> }
}
