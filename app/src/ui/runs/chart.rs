//! A chart of curves over the updates. Its lines are SVG, its words are HTML, so that they keep their size.

use leptos::prelude::*;

use super::scale::{SIDE, Scale, path, smooth, thin, trimmed};
use crate::locales::{count, three_digits};
use crate::state::App;
use crate::state::runs::Series;

/// Colours in `style.css`.
const COLOURS: usize = 7;
/// Dashes tell curves of the same colour apart.
const DASHES: [&str; 3] = ["none", "7 4", "2 3"];
/// Rows of the table beside a chart.
const ROWS: usize = 12;

/// The name of the curve that is pointed at, in all charts at once.
#[derive(Clone, Copy)]
pub struct Lit(pub RwSignal<Option<String>>);

/// A curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// Its place among the tasks, which gives it its colour.
    pub index: usize,
    /// Its points.
    pub series: Series,
}

impl Line {
    fn style(&self) -> String {
        style(self.index)
    }
}

fn style(index: usize) -> String {
    let dash = DASHES[index / COLOURS % DASHES.len()];
    format!("--curve: var(--curve-{}); --dash: {dash}", index % COLOURS)
}

/// How the curves are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    /// A logarithmic axis.
    pub log: bool,
    /// A smooth curve over the thin measured one.
    pub smooth: bool,
    /// With the names of the curves.
    pub legend: bool,
}

/// Lines, axes, legend and table.
#[component]
pub fn Chart(
    /// Its heading.
    #[prop(into)]
    title: Signal<String>,
    /// Its name for tests.
    #[prop(into)]
    id: Signal<String>,
    /// The curves.
    #[prop(into)]
    lines: Signal<Vec<Line>>,
    /// How they are drawn.
    manner: Manner,
) -> impl IntoView {
    let app = expect_context::<App>();
    let scales = Memo::new(move |_| {
        lines.with(|lines| {
            let series = || lines.iter().map(|line| &line.series);
            let shown: Vec<Series> = if manner.smooth {
                series().flat_map(|series| [trimmed(series), smooth(series)]).collect()
            } else {
                series().cloned().collect()
            };
            (Scale::of_updates(series()), Scale::of_values(shown.iter(), manner.log))
        })
    });
    let names = Memo::new(move |_| {
        lines.with(|lines| lines.iter().map(|line| (line.name.clone(), line.index)).collect::<Vec<_>>())
    });
    let label = move || (app.words().runs.chart)(&title.get(), lines.with(Vec::len));
    view! {
        <figure class="chart" data-testid=move || format!("chart-{}", id.get())>
            <figcaption>{title}</figcaption>
            <div class="plot">
                <Axes scales />
                <svg viewBox=format!("0 0 {SIDE} {SIDE}") preserveAspectRatio="none" role="img" aria-label=label>
                    {move || lines.with(|lines| curves(lines, scales.get(), manner))}
                </svg>
            </div>
            <Show when=move || manner.legend>
                <ul class="keys">
                    <For each=move || names.get() key=Clone::clone let:key>
                        <Key name=key.0 index=key.1 lines />
                    </For>
                </ul>
            </Show>
            <details>
                <summary>{move || app.words().runs.as_table}</summary>
                <Table title lines />
            </details>
        </figure>
    }
}

/// Values at the left, updates below.
#[component]
fn Axes(scales: Memo<(Scale, Scale)>) -> impl IntoView {
    let rows = move || {
        let y = scales.get().1;
        let tick = |value: f64| {
            let place = format!("bottom: {:.2}%", y.place(value) * 100.0);
            view! { <span class="tick-row" style=place><span>{short(value)}</span></span> }
        };
        y.ticks().into_iter().map(tick).collect_view()
    };
    let columns = move || {
        let x = scales.get().0;
        let tick = |value: f64| {
            let place = format!("left: {:.2}%", x.place(value) * 100.0);
            view! { <span class="tick-column" style=place>{count(value as u64)}</span> }
        };
        x.ticks().into_iter().filter(|value| value.fract() == 0.0).map(tick).collect_view()
    };
    view! { <div class="axes" aria-hidden="true">{rows} {columns}</div> }
}

