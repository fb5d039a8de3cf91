//! The left zone: samples, the visitor's images, the way to add some.

use leptos::html::Input;
use leptos::prelude::*;

use super::icons::{Glyph, Icon};
use super::{OpenPanel, files_of};
use crate::state::{App, Entry, Source};

/// The list of images.
#[component]
pub fn Images() -> impl IntoView {
    let app = expect_context::<App>();
    let keys = move |samples: bool| {
        app.entries.with(|entries| {
            let wanted = |entry: &&Entry| matches!(entry.source, Source::Sample { .. }) == samples;
            entries.iter().filter(wanted).map(|entry| entry.key).collect::<Vec<_>>()
        })
    };

    view! {
        <h2 class="label">{move || app.words().samples}</h2>
        <div class="cards">
            <For each=move || keys(true) key=|key| *key let:key>
                <Card key />
            </For>
        </div>
        <h2 class="label">{move || app.words().your_images}</h2>
        <div class="rows">
            <For each=move || keys(false) key=|key| *key let:key>
                <Card key />
            </For>
        </div>
        <AddImages />
        <p class="quiet promise">
            <Glyph icon=Icon::Lock />
            <span>{move || app.words().privacy}</span>
        </p>
    }
}

/// One image as a button.
#[component]
fn Card(
    /// Its key in the list.
    key: u32,
) -> impl IntoView {
    let app = expect_context::<App>();
    let panel = expect_context::<OpenPanel>();
    let scene = app.entries.with_untracked(|entries| {
        entries.iter().find(|entry| entry.key == key).and_then(|entry| match entry.source {
            Source::Sample { scene, .. } => Some(scene),
            Source::File { .. } => None,
        })
    });
    let test_id = scene.map_or_else(|| format!("image-{key}"), |scene| format!("sample-{}", scene.id()));
    let name = move || match scene {
        Some(scene) => (app.words().scene)(scene).to_owned(),
        None => app.name_of(key),
    };
    let chosen = move || app.chosen.get() == Some(key);

    view! {
        <button
            class="card"
            class:card-row=scene.is_none()
            class:chosen=chosen
            aria-pressed=move || chosen().to_string()
            data-testid=test_id
            on:click=move |_| {
                app.choose(key);
                panel.close();
            }
        >
            <Thumbnail key />
            <span class="card-name">{name}</span>
        </button>
    }
}

/// A small picture, or its place.
#[component]
fn Thumbnail(
    /// Whose, in the list.
    key: u32,
) -> impl IntoView {
    let app = expect_context::<App>();
    let place = NodeRef::<leptos::html::Span>::new();
    let empty = RwSignal::new(true);
    Effect::new(move |_| {
        let thumbnail = app.entries.with(|entries| {
            entries.iter().find(|entry| entry.key == key).and_then(|entry| entry.thumbnail.clone())
        });
        if let (Some(place), Some(canvas)) = (place.get(), thumbnail) {
            place.replace_children_with_node_1(&canvas);
            empty.set(false);
        }
    });
    view! { <span class="thumb" class:skeleton=move || empty.get() node_ref=place aria-hidden="true"></span> }
}

/// The button that opens files.
#[component]
fn AddImages() -> impl IntoView {
    let app = expect_context::<App>();
    let panel = expect_context::<OpenPanel>();
    let input = NodeRef::<Input>::new();
    let choose = move |_| {
        if let Some(input) = input.get() {
            input.click();
        }
    };
    let chosen = move |_| {
        if let Some(input) = input.get() {
            let files = files_of(input.files());
            if !files.is_empty() {
                app.add_files(files, None);
                panel.close();
            }
            // So that the same file can be chosen again.
            input.set_value("");
        }
    };
    view! {
        <button class="button add" on:click=choose>
            <Glyph icon=Icon::Plus />
            {move || app.words().add_images}
        </button>
        <input
            node_ref=input
            class="unseen"
            type="file"
            accept="image/*,.png,.jpg,.jpeg,.bmp,.webp,.tif,.tiff,.dcm,.dicom,.nii,.nii.gz,.gz"
            multiple
            tabindex="-1"
            aria-label=move || app.words().add_images
            data-testid="file-input"
            on:change=chosen
        />
        <p class="quiet hint">{move || app.words().drop_hint}</p>
    }
}
