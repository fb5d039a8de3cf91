//! The objects of all images as a table: per image or per object, sorted by any column.

use leptos::prelude::*;

use super::super::icons::{Glyph, Icon};
use super::super::{OpenPanel, Panel, focus_when_shown};
use super::state::work_words;
use crate::locales::three_digits;
use crate::state::App;
use crate::state::studio::Studio;
use crate::state::studio::Work;
use crate::worker::messages::{Export, ObjectRow};

/// More rows than these are not drawn; the file has them all.
const SHOWN: usize = 300;

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Image,
    Class,
    Objects,
    Area,
    Length,
    Mean,
    Score,
}

impl Column {
    const ALL: [Self; 7] =
        [Self::Image, Self::Class, Self::Objects, Self::Area, Self::Length, Self::Mean, Self::Score];

    fn id(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Class => "class",
            Self::Objects => "objects",
            Self::Area => "area",
            Self::Length => "length",
            Self::Mean => "mean",
            Self::Score => "score",
        }
    }
}

/// A row: an object, or all objects of a class in an image.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    entry: u32,
    slice: u32,
    image: String,
    class: String,
    predicted: bool,
    /// Number of the object, or how many there are.
    count: u32,
    area: f64,
    length: f64,
    unit: String,
    mean: f64,
    score: Option<f64>,
}

fn lines(rows: &[ObjectRow], per_image: bool, name: impl Fn(u32) -> String) -> Vec<Line> {
    let of_object = |row: &ObjectRow| Line {
        entry: row.entry,
        slice: row.slice,
        image: name(row.entry),
        class: row.class.clone(),
        predicted: row.predicted,
        count: row.number,
        area: row.area,
        length: row.length,
        unit: row.unit.clone(),
        mean: row.mean,
        score: row.score.map(f64::from),
    };
    if !per_image {
        return rows.iter().map(of_object).collect();
    }
    // Areas are added up; lengths, means and scores are means over the objects.
    let mut lines: Vec<Line> = Vec::new();
    for row in rows {
        let same = |line: &&mut Line| {
            line.entry == row.entry && line.class == row.class && line.predicted == row.predicted
        };
        if let Some(line) = lines.iter_mut().find(same) {
            let n = f64::from(line.count);
            let mean = |old: f64, new: f64| (old * n + new) / (n + 1.0);
            line.area += row.area;
            line.length = mean(line.length, row.length);
            line.mean = mean(line.mean, row.mean);
            line.score = line.score.zip(row.score).map(|(old, new)| mean(old, f64::from(new)));
            line.count += 1;
        } else {
            lines.push(Line { count: 1, ..of_object(row) });
        }
    }
    lines
}

fn sort(lines: &mut [Line], column: Column, down: bool) {
    lines.sort_by(|a, b| {
        let order = match column {
            Column::Image => a.image.cmp(&b.image),
            Column::Class => a.class.cmp(&b.class),
            Column::Objects => a.count.cmp(&b.count),
            Column::Area => a.area.total_cmp(&b.area),
            Column::Length => a.length.total_cmp(&b.length),
            Column::Mean => a.mean.total_cmp(&b.mean),
            Column::Score => a.score.unwrap_or(-1.0).total_cmp(&b.score.unwrap_or(-1.0)),
        };
        if down { order.reverse() } else { order }
    });
}

