//! The right zone's middle: what the model found, how fast, and how it is drawn.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{HtmlAnchorElement, Url};

use super::device::conclusion;
use super::icons::{Glyph, Icon};
use super::layers;
use super::legend::Legend;
use super::views::{CurrentView, View};
use crate::locales::{class_name, percent, seconds};
use crate::state::studio::Studio;
use crate::state::{App, Shown, Source, surface};
use crate::worker::messages::{Finding, Verdict};

/// The result, or its place.
#[component]
pub fn ResultPanel() -> impl IntoView {
    let app = expect_context::<App>();
    view! {
        <section class="block" aria-labelledby="result-label" data-testid="result" aria-busy=move || app.computing.get().to_string()>
            <h2 class="label" id="result-label">{move || app.words().result}</h2>
            {move || match app.shown.get() {
                Some(shown) => view! { <Answer shown /> }.into_any(),
                None if app.computing.get() => view! {
                    <div class="skeleton skeleton-number"></div>
                    <p class="quiet">{app.words().computing}</p>
                }
                .into_any(),
                None => view! { <p class="quiet">{app.words().no_result}</p> }.into_any(),
            }}
            <Show when=move || slower_than_hoped(app)>
                <p class="quiet" data-testid="device-note">{move || conclusion(app)}</p>
            </Show>
        </section>
        {move || match app.shown.get().map(|shown| shown.outcome.finding) {
            Some(Finding::Mask(_)) => view! {
                <Legend />
                <OpacitySlider />
                <DownloadMask />
            }
            .into_any(),
            Some(Finding::Boxes(_)) => view! {
                <Legend />
                <ScoreSlider />
                <OpacitySlider />
            }
            .into_any(),
            Some(Finding::Classes(_)) | None => ().into_any(),
        }}
        <Show when=move || app.shown.with(Option::is_some)>
            <Teach />
        </Show>
    }
}

/// From a result to the studio, with the image on the screen.
#[component]
fn Teach() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let current = expect_context::<CurrentView>();
    let teach = move |_| {
        let name = app.chosen_name();
        let source = app.chosen_entry().map(|entry| entry.source);
        let picture =
            app.picture.with_untracked(|picture| picture.as_ref().map(|(_, canvas)| canvas.clone()));
        current.show(View::Studio);
        match (source, picture) {
            // The file itself: it may be a volume, or have more than eight bits.
            (Some(Source::File { file, .. }), _) => studio.add_files(vec![file], None),
            (_, Some(picture)) => spawn_local(async move {
                if let Some(file) = surface::to_file(&picture, &format!("{name}.png")).await {
                    studio.add_files(vec![file], None);
                }
            }),
            _ => {}
        }
    };
    view! {
        <button class="button" data-testid="teach" on:click=teach>
            <Glyph icon=Icon::Brush />
            {move || app.words().studio.teach}
        </button>
    }
}

/// The CPU computes because the GPU cannot.
fn slower_than_hoped(app: App) -> bool {
    app.report.with(|report| {
        let verdict = report.as_ref().map(|report| &report.verdict);
        matches!(verdict, Some(Verdict::NoGpu | Verdict::GpuFailed(_) | Verdict::GpuWrong))
    })
}

/// The number that matters, large, and the time.
#[component]
fn Answer(
    /// The model's answer.
    shown: Shown,
) -> impl IntoView {
    let app = expect_context::<App>();
    let outcome = shown.outcome.clone();
    let (took, device) = (outcome.seconds, outcome.device);
    let time = view! {
        <p class="quiet" data-testid="time" data-seconds=took.to_string()>
            {move || (app.words().took)(&seconds(took), app.device_name(device))}
        </p>
    };
    match &outcome.finding {
        Finding::Classes(shares) => view! {
            <Bars classes=shown.task.classes.clone() shares=shares.clone() />
            {time}
        }
        .into_any(),
        Finding::Mask(tallies) => {
            let objects = tallies.iter().skip(1).map(|tally| tally.objects as usize).sum();
            view! {
                <Count count=Signal::stored(objects) />
                {time}
            }
            .into_any()
        }
        Finding::Boxes(boxes) => {
            let scores: Vec<f32> = boxes.iter().map(|found| found.score).collect();
            let count = move || {
                let threshold = app.threshold.get();
                scores.iter().filter(|score| **score >= threshold).count()
            };
            view! {
                <Count count=Signal::derive(count) />
                {time}
            }
            .into_any()
        }
    }
}

