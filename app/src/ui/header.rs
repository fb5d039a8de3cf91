//! The line at the top: name, device, language, colours, help.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::connection::OfflineMark;
use super::icons::{Glyph, Icon};
use super::studio::{ProjectName, SavedState};
use super::views::{CurrentView, View, Views};
use super::{OpenPanel, Panel};
use crate::state::{App, runs};
use crate::worker::messages::DeviceKind;

/// The top line.
#[component]
pub fn Header() -> impl IntoView {
    let app = expect_context::<App>();
    let panel = expect_context::<OpenPanel>();
    let current = expect_context::<CurrentView>();
    let offered = RwSignal::new(false);
    spawn_local(async move { offered.set(runs::runs().await.is_ok()) });
    let checked = move || app.report.with(Option::is_some);
    let device_text = move || match app.device.get() {
        DeviceKind::Cpu => app.words().cpu.to_owned(),
        DeviceKind::WebGpu => format!("{}: WebGPU", app.words().gpu),
    };

    view! {
        <header class="top">
            <button
                class="tool narrow-only"
                title=move || app.words().show_images
                aria-label=move || app.words().show_images
                aria-expanded=move || panel.is(Panel::Images).to_string()
                on:click=move |_| panel.toggle(Panel::Images)
            >
                <Glyph icon=Icon::List />
            </button>
            <h1 class="name">"Medley"</h1>
            <Views current=current.0 offered=offered.into() />
            <Show when=move || current.0.get() == View::Studio>
                <ProjectName />
            </Show>
            <span class="grow"></span>
            <OfflineMark />
            <Show when=move || current.0.get() == View::Studio>
                <SavedState />
            </Show>
            <button
                class="chip"
                data-testid="device"
                data-device=move || app.device.get().id()
                data-checked=move || checked().to_string()
                aria-label=move || format!("{}: {}", app.words().device, device_text())
                aria-expanded=move || panel.is(Panel::Device).to_string()
                aria-controls="device-panel"
                on:click=move |_| panel.toggle(Panel::Device)
            >
                <span class="lamp" class:lamp-on=checked aria-hidden="true"></span>
                {device_text}
            </button>
            <Preferences />
            <button
                class="tool"
                data-testid="help"
                title=move || format!("{} (?)", app.words().help)
                aria-label=move || app.words().help
                aria-expanded=move || panel.is(Panel::Help).to_string()
                aria-controls="help-panel"
                on:click=move |_| panel.toggle(Panel::Help)
            >
                <Glyph icon=Icon::Help />
            </button>
            <button
                class="tool narrow-only"
                title=move || app.words().show_task
                aria-label=move || app.words().show_task
                aria-expanded=move || panel.is(Panel::Task).to_string()
                on:click=move |_| panel.toggle(Panel::Task)
            >
                <Glyph icon=Icon::Sliders />
            </button>
        </header>
    }
}

/// The buttons for language and colours.
#[component]
pub fn Preferences() -> impl IntoView {
    let app = expect_context::<App>();
    view! {
        <button
            class="tool tool-text"
            data-testid="language"
            lang=move || app.language.get().other().tag()
            on:click=move |_| app.switch_language()
        >
            {move || app.words().switch_language}
        </button>
        <button
            class="tool"
            data-testid="theme"
            title=move || app.words().switch_theme
            aria-label=move || app.words().switch_theme
            on:click=move |_| app.switch_theme()
        >
            <Glyph icon=Icon::Theme />
        </button>
    }
}
