//! The chosen run: how it stands, its curves, tasks and pictures.

use leptos::prelude::*;

use super::chart::{Chart, Line, Manner};
use super::list::{Bar, Lamp};
use super::pictures::Pictures;
use super::tasks::Tasks;
use crate::locales::{RunWords, count, three_digits};
use crate::state::App;
use crate::state::runs::{Condition, Course, Runs, Series, Told};

/// Metrics that are shown at once.
const AT_ONCE: usize = 7;

/// The chosen run.
#[component]
pub fn Overview() -> impl IntoView {
    let app = expect_context::<App>();
    let runs = expect_context::<Runs>();
    let words = move || &app.words().runs;
    let losses =
        Memo::new(move |_| runs.of_chosen(|told| lines(&told.course, |task| told.course.losses.get(task))));
    let metrics = Memo::new(move |_| runs.of_chosen(|told| told.course.metric_names()));
    let rate = Memo::new(move |_| {
        let series = runs.of_chosen(|told| told.course.rate.clone());
        vec![Line { name: words().rate.to_owned(), index: 0, series }]
    });
    let expected = Memo::new(move |_| runs.of_chosen(|told| told.summary.state == Condition::Running));
    let has_numbers = Memo::new(move |_| losses.with(|lines| !lines.is_empty()));
    view! {
        <Facts />
        <Show
            when=move || has_numbers.get()
            fallback=move || view! {
                <Show when=move || expected.get()>
                    <p class="quiet">{move || words().nothing_yet}</p>
                </Show>
            }
        >
            <section class="sheet">
                <Chart
                    id="losses"
                    title=Signal::derive(move || words().losses.to_owned())
                    lines=losses
                    manner=Manner { log: true, smooth: true, legend: true }
                />
                <p class="quiet">{move || words().lines}</p>
            </section>
            <div class="sheets">
                <For each=move || some(&metrics, true) key=Clone::clone let:metric>
                    <section class="sheet"><Metric metric /></section>
                </For>
                <section class="sheet">
                    <Chart
                        id="rate"
                        title=Signal::derive(move || words().rate.to_owned())
                        lines=rate
                        manner=Manner::default()
                    />
                </section>
            </div>
            <Show when=move || !some(&metrics, false).is_empty()>
                <details class="more">
                    <summary>{move || words().more_metrics}</summary>
                    <div class="sheets">
                        <For each=move || some(&metrics, false) key=Clone::clone let:metric>
                            <section class="sheet"><Metric metric /></section>
                        </For>
                    </div>
                </details>
            </Show>
        </Show>
        <Tasks />
        <Pictures />
    }
}

/// The metrics that are shown at once, or the others: those of single classes may be many.
fn some(metrics: &Memo<Vec<String>>, at_once: bool) -> Vec<String> {
    metrics.with(|metrics| {
        let (first, others) = metrics.split_at(metrics.len().min(AT_ONCE));
        if at_once { first.to_vec() } else { others.to_vec() }
    })
}

/// A held-out metric of all tasks that have it.
#[component]
fn Metric(metric: String) -> impl IntoView {
    let app = expect_context::<App>();
    let runs = expect_context::<Runs>();
    let (id, name) = (format!("metric-{metric}"), metric.clone());
    let curves = Memo::new(move |_| {
        runs.of_chosen(|told| lines(&told.course, |task| told.course.metrics.get(task)?.get(&metric)))
    });
    view! {
        <Chart
            id
            title=Signal::derive(move || (app.words().runs.held_out)(&name))
            lines=curves
            manner=Manner { legend: true, ..Manner::default() }
        />
    }
}

/// A line per task that has a series. A task has the same colour everywhere.
fn lines<'a>(course: &'a Course, series: impl Fn(&str) -> Option<&'a Series>) -> Vec<Line> {
    let tasks = course.names().into_iter().enumerate();
    tasks
        .filter_map(|(index, name)| {
            let series = series(&name).filter(|series| !series.is_empty())?.clone();
            Some(Line { name, index, series })
        })
        .collect()
}

/// Name, condition and the numbers that matter.
#[component]
fn Facts() -> impl IntoView {
    let app = expect_context::<App>();
    let runs = expect_context::<Runs>();
    let condition = Memo::new(move |_| runs.of_chosen(|told| Some(told.summary.state)));
    let name = Memo::new(move |_| runs.of_chosen(|told| told.summary.name.clone()));
    let facts = move || {
        let words = &app.words().runs;
        let language = app.language.get().tag();
        let fact = |(name, value)| {
            view! { <div><dt class="label">{name}</dt><dd class="numbers">{value}</dd></div> }
        };
        runs.of_chosen(|told| facts(words, language, told)).into_iter().map(fact).collect_view()
    };
    let progress = Memo::new(move |_| runs.of_chosen(|told| (told.summary.update, told.summary.updates)));
    let remarks = Memo::new(move |_| runs.of_chosen(|told| remarks(&app.words().runs, told)));
    view! {
        <section class="sheet" data-testid="run-facts">
            <div class="run-head">
                <h2>{name}</h2>
                <p class="run-state" role="status" data-testid="run-state" >
                    {move || condition.get().map(|condition| view! { <Lamp condition /> })}
                    {move || condition.get().map(app.words().runs.condition)}
                </p>
            </div>
            {move || {
                let (made, updates) = progress.get();
                (updates > 0).then(|| view! { <Bar made updates /> })
            }}
            <dl class="run-numbers">{facts}</dl>
            {move || remarks.get().into_iter().map(|line| view! { <p class="quiet">{line}</p> }).collect_view()}
        </section>
    }
}

fn facts(words: &RunWords, language: &str, told: &Told) -> Vec<(&'static str, String)> {
    let (summary, course) = (&told.summary, &told.course);
    let updates = (summary.updates > 0).then(|| count(summary.updates));
    let mut facts = vec![(words.update, (words.updates)(&count(summary.update), updates.as_deref()))];
    facts.extend(told.seconds_left().map(|seconds| (words.time_left, (words.duration)(seconds))));
    facts.push((words.time_spent, (words.duration)(course.seconds)));
    if let (Condition::Running, Some((_, speed))) = (summary.state, course.images_per_second.last()) {
        facts.push((words.speed, (words.images_per_second)(&three_digits(*speed))));
    }
    facts.extend(course.best.map(|best| (words.best, (words.at_update)(&count(best)))));
    facts.push((words.device, course.device.clone()));
    facts.extend(summary.started.map(|time| (words.started, moment(time, language))));
    facts
}

/// What went otherwise than planned.
fn remarks(words: &RunWords, told: &Told) -> Vec<String> {
    let back = |(from, to, reason): &(u64, u64, String)| {
        (words.went_back)(&count(*from), &count(*to), reason.trim_end_matches('.'))
    };
    let course = &told.course;
    let mut remarks: Vec<String> = told.summary.reason.iter().map(|reason| (words.because)(reason)).collect();
    remarks.extend((course.skipped > 0).then(|| (words.skipped)(course.skipped)));
    remarks.extend(course.rollbacks.iter().map(back));
    remarks
}

/// Date and time of day where the visitor is.
fn moment(seconds: f64, language: &str) -> String {
    let date = js_sys::Date::new(&(seconds * 1000.0).into());
    let options = js_sys::Object::new();
    for (name, style) in [("dateStyle", "medium"), ("timeStyle", "short")] {
        // Setting a property of a plain object cannot fail.
        let _ = js_sys::Reflect::set(&options, &name.into(), &style.into());
    }
    date.to_locale_string(language, &options).into()
}
