//! What to know before fine-tuning, in words.

use leptos::prelude::*;

use crate::locales::three_digits;
use crate::state::App;
use crate::state::studio::Studio;
use crate::worker::messages::TuneWarning;

/// A line per warning; those that stand in the way first.
#[component]
pub fn Warnings() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let lines = move || {
        let mut warnings =
            studio.plan.with(|plan| plan.as_ref().map(|plan| plan.warnings.clone()).unwrap_or_default());
        warnings.sort_by_key(|warning| !warning.blocks());
        warnings
            .into_iter()
            .map(|warning| {
                let blocks = warning.blocks();
                view! {
                    <li class:blocks=blocks data-warning=id(&warning)>{sentence(app, studio, &warning)}</li>
                }
            })
            .collect_view()
    };
    view! { <ul class="warnings" data-testid="warnings">{lines}</ul> }
}

fn id(warning: &TuneWarning) -> &'static str {
    match warning {
        TuneWarning::NothingLabelled => "nothing-labelled",
        TuneWarning::AllHeldOut => "all-held-out",
        TuneWarning::OneImage => "one-image",
        TuneWarning::FewLabels { .. } => "few-labels",
        TuneWarning::OneClass { .. } => "one-class",
        TuneWarning::ClassWithoutLabels { .. } => "class-without-labels",
        TuneWarning::Imbalance { .. } => "imbalance",
        TuneWarning::AutomaticSplit { .. } => "automatic-split",
        TuneWarning::ScaledDown { .. } => "scaled-down",
    }
}

fn sentence(app: App, studio: Studio, warning: &TuneWarning) -> String {
    let words = &app.words().studio.warnings;
    match warning {
        TuneWarning::NothingLabelled => words.nothing_labelled.to_owned(),
        TuneWarning::AllHeldOut => words.all_held_out.to_owned(),
        TuneWarning::OneImage => words.one_image.to_owned(),
        TuneWarning::FewLabels { images } => (words.few_labels)(*images),
        TuneWarning::OneClass { class } => (words.one_class)(class.as_deref()),
        TuneWarning::ClassWithoutLabels { class } => (words.class_without_labels)(class),
        TuneWarning::Imbalance { rare, common, factor } => {
            (words.imbalance)(rare, common, &three_digits(f64::from(*factor)))
        }
        TuneWarning::AutomaticSplit { entries } => {
            let names: Vec<String> =
                entries.iter().filter_map(|entry| studio.card(*entry)).map(|card| card.name).collect();
            (words.automatic_split)(&names)
        }
        TuneWarning::ScaledDown { side } => (words.scaled_down)(*side),
    }
}
