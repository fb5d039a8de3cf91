//! The device panel: what the start-up check found, as text that can be copied.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use super::icons::{Glyph, Icon};
use super::studio::storage_words;
use super::{OpenPanel, Panel, focus_when_shown};
use crate::locales::{Words, megabytes, milliseconds};
use crate::state::App;
use crate::state::studio::Studio;
use crate::worker::messages::{Adapter, DeviceReport, Verdict};

/// The panel under the device's name.
#[component]
pub fn DevicePanel() -> impl IntoView {
    let app = expect_context::<App>();
    let panel = expect_context::<OpenPanel>();
    let place = NodeRef::new();
    focus_when_shown(place);
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let text = untrack(|| as_text(app));
        spawn_local(async move {
            let done = JsFuture::from(window().navigator().clipboard().write_text(&text)).await;
            copied.set(done.is_ok());
        });
    };
    Effect::new(move |_| {
        if !panel.is(Panel::Device) {
            copied.set(false);
        } else if let Some(studio) = app.studio() {
            studio.ask_connections();
        }
    });

    view! {
        <Show when=move || panel.is(Panel::Device)>
            <section class="panel" node_ref=place tabindex="-1" id="device-panel" data-testid="device-panel" aria-label=move || app.words().device>
                <div class="panel-top">
                    <h2>{move || app.words().device}</h2>
                    <button class="tool" aria-label=move || app.words().close on:click=move |_| panel.close()>
                        <Glyph icon=Icon::Close />
                    </button>
                </div>
                <p data-testid="verdict">{move || conclusion(app)}</p>
                <dl class="facts">
                    {move || facts(app).into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).collect_view()}
                </dl>
                <button class="button" data-testid="copy-report" on:click=copy>
                    {move || if copied.get() { app.words().copied } else { app.words().copy }}
                </button>
            </section>
        </Show>
    }
}

/// Why the device in use is in use, in a sentence.
pub fn conclusion(app: App) -> &'static str {
    let words = &app.words().verdict;
    app.report.with(|report| match report.as_ref().map(|report| &report.verdict) {
        None => words.checking,
        Some(Verdict::GpuFaster) => words.gpu_faster,
        Some(Verdict::GpuSlower) => words.gpu_slower,
        Some(Verdict::GpuWrong) => words.gpu_wrong,
        Some(Verdict::GpuSoftware) => words.gpu_software,
        Some(Verdict::NoGpu) => words.no_gpu,
        Some(Verdict::GpuFailed(_)) => words.gpu_failed,
        Some(Verdict::Forced) => words.forced,
    })
}

/// Name and value of everything that is known.
fn facts(app: App) -> Vec<(String, String)> {
    let words = app.words();
    let mut facts = vec![(words.report.chosen.to_owned(), app.device_name(app.device.get()).to_owned())];
    if let Some(report) = app.report.get() {
        facts.extend(measured(words, &report));
    }
    if let Some(model) = app.model.get() {
        facts.push((words.report.model.to_owned(), megabytes(model.bytes)));
    }
    facts.push((words.report.version.to_owned(), env!("CARGO_PKG_VERSION").to_owned()));
    facts.push((
        words.report.storage.to_owned(),
        app.studio().map(|studio| storage(app, studio)).unwrap_or_default(),
    ));
    if let Some(studio) = app.studio() {
        facts.push((words.report.connections.to_owned(), studio.connections.get().to_string()));
    }
    let browser = window().navigator().user_agent().unwrap_or_default();
    facts.push((words.report.browser.to_owned(), browser));
    facts
}

/// Where the studio's project is kept, and how much is in it.
fn storage(app: App, studio: Studio) -> String {
    let images = studio.project.with(|project| project.as_ref().map_or(0, |project| project.entries.len()));
    let words = &app.words().studio;
    format!("{}, {}", storage_words(words, &studio.storage.get()), (words.images)(images))
}

fn measured(words: &Words, report: &DeviceReport) -> Vec<(String, String)> {
    let words = &words.report;
    let mut facts = Vec::new();
    if let Some(adapter) = &report.adapter {
        facts.push((
            words.adapter.to_owned(),
            adapter_name(adapter).unwrap_or_else(|| words.unnamed.to_owned()),
        ));
        // By the names that developers look for, in any language.
        facts.extend(adapter.limits.iter().map(|(name, value)| (name.clone(), value.to_string())));
        if !adapter.features.is_empty() {
            facts.push((words.features.to_owned(), adapter.features.join(", ")));
        }
    }
    if let Some(difference) = report.difference {
        let passed = if difference <= report.tolerance { words.passed } else { words.failed };
        let value = format!("{difference:.1e} (≤ {:.0e}), {passed}", report.tolerance);
        facts.push((words.difference.to_owned(), value));
    }
    if let Some(time) = report.cpu_ms {
        facts.push(((words.cpu_time)(report.probe_side), milliseconds(time)));
    }
    if let Some(time) = report.gpu_ms {
        facts.push(((words.gpu_time)(report.probe_side), milliseconds(time)));
    }
    if let Verdict::GpuFailed(reason) = &report.verdict {
        facts.push((words.reason.to_owned(), reason.clone()));
    }
    facts
}

fn adapter_name(adapter: &Adapter) -> Option<String> {
    let parts = [&adapter.vendor, &adapter.architecture, &adapter.description];
    let named: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect();
    (!named.is_empty()).then(|| named.join(", "))
}

/// The panel as plain text.
fn as_text(app: App) -> String {
    let lines = facts(app).into_iter().map(|(name, value)| format!("{name}: {value}\n"));
    format!("{}\n{}", conclusion(app), lines.collect::<String>())
}
