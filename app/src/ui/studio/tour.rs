//! Three steps for a first visit, beside the picture and never over it for long.

use leptos::prelude::*;

use crate::state::App;
use crate::state::studio::{Step, Studio};

/// The step's card.
#[component]
pub fn Tour() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let words = move || &app.words().studio.tour;
    let begin = move |step: Step| {
        // The first step brings images, where there are none.
        let empty = studio
            .project
            .with_untracked(|project| project.as_ref().is_some_and(|project| project.entries.is_empty()));
        if step == Step::Add && empty {
            studio.add_samples();
        }
        studio.tour_on();
    };
    // Before the project is open nobody knows whether it has images.
    let step = move || studio.tour.get().filter(|_| studio.project.with(Option::is_some));
    let step = Memo::new(move |_| step());
    view! {
        {move || step.get().map(|step| {
            let (title, text) = (words().step)(step);
            let last = step == Step::Tune;
            view! {
                <aside class="tour" data-testid="tour" data-step=step.index() aria-label=words().name>
                    <p class="quiet numbers">{format!("{} / {}", step.index() + 1, Step::ALL.len())}</p>
                    <h2>{title}</h2>
                    <p>{text}</p>
                    <div class="actions">
                        <button class="button button-small button-main" data-testid="tour-next" on:click=move |_| begin(step)>
                            {match step {
                                Step::Add => words().use_samples,
                                _ if last => words().end,
                                _ => words().next,
                            }}
                        </button>
                        <Show when=move || !last>
                            <button class="link" data-testid="tour-skip" on:click=move |_| studio.end_tour()>
                                {move || words().skip}
                            </button>
                        </Show>
                    </div>
                </aside>
            }
        })}
    }
}
