//! The one curve of fine-tuning: the loss thin, the held-out score thick, both over the steps.

use leptos::prelude::*;

use super::super::runs::scale::{SIDE, Scale, path, smooth, thin};
use super::score::{measure_name, two_digits};
use crate::locales::three_digits;
use crate::state::App;
use crate::state::runs::Series;
use crate::state::studio::Studio;
use crate::worker::messages::TuneProgress;

/// The two series.
fn series(tuning: &TuneProgress) -> (Series, Series) {
    let losses = tuning.losses.iter().map(|(step, loss)| (u64::from(*step), f64::from(*loss))).collect();
    let scores = tuning.scores.iter().map(|point| (u64::from(point.step), point.value)).collect();
    (losses, scores)
}

/// The curves, with their newest values beside them.
#[component]
pub fn Curve() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio;
    let both =
        Memo::new(move |_| studio.tuning.with(|tuning| tuning.as_ref().map(series).unwrap_or_default()));
    let some = move || both.with(|(losses, _)| !losses.is_empty());
    let name = move || {
        let measure = studio.tuning.with(|tuning| tuning.as_ref()?.best.as_ref().map(|best| best.measure));
        measure.map_or(words().score, |measure| measure_name(app, measure))
    };
    let paths = move || {
        both.with(|(losses, scores)| {
            let x = Scale::of_updates([losses, scores].into_iter());
            let fall = smooth(losses);
            let y = Scale::of_values([&fall].into_iter(), false);
            let unit = Scale::unit();
            (path(&thin(&fall), x, y), path(&thin(scores), x, unit), scores.len() == 1)
        })
    };
    let last = |series: &Series| series.last().map(|(_, value)| *value);
    let loss = move || both.with(|(losses, _)| last(&smooth(losses))).map(three_digits);
    let score = move || both.with(|(_, scores)| last(scores)).map(two_digits);
    let label = move || (words().curve)(name());
    view! {
        <Show when=some>
            <figure class="tune-curve" data-testid="tune-curve">
                <svg viewBox=format!("0 0 {SIDE} {SIDE}") preserveAspectRatio="none" role="img" aria-label=label>
                    <line class="tune-grid" x1="0" x2=SIDE y1=SIDE / 2.0 y2=SIDE / 2.0 />
                    <path class="tune-loss" d=move || paths().0 />
                    <path class="tune-score" class:dot=move || paths().2 d=move || paths().1 />
                </svg>
                <figcaption>
                    <span class="tune-key tune-key-score">{name} " " <span class="numbers">{score}</span></span>
                    <span class="tune-key tune-key-loss">{move || words().loss} " " <span class="numbers">{loss}</span></span>
                </figcaption>
            </figure>
        </Show>
    }
}
