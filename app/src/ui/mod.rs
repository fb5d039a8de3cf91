//! The screen. One file per component.

mod connection;
mod device;
mod drawing;
mod header;
mod help;
mod icons;
mod images;
mod layers;
mod legend;
mod notice;
mod outline;
mod result;
mod runs;
mod startup;
mod studio;
mod task;
mod toolbar;
mod viewer;
mod views;

use leptos::ev;
use leptos::html::Section;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{DataTransfer, DragEvent, Event, File, FileList, HtmlElement, HtmlInputElement, KeyboardEvent};

use crate::locales::Words;
use crate::state::{App, Theme};
use connection::UpdateBar;
use device::DevicePanel;
use header::Header;
use help::HelpPanel;
use images::Images;
use notice::NoticeBar;
use result::ResultPanel;
use runs::RunsScreen;
use startup::StartUp;
use studio::StudioScreen;
use task::TaskPanel;
use toolbar::Toolbar;
use viewer::{Stage, Viewer};
use views::{CurrentView, View};

/// A panel that lies over the screen; at most one is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// The images' drawer, on narrow screens.
    Images,
    /// The task's drawer, on narrow screens.
    Task,
    /// What the start-up check found.
    Device,
    /// Keys and a few words.
    Help,
    /// The objects of all images.
    Table,
    /// Files to make, and files to read.
    Export,
}

/// The open panel, and what had the focus before it opened.
#[derive(Clone, Copy)]
pub struct OpenPanel {
    open: RwSignal<Option<Panel>>,
    before: StoredValue<Option<HtmlElement>, LocalStorage>,
}

impl OpenPanel {
    fn new() -> Self {
        Self { open: RwSignal::new(None), before: StoredValue::new_local(None) }
    }

    /// Opens a panel, or closes it where it is open.
    pub fn toggle(self, panel: Panel) {
        if self.open.get_untracked() == Some(panel) {
            self.close();
        } else {
            let focused = document().active_element().and_then(|element| element.dyn_into().ok());
            self.before.set_value(focused);
            self.open.set(Some(panel));
        }
    }

    /// Whether it is open; tracks it.
    pub fn is(self, panel: Panel) -> bool {
        self.open.get() == Some(panel)
    }

    /// Closes whatever is open, and gives the focus back.
    pub fn close(self) {
        if self.open.get_untracked().is_none() {
            return;
        }
        self.open.set(None);
        if let Some(Some(before)) = self.before.try_update_value(Option::take) {
            let _ = before.focus();
        }
    }
}

/// Gives a panel the focus as soon as it is on the screen.
pub fn focus_when_shown(panel: NodeRef<Section>) {
    Effect::new(move |_| {
        if let Some(panel) = panel.get() {
            let _ = panel.focus();
        }
    });
}

/// What the address asks for.
#[component]
pub fn Page() -> impl IntoView {
    match View::asked() {
        View::Runs => view! { <RunsScreen /> }.into_any(),
        view => view! { <Workbench first=view /> }.into_any(),
    }
}

/// The views that share a Worker and a model: one takes the other's place without loading the page anew.
#[component]
fn Workbench(
    /// The view that is shown first.
    first: View,
) -> impl IntoView {
    let app = App::new();
    let studio = app.with_studio();
    let panel = OpenPanel::new();
    let current = CurrentView(RwSignal::new(first));
    provide_context(app);
    provide_context(studio);
    provide_context(panel);
    provide_context(current);

    let title = |words: &Words, view| if view == View::Studio { words.studio.title } else { words.title };
    dress_document(app, move |words| title(words, current.0.get()));
    current.follow_history();
    app.install_hooks();
    let begin = move |view| if view == View::Studio { studio.start() } else { app.start_trying() };
    app.start(|| begin(first));
    Effect::new(move |_| {
        let view = current.0.get();
        panel.close();
        if let Some(body) = document().body() {
            let _ = body.set_attribute("data-view", view.id());
        }
        begin(view);
    });

    view! {
        <Header />
        <UpdateBar />
        <NoticeBar />
        {move || match current.0.get() {
            View::Studio => view! { <StudioScreen /> }.into_any(),
            View::Try | View::Runs => view! { <Screen /> }.into_any(),
        }}
        <DevicePanel />
    }
}

