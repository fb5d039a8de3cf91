//! The picture: a canvas that zooms around the cursor and moves with the pointer, fingers and keys.

use std::collections::HashMap;

use js_sys::Array;
use leptos::html::Canvas;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{HtmlCanvasElement, KeyboardEvent, PointerEvent, ResizeObserver, WheelEvent};

use super::drawing::{self, DrawnBox, Scene};
use super::layers::{Layer, layers};
use crate::locales::class_name;
use crate::state::{App, Ink, Shown, View};
use crate::worker::messages::{Finding, FoundBox};

/// Far enough for one press of an arrow key, in CSS pixels.
const STEP: f64 = 48.0;

/// Where each pressed pointer is on the canvas.
pub type Fingers = HashMap<i32, (f64, f64)>;

/// The canvas's size, and what buttons do with the view.
#[derive(Clone, Copy)]
pub struct Stage {
    /// Zoom and position of the image.
    pub view: RwSignal<View>,
    /// Size in CSS pixels.
    pub size: RwSignal<(f64, f64)>,
    /// Size of the image, in its own pixels.
    image: Signal<Option<(f64, f64)>>,
}

impl Stage {
    /// For a view of an image of this size.
    pub fn new(view: RwSignal<View>, image: Signal<Option<(f64, f64)>>) -> Self {
        Self { view, size: RwSignal::new((0.0, 0.0)), image }
    }

    /// For the picture of `app`.
    pub fn of_picture(app: App) -> Self {
        let size = move || {
            app.picture.with(|picture| {
                picture.as_ref().map(|(facts, _)| (f64::from(facts.width), f64::from(facts.height)))
            })
        };
        Self::new(app.view, Signal::derive(size))
    }

    fn image_size(self) -> Option<(f64, f64)> {
        self.image.get_untracked()
    }

    /// The place in the image under a place of the canvas.
    pub fn to_image(self, at: (f64, f64)) -> (f64, f64) {
        let view = self.view.get_untracked();
        ((at.0 - view.x) / view.scale, (at.1 - view.y) / view.scale)
    }

    /// Shows the whole image.
    pub fn fit(self) {
        if let Some(image) = self.image_size() {
            self.view.set(View::fit(image, self.size.get_untracked()));
        }
    }

    /// Zooms around the middle.
    pub fn zoom(self, factor: f64) {
        let (width, height) = self.size.get_untracked();
        self.zoom_at(factor, (width / 2.0, height / 2.0));
    }

    /// Zooms around a place of the canvas.
    pub fn zoom_at(self, factor: f64, at: (f64, f64)) {
        if let Some(image) = self.image_size() {
            let canvas = self.size.get_untracked();
            self.view.update(|view| *view = view.zoomed(factor, at, image, canvas));
        }
    }

    /// Moves the image, in CSS pixels.
    pub fn pan(self, dx: f64, dy: f64) {
        if let Some(image) = self.image_size() {
            let canvas = self.size.get_untracked();
            self.view.update(|view| *view = view.moved(dx, dy, image, canvas));
        }
    }
}

/// The canvas.
#[component]
pub fn Viewer() -> impl IntoView {
    let app = expect_context::<App>();
    let canvas = NodeRef::<Canvas>::new();
    let stage = expect_context::<Stage>();
    let fingers = StoredValue::new(Fingers::new());
    follow_size(canvas, stage);
    redraw_on_change(app, canvas, stage);

    let pressed = move |event: PointerEvent| {
        if let Some(canvas) = canvas.get_untracked() {
            let _ = canvas.set_pointer_capture(event.pointer_id());
        }
        fingers.update_value(|fingers| {
            fingers.insert(event.pointer_id(), position(&event));
        });
    };
    let moved = move |event: PointerEvent| follow_fingers(stage, fingers, &event);
    let released = move |event: PointerEvent| {
        fingers.update_value(|fingers| {
            fingers.remove(&event.pointer_id());
        });
    };
    let name = move || {
        let facts = app.picture.with(|picture| picture.as_ref().map(|(facts, _)| facts.clone()));
        match (facts, app.shown_key.get()) {
            (Some(facts), Some(key)) => (app.words().canvas)(&app.name_of(key), facts.width, facts.height),
            _ => app.words().no_picture.to_owned(),
        }
    };

    view! {
        <canvas
            node_ref=canvas
            class="canvas"
            tabindex="0"
            role="img"
            aria-label=name
            data-testid="canvas"
            on:wheel=move |event| wheel(stage, &event)
            on:pointerdown=pressed
            on:pointermove=moved
            on:pointerup=released
            on:pointercancel=released
            on:dblclick=move |_| stage.fit()
            on:keydown=move |event| key(stage, &event)
        ></canvas>
        <Show when=move || app.picture.with(Option::is_none)>
            <div class="skeleton skeleton-picture"></div>
        </Show>
    }
}

/// Where a pointer is on the canvas.
pub fn position(event: &PointerEvent) -> (f64, f64) {
    (f64::from(event.offset_x()), f64::from(event.offset_y()))
}

/// One finger or the mouse moves the image; two fingers also zoom it.
pub fn follow_fingers(stage: Stage, fingers: StoredValue<Fingers>, event: &PointerEvent) {
    let now = position(event);
    let Some((before, others)) = fingers
        .try_update_value(|fingers| {
            let before = fingers.insert(event.pointer_id(), now)?;
            let others = fingers.iter().filter(|(id, _)| **id != event.pointer_id()).map(|(_, at)| *at);
            Some((before, others.collect::<Vec<_>>()))
        })
        .flatten()
        // Not pressed: the insertion above is undone.
        .or_else(|| {
            fingers.update_value(|fingers| {
                fingers.remove(&event.pointer_id());
            });
            None
        })
    else {
        return;
    };
    let (dx, dy) = (now.0 - before.0, now.1 - before.1);
    match others.first() {
        None => stage.pan(dx, dy),
        Some(other) => {
            let distance = |at: (f64, f64)| (at.0 - other.0).hypot(at.1 - other.1).max(1.0);
            stage.pan(dx / 2.0, dy / 2.0);
            let middle = (now.0.midpoint(other.0), now.1.midpoint(other.1));
            stage.zoom_at(distance(now) / distance(before), middle);
        }
    }
}

