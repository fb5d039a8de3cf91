//! The classes of a mask or of boxes, with their colour and pattern, and how much there is of each.

use leptos::prelude::*;

use crate::locales::{class_name, percent};
use crate::state::{App, Hatch, Ink, Shown};
use crate::worker::messages::Finding;

/// One line per class that is drawn.
#[component]
pub fn Legend() -> impl IntoView {
    let app = expect_context::<App>();
    view! {
        <section class="block" aria-labelledby="classes-label">
            <h2 class="label" id="classes-label">{move || app.words().classes}</h2>
            <ul class="legend" data-testid="legend">
                {move || app.shown.get().map(|shown| lines(app, &shown)).unwrap_or_default().into_iter().map(line).collect_view()}
            </ul>
        </section>
    }
}

struct Line {
    ink: Ink,
    name: String,
    count: usize,
    share: Option<String>,
}

fn lines(app: App, shown: &Shown) -> Vec<Line> {
    let language = app.language.get();
    let classes = shown.task.classes.iter().map(|class| class_name(language, class));
    match &shown.outcome.finding {
        Finding::Mask(tallies) => {
            let area = f64::from(shown.outcome.width) * f64::from(shown.outcome.height);
            let foreground = classes.zip(tallies).skip(1).enumerate();
            foreground
                .map(|(i, (name, tally))| Line {
                    ink: Ink::of(i),
                    name,
                    count: tally.objects as usize,
                    share: Some(percent(tally.pixels as f64 / area)),
                })
                .collect()
        }
        Finding::Boxes(boxes) => {
            let threshold = app.threshold.get();
            let count = |class| boxes.iter().filter(|b| b.class == class && b.score >= threshold).count();
            classes
                .enumerate()
                .map(|(i, name)| Line { ink: Ink::of(i), name, count: count(i), share: None })
                .collect()
        }
        Finding::Classes(_) => Vec::new(),
    }
}

/// The style of a swatch with this pattern.
pub fn swatch(hatch: Hatch) -> &'static str {
    match hatch {
        Hatch::Plain => "swatch",
        Hatch::Rising => "swatch swatch-rising",
        Hatch::Falling => "swatch swatch-falling",
        Hatch::Crossed => "swatch swatch-crossed",
        Hatch::Level => "swatch swatch-level",
    }
}

fn line(line: Line) -> impl IntoView {
    let hatch = swatch(line.ink.hatch);
    let style = format!("--ink: {}", line.ink.css());
    view! {
        <li>
            <span class=hatch style=style aria-hidden="true"></span>
            <span class="grow">{line.name}</span>
            <span class="numbers quiet">{line.share}</span>
            <span class="numbers count">{line.count}</span>
        </li>
    }
}