/// The screen of images and the model.
#[component]
pub fn Screen() -> impl IntoView {
    let app = expect_context::<App>();
    let panel = expect_context::<OpenPanel>();
    let dragging = RwSignal::new(false);
    let stage = Stage::of_picture(app);
    provide_context(stage);
    listen_for_keys(app, panel, stage);
    listen_for_files(dragging, move |arrival| match arrival {
        Arrival::Dropped(data) => app.add_files(files_of(data.files()), None),
        Arrival::Pasted(files, name) => app.add_files(files, Some(name)),
    });

    view! {
        <main class="zones" class:images-open=move || panel.is(Panel::Images) class:task-open=move || panel.is(Panel::Task)>
            <aside class="zone zone-images" aria-label=move || app.words().show_images>
                <Images />
            </aside>
            <section class="zone zone-picture" aria-label=move || app.words().picture data-testid="drop">
                <Viewer />
                <p class="promises narrow-only">{move || app.words().privacy} " " {move || app.words().not_medical}</p>
                <StartUp />
                <Toolbar />
                <Show when=move || dragging.get()>
                    <div class="drop-here">{move || app.words().drop_here}</div>
                </Show>
            </section>
            <aside class="zone zone-task" aria-label=move || app.words().show_task>
                <TaskPanel />
                <ResultPanel />
                <p class="quiet foot">{move || app.words().not_medical} " " {move || app.words().caution}</p>
            </aside>
            <Show when=move || panel.is(Panel::Images) || panel.is(Panel::Task)>
                <button class="scrim" aria-label=move || app.words().close on:click=move |_| panel.close()></button>
            </Show>
        </main>
        <HelpPanel />
    }
}

/// Keeps `<html lang>`, the colours and the title in step with the state.
fn dress_document(app: App, title: impl Fn(&Words) -> &'static str + Send + Sync + 'static) {
    Effect::new(move |_| {
        let language = app.language.get();
        let dark = app.theme.get() == Theme::Dark;
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("lang", language.tag());
            let _ = root.set_attribute("data-theme", if dark { "dark" } else { "light" });
        }
        document().set_title(title(language.words()));
    });
}

/// Keys that work everywhere.
fn listen_for_keys(app: App, panel: OpenPanel, stage: Stage) {
    let down = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing(&event) {
            return;
        }
        match event.key().as_str() {
            "h" | "H" => app.hidden.set(true),
            "?" => panel.toggle(Panel::Help),
            "Escape" => panel.close(),
            "+" | "=" => stage.zoom(1.25),
            "-" => stage.zoom(0.8),
            "0" => stage.fit(),
            _ => {}
        }
    });
    let up = window_event_listener(ev::keyup, move |event: KeyboardEvent| {
        if matches!(event.key().as_str(), "h" | "H") {
            app.hidden.set(false);
        }
    });
    on_cleanup(move || {
        down.remove();
        up.remove();
    });
}

/// Whether the key belongs to a control that takes text or chooses by letters.
fn is_typing(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    target.is_some_and(|element| matches!(element.tag_name().as_str(), "SELECT" | "TEXTAREA"))
        || is_writing(event)
}

/// Whether the event belongs to a field that takes text.
fn is_writing(event: &Event) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    target.is_some_and(|input| matches!(input.type_().as_str(), "text" | "search" | "number"))
}

/// What came without a file dialog.
enum Arrival {
    /// A drop.
    Dropped(DataTransfer),
    /// Pasted files and a name for them.
    Pasted(Vec<File>, &'static str),
}

/// Files dropped anywhere on the page, or pasted.
fn listen_for_files(dragging: RwSignal<bool>, take: impl Fn(Arrival) + Copy + 'static) {
    let app = expect_context::<App>();
    let has_files = |event: &DragEvent| {
        event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0))
    };
    let over = window_event_listener(ev::dragover, move |event| {
        event.prevent_default();
        dragging.set(has_files(&event));
    });
    let leave = window_event_listener(ev::dragleave, move |event| {
        if event.related_target().is_none() {
            dragging.set(false);
        }
    });
    let dropped = window_event_listener(ev::drop, move |event| {
        event.prevent_default();
        dragging.set(false);
        if let Some(data) = event.data_transfer() {
            take(Arrival::Dropped(data));
        }
    });
    let pasted = window_event_listener(ev::paste, move |event| {
        let name = app.language.get_untracked().words().refused.pasted;
        if !is_writing(&event) {
            take(Arrival::Pasted(files_of(event.clipboard_data().and_then(|data| data.files())), name));
        }
    });
    on_cleanup(move || {
        over.remove();
        leave.remove();
        dropped.remove();
        pasted.remove();
    });
}

/// The files of a drop, a paste or a file dialog.
pub fn files_of(list: Option<FileList>) -> Vec<File> {
    list.map(|list| (0..list.length()).filter_map(|i| list.get(i)).collect()).unwrap_or_default()
}
