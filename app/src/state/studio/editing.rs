//! Changes of labels: shown at once, told to the Worker at the end.

use leptos::prelude::*;

use super::pending::Pending;
use super::pure::coat::{Coat, Stroke};
use super::pure::mask::{Mask, UNLABELLED};
use super::pure::rect::Rect;
use super::pure::shapes::{self, Point};
use super::pure::shortcuts::Tool;
use super::{Place, Studio};
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

    /// Image, slice and task on the screen, where they are the chosen ones. While another image is on its way nothing
    /// can be drawn: the hand is meant for the one, the eye still sees the other.
    pub fn at_hand(self) -> Option<Place> {
        self.shown_place().filter(|shown| self.place() == Some(*shown))
    }

    /// The chosen image is on its way to the screen; tracks both.
    pub fn is_awaiting_picture(self) -> bool {
        self.slice.track();
        self.task.track();
        self.open.track();
        self.entry.get().is_some()
            && self.awaited.with_value(|awaited| awaited.opening)
            && self.at_hand().is_none()
    }

    /// Begins to paint with the tool in hand. False where nothing can be painted.
    pub fn begin_stroke(self) -> bool {
        self.end_stroke();
        let Some(at) = self.at_hand() else { return false };
        let value = self.value();
        let stroke =
            self.layers.with_value(|layers| layers.mask.as_ref().map(|mask| Stroke::on(mask, value)));
        let begun = stroke.is_some();
        self.stroke.set_value(stroke.map(|stroke| (at, stroke)));
        begun
    }

    /// Paints a piece of the stroke, on the screen alone.
    pub fn paint(self, from: Point, to: Point, radius: f64) {
        self.paint_by(|stroke, mask| {
            stroke.paint(mask, |mask, value| shapes::stroke(mask, from, to, radius, value))
        });
    }

    fn paint_by(self, shape: impl FnOnce(&mut Stroke, &mut Mask) -> Rect) {
        self.stroke.update_value(|stroke| {
            if let Some((_, stroke)) = stroke {
                self.on_mask(|mask| shape(stroke, mask));
            }
        });
    }

    /// Tells the Worker what was painted, for the place where it was painted.
    pub fn end_stroke(self) {
        let Some((at, stroke)) = self.stroke.try_update_value(Option::take).flatten() else { return };
        let coat = stroke.coat();
        if !coat.rect.is_empty() {
            self.send_edit(at, Edit::Paint { rect: coat.rect.into(), label: coat.label }, Some(coat));
        }
    }

    /// Takes what was painted off the screen. True where there was something.
    pub fn give_up_stroke(self) -> bool {
        let Some((_, stroke)) = self.stroke.try_update_value(Option::take).flatten() else { return false };
        self.on_mask(|mask| stroke.lift(mask));
        true
    }

    /// Changes the mask on the screen.
    fn on_mask(self, change: impl FnOnce(&mut Mask) -> Rect) {
        let rect = self.layers.try_update_value(|layers| layers.mask.as_mut().map(change));
        let rect = rect.flatten().unwrap_or_default();
        if !rect.is_empty() {
            self.touch(rect);
        }
    }

    /// Puts the Worker's pixels of a rectangle below all that was painted since.
    pub(super) fn put_below(self, at: Place, rect: Rect, pixels: &[u8]) {
        self.stroke.update_value(|stroke| {
            self.on_mask(|mask| {
                if let Some((_, stroke)) = stroke.as_ref() {
                    stroke.lift(mask);
                }
                mask.paste(rect, pixels);
                self.lay_on_top(at, mask, stroke);
                rect
            });
        });
    }

    /// The Worker's mask of a place, with all that was painted since.
    pub(super) fn painted_since(self, at: Place, mut mask: Mask) -> Mask {
        self.stroke.update_value(|stroke| self.lay_on_top(at, &mut mask, stroke));
        mask
    }

    fn lay_on_top(self, at: Place, mask: &mut Mask, stroke: &mut Option<(Place, Stroke)>) {
        self.lay_ahead(at, mask);
        if let Some((_, stroke)) = stroke.as_mut().filter(|(own, _)| *own == at) {
            stroke.lay_again(mask);
        }
    }

    /// Paints the inside of a polygon.
    pub fn fill_polygon(self, corners: &[Point]) {
        if self.begin_stroke() {
            self.paint_by(|stroke, mask| {
                stroke.paint(mask, |mask, value| shapes::polygon(mask, corners, value))
            });
            self.end_stroke();
        }
    }

    /// Fills the connected pixels around one.
    pub fn flood(self, at: (u32, u32)) {
        if self.begin_stroke() {
            self.paint_by(|stroke, mask| stroke.fill(mask, at));
            self.end_stroke();
        }
    }

    /// Takes the object that the model proposes around a pixel.
    pub fn smart_fill(self, (x, y): (u32, u32)) {
        let class = self.class.get_untracked();
        self.edit(Edit::Smart { x, y, class, reach: REACH });
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
                self.edit(Edit::Accept { score, only_unlabelled: true });
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
        self.edit(Edit::Clear);
    }

    /// Gives the image a class; the same class again takes it away.
    pub fn give_class(self, class: Option<u8>) {
        if self.edit(Edit::Class(class)) {
            self.image_class.set(class);
        }
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

    /// The slice's boxes are these now. Not while something is being taken back: the list would bring it back.
    pub fn set_boxes(self, boxes: Vec<LabelBox>) {
        if !self.has_pending(Pending::goes_through_history) && self.edit(Edit::Boxes(boxes.clone())) {
            self.boxes.set(boxes);
        }
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

    /// Takes the last change back, which may be on its way still.
    pub fn undo(self) {
        if self.can_undo.get_untracked() || self.has_pending(|_| true) {
            self.change(StudioAsk::Undo, None);
        }
    }

    /// Makes it again.
    pub fn redo(self) {
        if self.can_redo.get_untracked() || self.has_pending(Pending::goes_through_history) {
            self.change(StudioAsk::Redo, None);
        }
    }

    /// Changes labels of the image on the screen. False where that is not the chosen one.
    fn edit(self, edit: Edit) -> bool {
        let at = self.at_hand();
        if let Some(at) = at {
            self.send_edit(at, edit, None);
        }
        at.is_some()
    }

    fn send_edit(self, (entry, slice, task): Place, edit: Edit, coat: Option<Coat>) {
        self.change(StudioAsk::Edit { entry, slice, task, edit }, coat);
    }
}