/// The panel.
#[component]
pub fn TablePanel() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let panel = expect_context::<OpenPanel>();
    let place = NodeRef::new();
    focus_when_shown(place);
    let words = move || &app.words().studio;
    let per_image = RwSignal::new(true);
    let order = RwSignal::new((Column::Image, false));
    let sorted = Memo::new(move |_| {
        let name = |entry| studio.card(entry).map(|card| card.name).unwrap_or_default();
        let mut lines =
            studio.rows.with(|rows| lines(rows.as_deref().unwrap_or_default(), per_image.get(), name));
        let (column, down) = order.get();
        sort(&mut lines, column, down);
        lines
    });
    let measuring = move || studio.is_at(Work::Measuring);
    view! {
        <Show when=move || panel.is(Panel::Table)>
            <section class="panel panel-wide" node_ref=place tabindex="-1" data-testid="table-panel" aria-label=move || words().table>
                <div class="panel-top">
                    <h2>{move || words().table}</h2>
                    <div class="modes modes-small" role="group" aria-label=move || words().table>
                        <button class="mode" aria-pressed=move || per_image.get().to_string() data-testid="per-image" on:click=move |_| per_image.set(true)>
                            {move || words().per_image}
                        </button>
                        <button class="mode" aria-pressed=move || (!per_image.get()).to_string() data-testid="per-object" on:click=move |_| per_image.set(false)>
                            {move || words().per_object}
                        </button>
                    </div>
                    <button class="button button-small" data-testid="measure" on:click=move |_| studio.measure()>
                        {move || words().measure}
                    </button>
                    <button class="button button-small" data-testid="csv" on:click=move |_| studio.export(Export::MeasurementsCsv)>
                        "CSV"
                    </button>
                    <button class="tool" aria-label=move || app.words().close on:click=move |_| panel.close()>
                        <Glyph icon=Icon::Close />
                    </button>
                </div>
                <Show when=measuring>
                    <p class="quiet">{move || work_words(app, Work::Measuring)}</p>
                </Show>
                <div class="table-frame sheet-table" tabindex="0" role="group" aria-label=move || words().table>
                    <table data-testid="objects">
                        <thead>
                            <tr>{Column::ALL.map(|column| view! { <Head column order per_image /> }).collect_view()}</tr>
                        </thead>
                        <tbody>
                            {move || sorted.with(|lines| lines.iter().take(SHOWN).map(|line| row(studio, panel, line)).collect_view())}
                        </tbody>
                    </table>
                </div>
                <p class="quiet">
                    {move || sorted.with(|lines| match lines.len() {
                        0 if !measuring() => words().nothing_measured.to_owned(),
                        n if n > SHOWN => (words().more_rows)(n - SHOWN),
                        _ => String::new(),
                    })}
                </p>
            </section>
        </Show>
    }
}

/// A column's name; a press sorts by it, another turns the order around.
#[component]
fn Head(column: Column, order: RwSignal<(Column, bool)>, per_image: RwSignal<bool>) -> impl IntoView {
    let app = expect_context::<App>();
    let words = move || &app.words().studio;
    let name = move || match column {
        Column::Image => app.words().picture,
        Column::Class => words().class,
        Column::Objects if per_image.get() => words().number_of,
        Column::Objects => words().number,
        Column::Area => words().area,
        Column::Length => words().length,
        Column::Mean => words().mean,
        Column::Score => words().score,
    };
    let sorted = move || match order.get() {
        (own, true) if own == column => Some("descending"),
        (own, false) if own == column => Some("ascending"),
        _ => None,
    };
    let sign = move || match sorted() {
        Some("descending") => " ↓",
        Some(_) => " ↑",
        None => "",
    };
    let press = move |_| order.update(|order| *order = (column, order.0 == column && !order.1));
    view! {
        <th scope="col" aria-sort=sorted>
            <button class="link" data-sort=column.id() on:click=press>{name}{sign}</button>
        </th>
    }
}

fn row(studio: Studio, panel: OpenPanel, line: &Line) -> impl IntoView + use<> {
    let Line { entry, slice, .. } = *line;
    let unit = line.unit.clone();
    let open = move |_| {
        studio.choose(entry, slice);
        panel.close();
    };
    let sign = if line.predicted { "◐ " } else { "" };
    view! {
        <tr>
            <th scope="row"><button class="link" on:click=open>{sign}{line.image.clone()}</button></th>
            <td class="text">{line.class.clone()}</td>
            <td>{line.count}</td>
            <td>{format!("{} {unit}²", three_digits(line.area))}</td>
            <td>{format!("{} {unit}", three_digits(line.length))}</td>
            <td>{three_digits(line.mean)}</td>
            <td>{line.score.map(|score| format!("{score:.2}"))}</td>
        </tr>
    }
}
