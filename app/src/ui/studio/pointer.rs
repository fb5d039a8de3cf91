//! The tool in hand: what pointers on the canvas do.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent, WheelEvent};

use super::super::viewer::{Fingers, Stage, follow_fingers, position, wheel};
use crate::state::studio::Studio;
use crate::state::studio::pure::boxes::{Frame, Grip, hit};
use crate::state::studio::pure::shapes::Point;
use crate::state::studio::pure::shortcuts::Tool;
use crate::worker::messages::{EntryId, LabelBox, TaskId, TaskKind};

/// How near an edge of a box or a corner of a polygon has to be, in CSS pixels.
const REACH: f64 = 7.0;
/// A box smaller than this was a click, in CSS pixels.
const LEAST: f32 = 4.0;

/// What has been begun.
#[derive(Clone, Debug, Default)]
enum Gesture {
    #[default]
    Nothing,
    Pan,
    Stroke {
        last: Point,
        radius: f64,
    },
    NewBox {
        from: Point,
    },
    DragBox {
        index: usize,
        grip: Grip,
        from: Point,
        old: LabelBox,
    },
}

/// The hand over the canvas.
#[derive(Clone, Copy)]
pub struct Hand {
    gesture: StoredValue<Gesture>,
    fingers: StoredValue<Fingers>,
    /// Where the pointer is, for the brush's ring, in CSS pixels.
    pub at: RwSignal<Option<(f64, f64)>>,
    /// The corners of a polygon that is being drawn, in image pixels.
    pub corners: RwSignal<Vec<Point>>,
    /// A box that is being drawn or changed.
    pub frame: RwSignal<Option<Frame>>,
    /// The pointer's form, as in CSS.
    pub cursor: RwSignal<&'static str>,
    /// The space bar is held: every tool moves the image.
    pub space: RwSignal<bool>,
}

impl Hand {
    /// An empty hand.
    pub fn new() -> Self {
        Self {
            gesture: StoredValue::new(Gesture::Nothing),
            fingers: StoredValue::new(Fingers::new()),
            at: RwSignal::new(None),
            corners: RwSignal::new(Vec::new()),
            frame: RwSignal::new(None),
            cursor: RwSignal::new("default"),
            space: RwSignal::new(false),
        }
    }

