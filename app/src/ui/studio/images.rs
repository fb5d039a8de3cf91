//! The left zone: the project's images. Only the rows in sight are in the page, so that five hundred images scroll as
//! smoothly as five.

use leptos::html::Div;
use leptos::prelude::*;

use super::super::icons::{Glyph, Icon};
use super::add::{AddImages, Promise};
use super::row::ImageRow;
use crate::state::App;
use crate::state::studio::pure::list;
use crate::state::studio::{Filter, Studio};

/// A row's height in CSS pixels; the style sheet has the same.
const ROW: f64 = 56.0;

/// Filter, list and buttons.
#[component]
pub fn ImageList() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio;
    let listed = Memo::new(move |_| studio.listed());
    let frame = NodeRef::<Div>::new();
    let (top, height) = (RwSignal::new(0.0), RwSignal::new(600.0));
    let measure = move || {
        if let Some(frame) = frame.get_untracked() {
            top.set(f64::from(frame.scroll_top()));
            height.set(f64::from(frame.client_height()));
        }
    };
    let resized = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    Effect::new(move |_| {
        frame.track();
        listed.with(Vec::len);
        request_animation_frame(measure);
    });
    // The chosen image comes into sight.
    Effect::new(move |_| {
        let wanted = studio.list_top(ROW, top.get_untracked(), height.get_untracked());
        if let Some(frame) = frame.get()
            && (wanted - top.get_untracked()).abs() > 0.5
        {
            frame.set_scroll_top(wanted as i32);
        }
    });
    let seen = Memo::new(move |_| {
        listed.with(|listed| {
            let range = list::in_sight(listed.len(), ROW, top.get(), height.get());
            let rows = listed.get(range.clone()).unwrap_or_default();
            range.zip(rows.iter().copied()).collect::<Vec<_>>()
        })
    });
    let count = move || listed.with(Vec::len);
    let marked = move || studio.selected.with(std::collections::HashSet::len);

    view! {
        <div class="list-top">
            <h2 class="label grow">{move || (words().images)(count())}</h2>
            <FilterSelect />
        </div>
        <div
            class="list"
            node_ref=frame
            role="region"
            tabindex="0"
            aria-label=move || app.words().show_images
            data-testid="studio-images"
            data-count=count
            on:scroll=move |_| measure()
        >
            <div class="list-all" role="list" style=move || format!("height: {}px", count() as f64 * ROW)>
                <For each=move || seen.get() key=|row| *row let:row>
                    <ImageRow index=row.0 entry=row.1 top=row.0 as f64 * ROW />
                </For>
            </div>
        </div>
        <div class="marked" role="toolbar" aria-label=move || words().marked_images>
            <button
                class="tool"
                title=move || words().select_all
                aria-label=move || words().select_all
                disabled=move || count() == 0
                data-testid="select-all"
                on:click=move |_| studio.select_all()
            >
                <Glyph icon=Icon::Check />
            </button>
            <span class="grow quiet numbers">
                {move || (marked() > 0).then(|| (words().marked)(marked()))}
            </span>
            <HeldOutButton />
            <button
                class="tool"
                title=move || words().remove
                aria-label=move || words().remove
                disabled=move || count() == 0
                data-testid="remove-images"
                on:click=move |_| studio.remove_meant()
            >
                <Glyph icon=Icon::Bin />
            </button>
        </div>
        <AddImages />
        <Promise />
    }
}

/// Which images the list shows.
#[component]
fn FilterSelect() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio;
    view! {
        <select
            class="select select-small"
            aria-label=move || words().filter
            data-testid="filter"
            on:change:target=move |event| {
                let chosen = event.target().value();
                let filter = Filter::ALL.into_iter().find(|filter| filter.id() == chosen);
                studio.filter.set(filter.unwrap_or_default());
            }
        >
            {Filter::ALL
                .into_iter()
                .map(|filter| {
                    view! {
                        <option value=filter.id() selected=move || studio.filter.get() == filter>
                            {move || (words().filter_name)(filter)}
                        </option>
                    }
                })
                .collect_view()}
        </select>
    }
}

/// Keeps the marked images, or the one on the screen, to measure on.
#[component]
fn HeldOutButton() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let held = Memo::new(move |_| {
        studio.selected.track();
        studio.entry.track();
        let meant = studio.meant();
        !meant.is_empty() && meant.iter().all(|entry| studio.card(*entry).is_some_and(|card| card.held_out))
    });
    view! {
        <button
            class="tool"
            title=move || app.words().studio.held_out_hint
            aria-label=move || app.words().studio.held_out_hint
            aria-pressed=move || held.get().to_string()
            data-testid="hold-out"
            on:click=move |_| studio.hold_out_meant(!held.get_untracked())
        >
            <Glyph icon=Icon::Ruler />
        </button>
    }
}