/// The wheel zooms around the pointer.
pub fn wheel(stage: Stage, event: &WheelEvent) {
    event.prevent_default();
    let lines = if event.delta_mode() == WheelEvent::DOM_DELTA_LINE { 16.0 } else { 1.0 };
    let at = (f64::from(event.offset_x()), f64::from(event.offset_y()));
    stage.zoom_at((-event.delta_y() * lines / 400.0).exp(), at);
}

fn key(stage: Stage, event: &KeyboardEvent) {
    match event.key().as_str() {
        "ArrowLeft" => stage.pan(STEP, 0.0),
        "ArrowRight" => stage.pan(-STEP, 0.0),
        "ArrowUp" => stage.pan(0.0, STEP),
        "ArrowDown" => stage.pan(0.0, -STEP),
        // The page does not scroll while the image is dragged with the space bar held.
        " " => {}
        _ => return,
    }
    event.prevent_default();
}

/// Keeps the canvas's size, and a fitted view, in step with the window.
pub fn follow_size(canvas: NodeRef<Canvas>, stage: Stage) {
    let observer = StoredValue::new_local(None::<(ResizeObserver, Closure<dyn FnMut(Array)>)>);
    Effect::new(move |_| {
        let Some(element) = canvas.get() else { return };
        let watched = element.clone();
        let resized = Closure::<dyn FnMut(Array)>::new(move |_| {
            let size = (f64::from(watched.client_width()), f64::from(watched.client_height()));
            stage.size.set(size);
        });
        if let Ok(new) = ResizeObserver::new(resized.as_ref().unchecked_ref()) {
            new.observe(&element);
            observer.set_value(Some((new, resized)));
        }
    });
    on_cleanup(move || {
        if let Some(Some((observer, _))) = observer.try_update_value(Option::take) {
            observer.disconnect();
        }
    });
    Effect::new(move |_| {
        stage.size.track();
        stage.image.track();
        if stage.view.with_untracked(|view| view.fitted) {
            stage.fit();
        }
    });
}

/// Draws once per frame, when something that is seen has changed.
fn redraw_on_change(app: App, canvas: NodeRef<Canvas>, stage: Stage) {
    let ready = StoredValue::new_local(Vec::<Layer>::new());
    Effect::new(move |_| {
        ready.set_value(app.shown.with(|shown| shown.as_ref().map(layers).unwrap_or_default()));
    });

    let waiting = StoredValue::new(false);
    Effect::new(move |_| {
        stage.size.track();
        app.picture.track();
        app.shown.track();
        app.view.track();
        app.opacity.track();
        app.threshold.track();
        app.hidden.track();
        app.language.track();
        if canvas.get().is_none() || waiting.get_value() {
            return;
        }
        waiting.set_value(true);
        request_animation_frame(move || {
            waiting.set_value(false);
            redraw(app, canvas, stage, ready);
        });
    });
}

/// Gives a canvas the screen's size.
pub fn fit_canvas(canvas: &HtmlCanvasElement, stage: Stage, ratio: f64) {
    let (width, height) = stage.size.get_untracked();
    let (width, height) = ((width * ratio).round() as u32, (height * ratio).round() as u32);
    // Setting a size clears the canvas, even the same size.
    if (canvas.width(), canvas.height()) != (width, height) {
        canvas.set_width(width);
        canvas.set_height(height);
    }
}

fn redraw(app: App, canvas: NodeRef<Canvas>, stage: Stage, ready: StoredValue<Vec<Layer>, LocalStorage>) {
    let Some(canvas) = canvas.get_untracked() else { return };
    let ratio = window().device_pixel_ratio();
    fit_canvas(&canvas, stage, ratio);
    let boxes = app.shown.with_untracked(|shown| shown.as_ref().map(|shown| named_boxes(app, shown)));
    let boxes = boxes.unwrap_or_default();
    let opacity = if app.hidden.get_untracked() { 0.0 } else { app.opacity.get_untracked() };
    let drawn = app.picture.with_untracked(|picture| {
        let Some((_, picture)) = picture else { return Ok(()) };
        ready.with_value(|layers| {
            let view = app.view.get_untracked();
            drawing::draw(&canvas, &Scene { picture, view, layers, boxes: &boxes, opacity, ratio })
        })
    });
    if let Err(error) = drawn {
        leptos::logging::error!("{error:?}");
    }
}

/// The boxes that the slider lets through, with class and score in words.
fn named_boxes(app: App, shown: &Shown) -> Vec<DrawnBox> {
    let Finding::Boxes(boxes) = &shown.outcome.finding else { return Vec::new() };
    let (language, threshold) = (app.language.get_untracked(), app.threshold.get_untracked());
    let class = |index: usize| shown.task.classes.get(index).map(|class| class_name(language, class));
    let words = |found: &FoundBox| format!("{} {:.2}", class(found.class).unwrap_or_default(), found.score);
    let drawn = |found: &FoundBox| DrawnBox {
        corners: [found.x0, found.y0, found.x1, found.y1],
        ink: Ink::of(found.class),
        words: words(found),
        faint: false,
    };
    // The best is drawn last, on top.
    boxes.iter().rev().filter(|found| found.score >= threshold).map(drawn).collect()
}