/// A number of objects.
#[component]
fn Count(
    /// How many.
    count: Signal<usize>,
) -> impl IntoView {
    let app = expect_context::<App>();
    view! {
        <p class="headline">
            <span class="headline-number" data-testid="count">{move || count.get()}</span>
            <span>{move || (app.words().objects)(count.get())}</span>
        </p>
        <Show when=move || count.get() == 0>
            <p class="quiet">{move || app.words().nothing_found}</p>
        </Show>
    }
}

/// Class probabilities, most probable first.
#[component]
fn Bars(
    /// Names.
    classes: Vec<String>,
    /// Probabilities, in the order of the names.
    shares: Vec<f32>,
) -> impl IntoView {
    let app = expect_context::<App>();
    let mut order: Vec<(String, f64)> = classes.into_iter().zip(shares.into_iter().map(f64::from)).collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1));
    let best = order.first().map(|(class, share)| (class.clone(), percent(*share)));
    view! {
        {best.map(|(class, share)| view! {
            <p class="headline">
                <span class="headline-word">{move || class_name(app.language.get(), &class)}</span>
                <span class="numbers">{share}</span>
            </p>
        })}
        <ul class="bars" aria-label=move || app.words().probabilities data-testid="probabilities">
            {order
                .into_iter()
                .map(|(class, share)| {
                    let width = format!("width: {:.1}%", share * 100.0);
                    view! {
                        <li>
                            <span class="bars-words">
                                <span>{move || class_name(app.language.get(), &class)}</span>
                                <span class="numbers">{percent(share)}</span>
                            </span>
                            <span class="bar" aria-hidden="true"><span class="bar-fill" style=width></span></span>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}

#[component]
pub fn OpacitySlider() -> impl IntoView {
    let app = expect_context::<App>();
    view! {
        <label class="slider">
            <span>{move || app.words().opacity}</span>
            <output class="numbers">{move || percent(app.opacity.get())}</output>
            <input
                type="range"
                min="0"
                max="100"
                data-testid="opacity"
                prop:value=move || format!("{:.0}", app.opacity.get() * 100.0)
                on:input:target=move |event| {
                    app.opacity.set(event.target().value_as_number() / 100.0);
                }
            />
        </label>
    }
}

#[component]
pub fn ScoreSlider() -> impl IntoView {
    let app = expect_context::<App>();
    view! {
        <label class="slider">
            <span>{move || app.words().score_at_least}</span>
            <output class="numbers">{move || format!("{:.2}", app.threshold.get())}</output>
            <input
                type="range"
                min="5"
                max="95"
                data-testid="threshold"
                prop:value=move || format!("{:.0}", app.threshold.get() * 100.0)
                on:input:target=move |event| {
                    app.threshold.set((event.target().value_as_number() / 100.0) as f32);
                }
            />
        </label>
    }
}

/// Saves the mask as a PNG in the classes' colours.
#[component]
fn DownloadMask() -> impl IntoView {
    let app = expect_context::<App>();
    let save = move |_| {
        spawn_local(async move {
            let Some(canvas) = app.shown.with_untracked(|shown| layers::flat(shown.as_ref()?)) else {
                return;
            };
            let Some(blob) = surface::to_png(&canvas).await else { return };
            let Ok(url) = Url::create_object_url_with_blob(&blob) else { return };
            if let Some(link) =
                document().create_element("a").ok().and_then(|a| a.dyn_into::<HtmlAnchorElement>().ok())
            {
                link.set_href(&url);
                link.set_download(&format!("{}-mask.png", stem(&app.chosen_name())));
                link.click();
            }
            let _ = Url::revoke_object_url(&url);
        });
    };
    view! {
        <button class="button" data-testid="download-mask" on:click=save>
            <Glyph icon=Icon::Download />
            {move || app.words().download_mask}
        </button>
    }
}

/// A file name without its ending.
fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