    /// A pointer is pressed.
    pub fn pressed(self, studio: Studio, stage: Stage, event: &PointerEvent) {
        if let Some(target) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) {
            let _ = target.set_pointer_capture(event.pointer_id());
        }
        let screen = position(event);
        let fingers = self.fingers.try_update_value(|fingers| {
            fingers.insert(event.pointer_id(), screen);
            fingers.len()
        });
        if fingers > Some(1) {
            // The second finger means zooming: what the first one painted was not meant.
            self.give_up(studio);
            self.gesture.set_value(Gesture::Pan);
            return;
        }
        let at = stage.to_image(screen);
        let moves =
            self.space.get_untracked() || event.button() == 1 || studio.tool.get_untracked() == Tool::Move;
        if moves || studio.open.with_untracked(Option::is_none) {
            self.gesture.set_value(Gesture::Pan);
            self.cursor.set("grabbing");
            return;
        }
        // What is drawn now would be meant for an image that is not on the screen yet.
        let awaits = studio.at_hand().is_none();
        if awaits || (event.button() != 0 && event.button() != 5) {
            return;
        }
        match studio.tool.get_untracked() {
            Tool::Brush | Tool::Eraser => self.begin_stroke(studio, at, event),
            Tool::Polygon => self.add_corner(studio, stage, at, event.detail()),
            Tool::Fill => with_pixel(studio, at, |pixel| studio.flood(pixel)),
            Tool::Smart => with_pixel(studio, at, |pixel| studio.smart_fill(pixel)),
            Tool::Box => self.begin_box(studio, stage, at),
            Tool::Move => {}
        }
    }

    /// A pointer moves.
    pub fn moved(self, studio: Studio, stage: Stage, event: &PointerEvent) {
        self.at.set(Some(position(event)));
        let several = self.fingers.with_value(|fingers| fingers.len() > 1);
        let gesture = self.gesture.with_value(kind_of);
        match gesture {
            _ if several => follow_fingers(stage, self.fingers, event),
            Kind::Pan => follow_fingers(stage, self.fingers, event),
            Kind::Stroke => {
                // The browser gathers moves between two frames; all of them belong to the stroke.
                let gathered = event.get_coalesced_events();
                for index in 0..gathered.length() {
                    if let Ok(event) = gathered.get(index).dyn_into::<PointerEvent>() {
                        self.go_on(studio, stage, &event);
                    }
                }
                if gathered.length() == 0 {
                    self.go_on(studio, stage, event);
                }
            }
            Kind::Box => self.drag_box(studio, stage.to_image(position(event))),
            Kind::Nothing => self.look(studio, stage, position(event)),
        }
    }

    /// A pointer is released.
    pub fn released(self, studio: Studio, stage: Stage, event: &PointerEvent) {
        self.fingers.update_value(|fingers| {
            fingers.remove(&event.pointer_id());
        });
        if event.pointer_type() == "touch" {
            self.at.set(None);
        }
        let gesture = self.gesture.try_update_value(std::mem::take).unwrap_or_default();
        match gesture {
            Gesture::Stroke { .. } => studio.end_stroke(),
            Gesture::NewBox { .. } => self.end_box(studio, stage, None),
            Gesture::DragBox { index, .. } => self.end_box(studio, stage, Some(index)),
            Gesture::Pan if self.fingers.with_value(|fingers| !fingers.is_empty()) => {
                self.gesture.set_value(Gesture::Pan);
            }
            Gesture::Pan | Gesture::Nothing => {}
        }
        self.look(studio, stage, position(event));
    }

    /// The pointer has left the canvas.
    pub fn left(self) {
        self.at.set(None);
    }

    /// Gives up what has been begun. True where there was something.
    pub fn give_up(self, studio: Studio) -> bool {
        self.gesture.set_value(Gesture::Nothing);
        let corners = self.corners.try_update(std::mem::take).unwrap_or_default();
        let framed = self.frame.try_update(Option::take).flatten().is_some();
        studio.give_up_stroke() || framed || !corners.is_empty()
    }

    /// Ends what was begun when another image, slice or task is chosen. A stroke is done by then; a box or a polygon
    /// without its end is nothing.
    pub fn follow_place(self, studio: Studio) {
        Effect::new(move |before: Option<(Option<EntryId>, u32, Option<TaskId>)>| {
            let place = (studio.entry.get(), studio.slice.get(), studio.task.get());
            if before.is_some_and(|before| before != place) {
                self.give_up(studio);
            }
            place
        });
    }

    /// Fills the polygon that is being drawn.
    pub fn finish(self, studio: Studio) {
        let corners = self.corners.try_update(std::mem::take).unwrap_or_default();
        studio.fill_polygon(&corners);
    }

    fn begin_stroke(self, studio: Studio, at: Point, event: &PointerEvent) {
        if studio.begin_stroke() {
            let radius = pressed_radius(studio, event);
            studio.paint(at, at, radius);
            self.gesture.set_value(Gesture::Stroke { last: at, radius });
        }
    }

    fn go_on(self, studio: Studio, stage: Stage, event: &PointerEvent) {
        let at = stage.to_image(position(event));
        let thick = pressed_radius(studio, event);
        self.gesture.update_value(|gesture| {
            if let Gesture::Stroke { last, radius } = gesture {
                // A pen's pressure changes smoothly.
                *radius = radius.mul_add(0.6, thick * 0.4);
                studio.paint(*last, at, *radius);
                *last = at;
            }
        });
    }

    fn add_corner(self, studio: Studio, stage: Stage, at: Point, clicks: i32) {
        let near = REACH / stage.view.get_untracked().scale;
        let closes = self.corners.with_untracked(|corners| {
            let first = corners.first().filter(|_| corners.len() > 2);
            clicks > 1 || first.is_some_and(|first| (first.0 - at.0).hypot(first.1 - at.1) <= near)
        });
        if closes {
            self.finish(studio);
        } else {
            self.corners.update(|corners| corners.push(at));
        }
    }

    fn begin_box(self, studio: Studio, stage: Stage, at: Point) {
        let reach = (REACH / stage.view.get_untracked().scale) as f32;
        let boxes = studio.boxes.get_untracked();
        let frames: Vec<Frame> = boxes.iter().map(frame_of).collect();
        let found = hit(&frames, (at.0 as f32, at.1 as f32), reach);
        studio.chosen_box.set(found.map(|(index, _)| index));
        let old = found.and_then(|(index, grip)| Some((index, grip, *boxes.get(index)?)));
        self.gesture.set_value(match old {
            Some((index, grip, old)) => {
                studio.class.set(old.class);
                Gesture::DragBox { index, grip, from: at, old }
            }
            None => Gesture::NewBox { from: at },
        });
    }

    fn drag_box(self, studio: Studio, at: Point) {
        let Some(size) = image_size(studio) else { return };
        let frame = self.gesture.with_value(|gesture| match gesture {
            Gesture::NewBox { from } => {
                Some(Frame::between((from.0 as f32, from.1 as f32), (at.0 as f32, at.1 as f32), size))
            }
            Gesture::DragBox { grip, from, old, .. } => {
                let by = ((at.0 - from.0) as f32, (at.1 - from.1) as f32);
                Some(frame_of(old).dragged(*grip, by, size))
            }
            _ => None,
        });
        self.frame.set(frame);
    }

    fn end_box(self, studio: Studio, stage: Stage, index: Option<usize>) {
        let Some(frame) = self.frame.try_update(Option::take).flatten() else { return };
        let least = LEAST / stage.view.get_untracked().scale as f32;
        if frame.width() < least || frame.height() < least {
            return;
        }
        let Frame { x0, y0, x1, y1 } = frame;
        let mut boxes = studio.boxes.get_untracked();
        if let Some(own) = index.and_then(|index| boxes.get_mut(index)) {
            *own = LabelBox { x0, y0, x1, y1, class: own.class };
        } else {
            boxes.push(LabelBox { x0, y0, x1, y1, class: studio.class.get_untracked() });
            studio.chosen_box.set(Some(boxes.len() - 1));
        }
        studio.set_boxes(boxes);
    }

    /// The pointer's form over what lies there.
    fn look(self, studio: Studio, stage: Stage, screen: (f64, f64)) {
        let form = match studio.tool.get_untracked() {
            _ if self.space.get_untracked() => "grab",
            Tool::Move => "grab",
            _ if studio.at_hand().is_none() => "progress",
            Tool::Brush | Tool::Eraser => "none",
            Tool::Box => {
                let at = stage.to_image(screen);
                let reach = (REACH / stage.view.get_untracked().scale) as f32;
                let frames: Vec<Frame> =
                    studio.boxes.with_untracked(|boxes| boxes.iter().map(frame_of).collect());
                hit(&frames, (at.0 as f32, at.1 as f32), reach).map_or("crosshair", |(_, grip)| grip.cursor())
            }
            Tool::Polygon | Tool::Fill | Tool::Smart => "crosshair",
        };
        if self.cursor.get_untracked() != form {
            self.cursor.set(form);
        }
    }
}

