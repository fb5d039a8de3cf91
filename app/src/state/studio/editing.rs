//! Changes of labels: shown at once, told to the Worker at the end.

use js_sys::Uint8Array;
use leptos::prelude::*;

use super::Studio;
use super::pure::mask::{Mask, UNLABELLED};
use super::pure::rect::Rect;
use super::pure::shapes::{self, Point};
use super::pure::shortcuts::Tool;
use crate::worker::messages::TaskKind;
use crate::worker::messages::{Edit, LabelBox, StudioAsk, StudioPrediction};

/// Brush radii, in image pixels.
const RADII: (f64, f64) = (0.5, 256.0);

/// How far the smart fill reaches.
const REACH: f32 = 0.5;

impl Studio {
    /// The value that the tool in hand paints.
    pub fn value(self) -> u8 {
        if self.tool.get_untracked() == Tool::Eraser { UNLABELLED } else { self.class.get_untracked() }
    }

    /// Changes the brush's size.
    pub fn resize_brush(self, factor: f64) {
        let old = self.radius.get_untracked();
        // Small brushes grow by half a pixel at least.
        let step = (old * (factor - 1.0)).abs().max(0.5) * (factor - 1.0).signum();
        self.radius.set((((old + step) * 2.0).round() / 2.0).clamp(RADII.0, RADII.1));
    }

    /// Paints a piece of a stroke, on the screen alone. Returns what it touched.
    pub fn paint(self, from: Point, to: Point, radius: f64, value: u8) -> Rect {
        self.on_mask(|mask| shapes::stroke(mask, from, to, radius, value))
    }

    /// Changes the mask on the screen.
    pub fn on_mask(self, change: impl FnOnce(&mut Mask) -> Rect) -> Rect {
        let rect = self.layers.try_update_value(|layers| layers.mask.as_mut().map(change));
        let rect = rect.flatten().unwrap_or_default();
        if !rect.is_empty() {
            self.touch(rect);
        }
        rect
    }

    /// Tells the Worker what was painted in a rectangle.
    pub fn commit(self, rect: Rect) {
        if rect.is_empty() {
            return;
        }
        let pixels = self.layers.with_value(|layers| layers.mask.as_ref().map(|mask| mask.cut(rect)));
        if let Some(pixels) = pixels {
            self.edit(Edit::Paint(rect.into()), Some(Uint8Array::new_from_slice(&pixels)));
        }
    }

    /// Paints the inside of a polygon.
    pub fn fill_polygon(self, corners: &[Point]) {
        let value = self.value();
        let rect = self.on_mask(|mask| shapes::polygon(mask, corners, value));
        self.commit(rect);
    }

    /// Fills the connected pixels around one.
    pub fn flood(self, at: (u32, u32)) {
        let value = self.value();
        let rect = self.on_mask(|mask| shapes::fill(mask, at, value));
        self.commit(rect);
    }

    /// Takes the object that the model proposes around a pixel.
    pub fn smart_fill(self, (x, y): (u32, u32)) {
        let class = self.class.get_untracked();
        self.edit(Edit::Smart { x, y, class, reach: REACH }, None);
    }

    /// Takes the prediction as label.
    pub fn accept(self) {
        if self.prediction.with_untracked(Option::is_none) {
            return;
        }
        match untrack(|| self.kind()) {
            Some(TaskKind::Classification) => {
                let best = untrack(|| self.best_class());
                if best.is_some() {
                    self.give_class(best);
                }
            }
            Some(_) => {
                let score = self.app.threshold.get_untracked();
                self.edit(Edit::Accept { score, only_unlabelled: true }, None);
            }
            None => {}
        }
    }

    /// The most probable class's number; tracks the prediction.
    pub fn best_class(self) -> Option<u8> {
        let classes = self.task_card()?.classes;
        self.prediction.with(|prediction| match prediction {
            Some(StudioPrediction::Classes(shares)) => {
                let best = shares.iter().zip(&classes).max_by(|a, b| a.0.total_cmp(b.0));
                best.map(|(_, class)| class.id)
            }
            _ => None,
        })
    }

    /// Takes all labels of the slice away.
    pub fn clear(self) {
        self.edit(Edit::Clear, None);
    }

    /// Gives the image a class; the same class again takes it away.
    pub fn give_class(self, class: Option<u8>) {
        self.image_class.set(class);
        self.edit(Edit::Class(class), None);
    }

    /// Chooses a class, and in a classification gives it to the image.
    pub fn choose_class(self, class: u8) {
        self.class.set(class);
        match untrack(|| self.kind()) {
            Some(TaskKind::Classification) if self.entry.get_untracked().is_some() => {
                let again = self.image_class.get_untracked() == Some(class);
                self.give_class((!again).then_some(class));
            }
            Some(TaskKind::Detection) => {
                let chosen = self.chosen_box.get_untracked();
                let mut boxes = self.boxes.get_untracked();
                if let Some(own) = chosen.and_then(|chosen| boxes.get_mut(chosen)) {
                    own.class = class;
                    self.set_boxes(boxes);
                }
            }
            _ => {
                if self.tool.get_untracked() == Tool::Eraser {
                    self.tool.set(Tool::Brush);
                }
            }
        }
    }

    /// The slice's boxes are these now.
    pub fn set_boxes(self, boxes: Vec<LabelBox>) {
        self.boxes.set(boxes.clone());
        self.edit(Edit::Boxes(boxes), None);
    }

    /// Takes the chosen box away.
    pub fn delete_box(self) {
        let mut boxes = self.boxes.get_untracked();
        let Some(chosen) = self.chosen_box.get_untracked().filter(|chosen| *chosen < boxes.len()) else {
            return;
        };
        boxes.remove(chosen);
        self.chosen_box.set(None);
        self.set_boxes(boxes);
    }

    /// Takes the last change back.
    pub fn undo(self) {
        if self.can_undo.get_untracked() {
            self.ask(StudioAsk::Undo, None);
        }
    }

    /// Makes it again.
    pub fn redo(self) {
        if self.can_redo.get_untracked() {
            self.ask(StudioAsk::Redo, None);
        }
    }

    fn edit(self, edit: Edit, bytes: Option<Uint8Array>) {
        if let Some((entry, slice, task)) = self.place() {
            self.ask(StudioAsk::Edit { entry, slice, task, edit }, bytes);
        }
    }
}
