//! The ways into a project: files, a folder, labels, a sample.

use leptos::html::Input;
use leptos::prelude::*;

use super::super::files_of;
use super::super::icons::{Glyph, Icon};
use crate::state::App;
use crate::state::studio::Studio;

/// Everything that can be read, for the file dialog.
const IMAGES: &str = "image/png,image/jpeg,image/bmp,image/webp,image/tiff,\
    .png,.jpg,.jpeg,.bmp,.webp,.tif,.tiff,.dcm,.dicom,.ima,.nii,.nii.gz,.gz";

/// An unseen file dialog, opened by a button.
#[component]
pub fn Picker(
    /// The button's and the dialog's name.
    #[prop(into)]
    label: Signal<String>,
    /// Its name for tests.
    test_id: &'static str,
    /// File endings.
    accept: &'static str,
    /// A whole folder.
    #[prop(optional)]
    folder: bool,
    /// The button's look.
    class: &'static str,
    /// The button's sign.
    icon: Icon,
    /// Takes the files.
    take: impl Fn(Vec<web_sys::File>) + Copy + 'static,
) -> impl IntoView {
    let input = NodeRef::<Input>::new();
    // Not among the attributes that HTML knows, though all browsers do.
    Effect::new(move |_| {
        if let Some(input) = input.get().filter(|_| folder) {
            let _ = input.set_attribute("webkitdirectory", "");
        }
    });
    let open = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let chosen = move |_| {
        let Some(input) = input.get_untracked() else { return };
        let files = files_of(input.files());
        if !files.is_empty() {
            take(files);
        }
        // So that the same file can be chosen again.
        input.set_value("");
    };
    view! {
        // Where the look hides the words, they are still said.
        <button class=class aria-label=label title=label on:click=open>
            <Glyph icon />
            <span>{label}</span>
        </button>
        <input
            node_ref=input
            class="unseen"
            type="file"
            accept=accept
            multiple
            tabindex="-1"
            aria-label=label
            data-testid=test_id
            on:change=chosen
        />
    }
}

/// Files and folders, under the list.
#[component]
pub fn AddImages() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    view! {
        <div class="add-row">
            <Picker
                label=Signal::derive(move || app.words().add_images.to_owned())
                test_id="studio-files"
                accept=IMAGES
                class="button grow"
                icon=Icon::Plus
                take=move |files| studio.add_files(files, None)
            />
            <Picker
                label=Signal::derive(move || app.words().studio.add_folder.to_owned())
                test_id="studio-folder"
                accept=""
                folder=true
                class="button button-icon"
                icon=Icon::Folder
                take=move |files| studio.add_files(files, None)
            />
        </div>
    }
}

/// In an empty project: what to do, and samples to begin with.
#[component]
pub fn FirstSteps() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio;
    view! {
        <div class="empty" data-testid="empty">
            <h2>{move || words().empty_title}</h2>
            <p class="quiet">{move || words().empty_text}</p>
            <div class="empty-buttons">
                <Picker
                    label=Signal::derive(move || app.words().add_images.to_owned())
                    test_id="empty-files"
                    accept=IMAGES
                    class="button button-main"
                    icon=Icon::Plus
                    take=move |files| studio.add_files(files, None)
                />
                <button class="button" data-testid="add-samples" on:click=move |_| studio.add_samples()>
                    {move || words().add_samples}
                </button>
            </div>
            <Promise />
        </div>
    }
}

/// That images stay here, with the number that shows it.
#[component]
pub fn Promise() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    view! {
        <p class="quiet promise-line" data-testid="promise">
            <Glyph icon=Icon::Lock />
            <span>
                {move || app.words().privacy} " "
                <span class="numbers">{move || (app.words().studio.connections)(studio.connections.get())}</span>
            </span>
        </p>
    }
}