/// A round number without the zeros at its end.
fn short(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-4 {
        return format!("{value:.1e}");
    }
    format!("{value:.6}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn curves(lines: &[Line], (x, y): (Scale, Scale), manner: Manner) -> impl IntoView + use<> {
    let lit = expect_context::<Lit>().0;
    let curve = |line: &Line| {
        let others = others(lines, &line.name);
        let dimmed = move || lit.with(|lit| lit.as_ref().is_some_and(|lit| others.contains(lit)));
        let measured = path(&thin(&line.series), x, y);
        let smoothed = manner.smooth.then(|| path(&thin(&smooth(&line.series)), x, y));
        let thin = smoothed.is_some();
        let single = line.series.len() == 1;
        view! {
            <g class="curve" class:dimmed=dimmed style=line.style()>
                <path class:measured=thin class:dot=single d=measured />
                {smoothed.map(|path| view! { <path class:dot=single d=path /> })}
            </g>
        }
    };
    lines.iter().map(curve).collect_view()
}

/// The names of the chart's other curves: only they put this one in the background.
fn others(lines: &[Line], name: &str) -> Vec<String> {
    lines.iter().map(|line| &line.name).filter(|other| *other != name).cloned().collect()
}

/// A curve's name and last value. Pointing at it, or pressing it, puts it in front.
#[component]
fn Key(name: String, index: usize, lines: Signal<Vec<Line>>) -> impl IntoView {
    let lit = expect_context::<Lit>().0;
    let pressed = RwSignal::new(false);
    let last = {
        let name = name.clone();
        move || {
            lines.with(|lines| {
                let line = lines.iter().find(|line| line.name == name)?;
                line.series.last().map(|(_, value)| three_digits(*value))
            })
        }
    };
    let point = {
        let name = name.clone();
        move || lit.set(Some(name.clone()))
    };
    let leave = move || {
        if !pressed.get_untracked() {
            lit.set(None);
        }
    };
    let is_lit = {
        let name = name.clone();
        move || lit.with(|lit| lit.as_ref() == Some(&name))
    };
    let (enter, focus, press) = (point.clone(), point.clone(), point);
    let was_lit = is_lit.clone();
    view! {
        <li>
            <button
                class="key"
                aria-pressed=move || (pressed.get() && was_lit()).to_string()
                on:pointerenter=move |_| enter()
                on:pointerleave=move |_| leave()
                on:focus=move |_| focus()
                on:blur=move |_| leave()
                on:click=move |_| {
                    pressed.update(|pressed| *pressed = !*pressed);
                    if pressed.get_untracked() { press() } else { lit.set(None) }
                }
            >
                <svg class="curve" viewBox="0 0 24 8" width="24" height="8" aria-hidden="true" style=style(index)>
                    <path d="M1 4H23" />
                </svg>
                <span class="key-name">{name}</span>
                <span class="numbers">{last}</span>
            </button>
        </li>
    }
}

/// The numbers of a chart, some of the updates.
#[component]
fn Table(title: Signal<String>, lines: Signal<Vec<Line>>) -> impl IntoView {
    let app = expect_context::<App>();
    let head = move || {
        lines.with(|lines| {
            lines.iter().map(|line| view! { <th scope="col">{line.name.clone()}</th> }).collect_view()
        })
    };
    let body = move || {
        lines
            .with(|lines| rows(lines))
            .into_iter()
            .map(|(update, values)| {
                let values = values.into_iter().map(|value| view! { <td>{value.map(three_digits)}</td> });
                view! { <tr><th scope="row">{count(update)}</th>{values.collect_view()}</tr> }
            })
            .collect_view()
    };
    view! {
        <div class="table-frame" tabindex="0" role="group" aria-label=title>
            <table>
                <caption class="unseen">{title}</caption>
                <thead><tr><th scope="col">{move || app.words().runs.update}</th>{head}</tr></thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
}

/// Evenly spaced updates up to the newest, with the values of all lines there.
fn rows(lines: &[Line]) -> Vec<(u64, Vec<Option<f64>>)> {
    let mut updates: Vec<u64> =
        lines.iter().flat_map(|line| line.series.iter().map(|(update, _)| *update)).collect();
    updates.sort_unstable();
    updates.dedup();
    let step = updates.len().div_ceil(ROWS).max(1);
    let value = |line: &Line, update: u64| {
        let index = line.series.binary_search_by_key(&update, |(at, _)| *at).ok()?;
        line.series.get(index).map(|(_, value)| *value)
    };
    let row = |update: u64| (update, lines.iter().map(|line| value(line, update)).collect());
    updates.into_iter().rev().step_by(step).map(row).collect()
}
