//! What is being drawn: a polygon's corners, a box with its handles.

use leptos::prelude::*;

use super::super::viewer::Stage;
use super::pointer::{Hand, frame_of};
use crate::state::studio::Studio;
use crate::state::studio::pure::boxes::Frame;

/// Lines over the canvas, in CSS pixels.
#[component]
pub fn Draft() -> impl IntoView {
    let studio = expect_context::<Studio>();
    let stage = expect_context::<Stage>();
    let hand = expect_context::<Hand>();
    let on_screen = move |(x, y): (f64, f64)| {
        let view = stage.view.get();
        (x * view.scale + view.x, y * view.scale + view.y)
    };
    let corners = move || hand.corners.get().into_iter().map(on_screen).collect::<Vec<_>>();
    let points = move || {
        let corners = corners();
        let pointer = hand.at.get().filter(|_| !corners.is_empty());
        let all = corners.into_iter().chain(pointer);
        all.map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
    };
    let frame = move || {
        let chosen = move || {
            let chosen = studio.chosen_box.get()?;
            studio.boxes.with(|boxes| boxes.get(chosen).map(frame_of))
        };
        hand.frame.get().or_else(chosen)
    };
    view! {
        <svg class="draft" aria-hidden="true">
            <polygon class="draft-line" points=points />
            {move || {
                corners()
                    .into_iter()
                    .map(|(x, y)| view! { <circle class="draft-knob" cx=x cy=y r="4" /> })
                    .collect_view()
            }}
            {move || frame().map(|frame| handles(frame, on_screen))}
        </svg>
    }
}

/// A box with a knob at each corner and side.
fn handles(frame: Frame, on_screen: impl Fn((f64, f64)) -> (f64, f64)) -> impl IntoView {
    let (x0, y0) = on_screen((f64::from(frame.x0), f64::from(frame.y0)));
    let (x1, y1) = on_screen((f64::from(frame.x1), f64::from(frame.y1)));
    let (middle, centre) = (x0.midpoint(x1), y0.midpoint(y1));
    let knobs =
        [(x0, y0), (middle, y0), (x1, y0), (x0, centre), (x1, centre), (x0, y1), (middle, y1), (x1, y1)];
    view! {
        <rect class="draft-line" x=x0 y=y0 width=x1 - x0 height=y1 - y0 />
        {knobs
            .map(|(x, y)| view! { <rect class="draft-knob" x=x - 3.5 y=y - 3.5 width="7" height="7" /> })
            .into_iter()
            .collect_view()}
    }
}
