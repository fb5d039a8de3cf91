//! Paints labels and predictions over the image: once per frame, and only what has changed.

use leptos::html::Canvas;
use leptos::prelude::*;
use wasm_bindgen::Clamped;
use web_sys::{HtmlCanvasElement, ImageData};

use super::super::viewer::{Stage, fit_canvas};
use crate::state::studio::pure::overlay::{Place, paint};
use crate::state::studio::pure::rect::Rect;
use crate::state::studio::{Dirty, Sight, Studio};
use crate::state::{App, Ink, surface};

/// What a painting needs besides the layers.
#[derive(Clone, Debug, PartialEq)]
struct Manner {
    sight: Sight,
    inks: Vec<Ink>,
}

/// Keeps the canvas in step with the layers.
pub fn follow_layers(app: App, studio: Studio, stage: Stage, canvas: NodeRef<Canvas>) {
    let manner = Memo::new(move |_| Manner { sight: sight(app, studio, stage), inks: studio.inks() });
    let whole = Memo::new(move |before: Option<&u32>| {
        stage.size.track();
        stage.view.track();
        manner.track();
        before.map_or(0, |before| before.wrapping_add(1))
    });
    let waiting = StoredValue::new(false);
    let rgba = StoredValue::new(Vec::new());
    Effect::new(move |seen: Option<u32>| {
        let now = whole.get();
        studio.repaint.track();
        if seen != Some(now) {
            studio.dirty.update_value(|dirty| dirty.all = true);
        }
        if canvas.get().is_some() && !waiting.get_value() {
            waiting.set_value(true);
            request_animation_frame(move || {
                waiting.set_value(false);
                if let Some(canvas) = canvas.get_untracked() {
                    let manner = manner.get_untracked();
                    rgba.update_value(|rgba| repaint(studio, stage, &canvas, &manner, rgba));
                }
            });
        }
        now
    });
}

fn sight(app: App, studio: Studio, stage: Stage) -> Sight {
    let comparing = studio.comparing.get();
    Sight {
        labels: studio.show_labels.get(),
        prediction: studio.show_prediction.get(),
        heat: studio.show_heat.get(),
        divider: comparing.then(|| studio.divider.get() * stage.size.get().0),
        opacity: if app.hidden.get() { 0.0 } else { app.opacity.get() },
    }
}

/// One painted pixel per CSS pixel: sharp enough for outlines, and a quarter of the work on a sharp screen.
fn repaint(studio: Studio, stage: Stage, canvas: &HtmlCanvasElement, manner: &Manner, rgba: &mut Vec<u8>) {
    fit_canvas(canvas, stage, 1.0);
    let screen = (canvas.width(), canvas.height());
    let dirty =
        studio.dirty.try_update_value(std::mem::take).unwrap_or(Dirty { all: true, ..Dirty::default() });
    let view = stage.view.get_untracked();
    let place = Place { x: view.x, y: view.y, scale: view.scale };
    let area = if dirty.all { Rect::whole(screen.0, screen.1) } else { place.on_screen(dirty.rect, screen) };
    if area.is_empty() {
        return;
    }
    let size = studio.open.with_untracked(|open| open.as_ref().map(|(view, _)| (view.width, view.height)));
    studio.layers.with_value(|layers| {
        let sheet = layers.sheet(size.unwrap_or_default(), manner.sight, &manner.inks);
        paint(&sheet, place, area, rgba);
    });
    let data = ImageData::new_with_u8_clamped_array_and_sh(Clamped(rgba), area.width, area.height);
    if let (Ok(data), Some(context)) = (data, surface::context(canvas)) {
        // What the browser refuses is painted with the next change.
        let _ = context.put_image_data(&data, f64::from(area.x), f64::from(area.y));
    }
}