/// The wheel zooms, and with Alt or Shift changes the brush.
pub fn wheeled(studio: Studio, stage: Stage, event: &WheelEvent) {
    let paints = matches!(studio.tool.get_untracked(), Tool::Brush | Tool::Eraser);
    if paints && (event.alt_key() || event.shift_key()) {
        event.prevent_default();
        // With Shift the browser turns the wheel sideways.
        let delta = if event.delta_y() == 0.0 { event.delta_x() } else { event.delta_y() };
        studio.resize_brush(if delta < 0.0 { 1.15 } else { 1.0 / 1.15 });
    } else {
        wheel(stage, event);
    }
}

/// A gesture without what it holds.
enum Kind {
    Nothing,
    Pan,
    Stroke,
    Box,
}

fn kind_of(gesture: &Gesture) -> Kind {
    match gesture {
        Gesture::Nothing => Kind::Nothing,
        Gesture::Pan => Kind::Pan,
        Gesture::Stroke { .. } => Kind::Stroke,
        Gesture::NewBox { .. } | Gesture::DragBox { .. } => Kind::Box,
    }
}

/// A box's corners.
pub fn frame_of(own: &LabelBox) -> Frame {
    Frame { x0: own.x0, y0: own.y0, x1: own.x1, y1: own.y1 }
}

/// The brush under a pen follows its pressure; mice and fingers have none.
fn pressed_radius(studio: Studio, event: &PointerEvent) -> f64 {
    let radius = studio.radius.get_untracked();
    if event.pointer_type() == "pen" {
        (radius * f64::from(event.pressure()) * 2.0).clamp(0.5, radius * 2.0)
    } else {
        radius
    }
}

fn image_size(studio: Studio) -> Option<(f32, f32)> {
    studio.open.with_untracked(|open| open.as_ref().map(|(view, _)| (view.width as f32, view.height as f32)))
}

/// Does something with the pixel at a place, where there is one and the task has a mask.
fn with_pixel(studio: Studio, at: Point, act: impl FnOnce((u32, u32))) {
    let Some((width, height)) = image_size(studio) else { return };
    let inside = at.0 >= 0.0 && at.1 >= 0.0 && at.0 < f64::from(width) && at.1 < f64::from(height);
    if inside && untrack(|| studio.kind()) == Some(TaskKind::Segmentation) {
        act((at.0 as u32, at.1 as u32));
    }
}
