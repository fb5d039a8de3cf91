//! The tasks of a run with their newest numbers.

use leptos::prelude::*;

use crate::locales::{count, three_digits};
use crate::state::App;
use crate::state::runs::{Course, Runs, Series};

/// A row per task: images, loss, held-out metrics.
#[component]
pub fn Tasks() -> impl IntoView {
    let app = expect_context::<App>();
    let runs = expect_context::<Runs>();
    let words = move || &app.words().runs;
    let metrics = Memo::new(move |_| runs.of_chosen(|told| told.course.metric_names()));
    let heads = move || {
        metrics.get().into_iter().map(|metric| view! { <th scope="col">{metric}</th> }).collect_view()
    };
    let rows = move || {
        let metrics = metrics.get();
        runs.told.with(|told| {
            let course = &told.as_ref()?.course;
            Some(course.names().into_iter().map(|task| row(course, &task, &metrics)).collect_view())
        })
    };
    view! {
        <section class="sheet">
            <h3 id="run-tasks">{move || words().tasks}</h3>
            <div class="table-frame" tabindex="0" role="group" aria-labelledby="run-tasks">
                <table data-testid="run-tasks">
                    <thead>
                        <tr>
                            <th scope="col">{move || words().task}</th>
                            <th scope="col">{move || words().images}</th>
                            <th scope="col">{move || words().loss}</th>
                            {heads}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

fn row(course: &Course, task: &str, metrics: &[String]) -> impl IntoView + use<> {
    let images = course.tasks.get(task).map(|images| count(*images));
    let loss = course.losses.get(task).and_then(newest);
    let scores = course.metrics.get(task);
    let score = |metric: &String| scores.and_then(|scores| newest(scores.get(metric)?));
    let scores = metrics.iter().map(score).map(|score| view! { <td>{score}</td> }).collect_view();
    view! { <tr><th scope="row">{task.to_owned()}</th><td>{images}</td><td>{loss}</td>{scores}</tr> }
}

fn newest(series: &Series) -> Option<String> {
    series.last().map(|(_, value)| three_digits(*value))
}
