//! The studio: images at the left, the canvas in the middle, tasks, result and fine-tuning at the right.

mod add;
mod canvas;
mod classes;
mod compare;
mod curve;
mod draft;
mod exports;
mod field;
mod help;
mod history;
mod images;
mod keys;
mod navigate;
mod notices;
mod pointer;
mod repaint;
mod result;
mod row;
mod score;
mod state;
mod table;
mod tasks;
mod tools;
mod tour;
mod tune;
mod warnings;

use leptos::prelude::*;

use super::viewer::Stage;
use super::{Arrival, OpenPanel, Panel, listen_for_files};
use crate::state::App;
use crate::state::studio::Studio;
use canvas::StudioCanvas;
use compare::Divider;
use exports::ExportPanel;
use help::StudioHelp;
use images::ImageList;
use navigate::Navigate;
use notices::StudioNotices;
use pointer::Hand;
use result::StudioResult;
use state::{LiveRegion, Status};
pub use state::{ProjectName, SavedState, storage_words};
use table::TablePanel;
use tasks::Tasks;
use tools::Tools;
use tour::Tour;
use tune::TuneCard;

/// The screen.
#[component]
pub fn StudioScreen() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let panel = expect_context::<OpenPanel>();
    let size = move || {
        studio
            .open
            .with(|open| open.as_ref().map(|(view, _)| (f64::from(view.width), f64::from(view.height))))
    };
    let stage = Stage::new(studio.view, Signal::derive(size));
    let hand = Hand::new();
    provide_context(stage);
    provide_context(hand);
    keys::listen(studio, panel, stage, hand);
    hand.follow_place(studio);
    let dragging = RwSignal::new(false);
    listen_for_files(dragging, move |arrival| match arrival {
        Arrival::Dropped(data) => studio.add_dropped(&data),
        Arrival::Pasted(files, name) if !files.is_empty() => studio.add_files(files, Some(name)),
        Arrival::Pasted(..) => {}
    });
    if let Some(interval) = studio.watch() {
        on_cleanup(move || interval.clear());
    }
    studio.offer_tour();

    let words = move || app.words();
    view! {
        <StudioNotices />
        <main
            class="zones studio"
            class:images-open=move || panel.is(Panel::Images)
            class:task-open=move || panel.is(Panel::Task)
            data-testid="studio"
            data-open=move || studio.project.with(Option::is_some).to_string()
        >
            <aside class="zone zone-images" aria-label=move || words().show_images>
                <ImageList />
            </aside>
            <section class="zone zone-picture" aria-label=move || words().picture data-testid="drop">
                <StudioCanvas />
                <Divider />
                <Status />
                <Tools />
                <Navigate />
                <Tour />
                <Show when=move || dragging.get()>
                    <div class="drop-here">{move || words().drop_here}</div>
                </Show>
            </section>
            <aside class="zone zone-task" aria-label=move || words().show_task>
                <Tasks />
                <StudioResult />
                <TuneCard />
                <p class="quiet foot">{move || words().not_medical}</p>
            </aside>
            <Show when=move || panel.is(Panel::Images) || panel.is(Panel::Task)>
                <button class="scrim" aria-label=move || words().close on:click=move |_| panel.close()></button>
            </Show>
        </main>
        <LiveRegion />
        <TablePanel />
        <ExportPanel />
        <StudioHelp />
    }
}
