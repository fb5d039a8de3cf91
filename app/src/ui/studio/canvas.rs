//! The canvas: the image with its boxes below, labels and predictions over it, what is being drawn on top.

use leptos::html::Canvas;
use leptos::prelude::*;

use super::super::drawing::{self, DrawnBox, Scene};
use super::super::viewer::{Stage, fit_canvas, follow_size};
use super::draft::Draft;
use super::pointer::{Hand, wheeled};
use super::repaint::follow_layers;
use crate::state::studio::Studio;
use crate::state::studio::pure::shortcuts::Tool;
use crate::state::{App, Ink};
use crate::worker::messages::{LabelBox, StudioPrediction};

/// The stack of canvases, and the hand over them.
#[component]
pub fn StudioCanvas() -> impl IntoView {
    let app = expect_context::<App>();
    let studio = expect_context::<Studio>();
    let stage = expect_context::<Stage>();
    let hand = expect_context::<Hand>();
    let (image, over) = (NodeRef::<Canvas>::new(), NodeRef::<Canvas>::new());
    follow_size(image, stage);
    follow_image(app, studio, stage, hand, image);
    follow_layers(app, studio, stage, over);

    let name = move || {
        let facts = studio.open.with(|open| open.as_ref().map(|(view, _)| (view.width, view.height)));
        match (facts, studio.chosen_card()) {
            (Some((width, height)), Some(card)) => (app.words().studio.canvas)(&card.name, width, height),
            _ => app.words().no_picture.to_owned(),
        }
    };
    let ring = move || {
        let (x, y) = hand.at.get()?;
        let paints = matches!(studio.tool.get(), Tool::Brush | Tool::Eraser) && !hand.space.get();
        let side = studio.radius.get() * 2.0 * stage.view.get().scale;
        paints.then(|| format!("width: {side:.1}px; height: {side:.1}px; left: {x:.1}px; top: {y:.1}px"))
    };
    view! {
        <canvas node_ref=image class="canvas canvas-image" aria-hidden="true"></canvas>
        <canvas
            node_ref=over
            class="canvas canvas-over"
            style=move || format!("cursor: {}", hand.cursor.get())
            tabindex="0"
            role="img"
            aria-label=name
            aria-busy=move || studio.is_awaiting_picture().to_string()
            data-testid="studio-canvas"
            data-entry=move || studio.open.with(|open| open.as_ref().map(|(view, _)| view.entry.to_string()))
            data-boxes=move || studio.boxes.with(Vec::len).to_string()
            data-prediction=move || studio.prediction.with(Option::is_some).to_string()
            data-scale=move || format!("{:.6}", stage.view.get().scale)
            data-x=move || format!("{:.3}", stage.view.get().x)
            data-y=move || format!("{:.3}", stage.view.get().y)
            on:pointerdown=move |event| hand.pressed(studio, stage, &event)
            on:pointermove=move |event| hand.moved(studio, stage, &event)
            on:pointerup=move |event| hand.released(studio, stage, &event)
            on:pointercancel=move |event| {
                hand.give_up(studio);
                hand.released(studio, stage, &event);
            }
            on:pointerleave=move |_| hand.left()
            on:wheel=move |event| wheeled(studio, stage, &event)
            on:contextmenu=move |event| event.prevent_default()
        ></canvas>
        <Draft />
        {move || ring().map(|style| view! { <span class="ring" style=style aria-hidden="true"></span> })}
    }
}

/// Draws image and boxes once per frame, when something that is seen has changed.
fn follow_image(app: App, studio: Studio, stage: Stage, hand: Hand, canvas: NodeRef<Canvas>) {
    let waiting = StoredValue::new(false);
    Effect::new(move |_| {
        stage.size.track();
        stage.view.track();
        studio.open.track();
        studio.boxes.track();
        studio.prediction.track();
        studio.show_labels.track();
        studio.show_prediction.track();
        hand.frame.track();
        studio.chosen_box.track();
        app.opacity.track();
        app.hidden.track();
        app.threshold.track();
        studio.project.track();
        if canvas.get().is_none() || waiting.get_value() {
            return;
        }
        waiting.set_value(true);
        request_animation_frame(move || {
            waiting.set_value(false);
            draw(app, studio, stage, hand, canvas);
        });
    });
}

fn draw(app: App, studio: Studio, stage: Stage, hand: Hand, canvas: NodeRef<Canvas>) {
    let Some(canvas) = canvas.get_untracked() else { return };
    let ratio = window().device_pixel_ratio();
    fit_canvas(&canvas, stage, ratio);
    let boxes = untrack(|| boxes(app, studio, hand));
    let opacity = if app.hidden.get_untracked() { 0.0 } else { app.opacity.get_untracked() };
    let view = stage.view.get_untracked();
    let drawn = studio.open.with_untracked(|open| match open {
        Some((_, picture)) => {
            drawing::draw(&canvas, &Scene { picture, view, layers: &[], boxes: &boxes, opacity, ratio })
        }
        None => drawing::clear(&canvas),
    });
    if let Err(error) = drawn {
        leptos::logging::error!("{error:?}");
    }
}

/// What the model found, weaker, under what people drew.
fn boxes(app: App, studio: Studio, hand: Hand) -> Vec<DrawnBox> {
    let inks = studio.inks();
    let classes = studio.task_card().map(|task| task.classes).unwrap_or_default();
    let name = |id: u8| classes.iter().find(|class| class.id == id).map_or("", |class| class.name.as_str());
    let ink = |id: u8| inks.get(usize::from(id)).copied().unwrap_or(Ink::of(0));
    let mut drawn = Vec::new();
    if let Some(StudioPrediction::Boxes(found)) = studio.prediction.get()
        && studio.show_prediction.get()
    {
        let threshold = app.threshold.get();
        drawn.extend(found.iter().rev().filter(|found| found.score >= threshold).map(|found| DrawnBox {
            corners: [found.x0, found.y0, found.x1, found.y1],
            ink: ink(found.class as u8),
            words: format!("{} {:.2}", name(found.class as u8), found.score),
            faint: true,
        }));
    }
    if studio.show_labels.get() {
        let changed = studio.chosen_box.get().filter(|_| hand.frame.with(Option::is_some));
        let own = |(_, own): (usize, &LabelBox)| DrawnBox {
            corners: [own.x0, own.y0, own.x1, own.y1],
            ink: ink(own.class),
            words: name(own.class).to_owned(),
            faint: false,
        };
        studio.boxes.with(|boxes| {
            drawn.extend(boxes.iter().enumerate().filter(|(index, _)| Some(*index) != changed).map(own));
        });
    }
    drawn
}
