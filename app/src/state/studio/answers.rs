//! What the Worker's answers change.

use js_sys::Uint8Array;
use leptos::prelude::*;

use super::pure::mask::Mask;
use super::{Layers, Studio, StudioNotice, Work};
use crate::state::surface;
use crate::worker::messages::RequestId;
use crate::worker::messages::{
    EditState, EntryCard, EntryId, EntryView, ProjectCard, StudioAnswer, StudioPrediction, TaskId,
};

impl Studio {
    /// Takes an answer; drops it when something else has been asked for since.
    pub fn answered(self, id: RequestId, answer: StudioAnswer, bytes: Option<Uint8Array>) {
        self.heard();
        let settled = self.settle(id);
        match answer {
            StudioAnswer::Project(card) => self.project_arrived(card),
            StudioAnswer::ProjectFailed(reason) => self.say(StudioNotice::ProjectFailed(reason)),
            StudioAnswer::Added(card) => {
                self.put_card(card);
                self.sent_file(id);
                self.one_arrived();
            }
            StudioAnswer::NotAdded { name, reason } => {
                let file = self.sent_file(id);
                self.say(StudioNotice::NotAdded { name, reason, file });
                self.one_arrived();
            }
            StudioAnswer::LabelsImported { name, entries } => {
                self.say(StudioNotice::LabelsImported { name, entries });
                self.rows.set(None);
            }
            StudioAnswer::Failed(reason) => {
                self.say(StudioNotice::Failed(reason));
                self.not_done(id, settled.is_some());
            }
            StudioAnswer::Thumbnail { entry, width, height } => {
                if let Some(canvas) = bytes.and_then(|rgba| surface::from_rgba(&rgba, width, height)) {
                    self.thumbnails.update(|known| {
                        known.insert(entry, canvas);
                    });
                }
            }
            StudioAnswer::Opened(view) if id == self.awaited.with_value(|awaited| awaited.open) => {
                self.opened(view, bytes.as_ref());
            }
            StudioAnswer::Edited(state) => {
                let through_history = settled.is_some_and(|change| change.goes_through_history());
                self.edited(state, bytes.as_ref(), through_history);
            }
            StudioAnswer::EntryChanged(card) => self.put_card(card),
            StudioAnswer::Predicted { entry, slice, task, prediction } => {
                self.predicted(id, (entry, slice, task), prediction, bytes.as_ref());
            }
            StudioAnswer::PredictedAll { .. } => {
                self.end(id);
                self.reopen();
            }
            StudioAnswer::Suggested { entry, slice } => {
                self.end(id);
                match entry {
                    Some(entry) => self.choose(entry, slice),
                    None => self.say(StudioNotice::NothingToSuggest),
                }
            }
            StudioAnswer::Uncertainty { entry, slice } => {
                self.end(id);
                let newest = id == self.awaited.with_value(|awaited| awaited.heat);
                let here = self.shown_place().is_some_and(|shown| (shown.0, shown.1) == (entry, slice));
                if newest && here {
                    self.layers.update_value(|layers| layers.heat = bytes.map(|heat| heat.to_vec()));
                    self.touch_all();
                }
            }
            StudioAnswer::Planned(plan) if id == self.awaited.with_value(|awaited| awaited.plan) => {
                self.plan.set(Some(plan));
            }
            StudioAnswer::Tuning(progress) => self.tuned(progress),
            StudioAnswer::Measured(rows) => {
                self.end(id);
                self.rows.set(Some(rows));
            }
            StudioAnswer::Exported { name, media } => {
                self.end(id);
                if let Some(bytes) = bytes {
                    super::files::save(&bytes, &name, &media);
                }
            }
            StudioAnswer::Stored(state) => self.storage.set(state),
            StudioAnswer::Here { elsewhere } => self.count_connections(elsewhere),
            // Stale: replaced by a newer request.
            StudioAnswer::Opened(_) | StudioAnswer::Planned(_) => {}
        }
    }

    /// A request failed; what was shown ahead of it is as it was before.
    fn not_done(self, id: RequestId, was_change: bool) {
        let compared = self.is_for(id, Work::Comparing);
        self.failed(id);
        let awaited = self.awaited.get_value();
        if id == awaited.open {
            self.awaited.update_value(|awaited| awaited.opening = false);
            self.forget_picture();
        }
        if id == awaited.heat {
            self.show_heat.set(false);
        }
        if compared {
            self.stop_comparing();
        }
        if was_change {
            self.reopen();
        }
    }

    fn project_arrived(self, card: ProjectCard) {
        let another = self
            .project
            .with_untracked(|old| old.as_ref().is_some_and(|old| old.generation != card.generation));
        if another {
            // Its images may have the numbers of the old one's.
            self.forget_project();
        }
        let known = |task: TaskId| card.tasks.iter().any(|known| known.id == task);
        let task = self.task.get_untracked().filter(|task| known(*task));
        // A new task is at the end, and was added to be used.
        let before = self.project.with_untracked(|old| old.as_ref().map_or(0, |old| old.tasks.len()));
        let grown = before > 0 && card.tasks.len() > before;
        let task = if grown { card.tasks.last() } else { card.tasks.first() }
            .map(|first| first.id)
            .filter(|_| grown || task.is_none())
            .or(task);
        let there = |entry: EntryId| card.entries.iter().any(|known| known.id == entry);
        let entry = self.entry.get_untracked().filter(|entry| there(*entry));
        let first = card.entries.first().map(|first| first.id);
        self.selected.update(|selected| selected.retain(|entry| there(*entry)));
        self.can_undo.set(card.can_undo);
        self.can_redo.set(card.can_redo);
        self.storage.set(card.storage.clone());
        self.project.set(Some(card));

        if task != self.task.get_untracked() {
            self.end_stroke();
            self.task.set(task);
            self.suit_class_and_tool();
        }
        match (entry, first) {
            (None, Some(first)) => self.choose(first, 0),
            (Some(_), _) => self.reopen(),
            (None, None) => self.forget_image(),
        }
        self.want_plan();
    }

    fn put_card(self, card: EntryCard) {
        let id = card.id;
        self.project.update(|project| {
            let Some(project) = project else { return };
            match project.entries.iter_mut().find(|known| known.id == id) {
                Some(known) => *known = card,
                None => project.entries.push(card),
            }
        });
        if self.entry.get_untracked().is_none() {
            self.choose(id, 0);
        }
    }

    fn opened(self, view: EntryView, bytes: Option<&Uint8Array>) {
        self.awaited.update_value(|awaited| awaited.opening = false);
        let Some(bytes) = bytes else { return };
        let pixels = view.width * view.height;
        let canvas = surface::from_rgba(&bytes.slice(0, pixels * 4), view.width, view.height);
        let Some(canvas) = canvas else { return };
        let mut start = pixels * 4;
        let mut next = |there: bool| {
            let end = start + pixels;
            let layer = (there && bytes.length() >= end).then(|| bytes.subarray(start, end).to_vec());
            start = if layer.is_some() { end } else { start };
            layer
        };
        let labels = next(view.labels);
        let prediction = next(matches!(view.prediction, Some(StudioPrediction::Mask { .. })));
        let at = (view.entry, view.slice, view.task);
        let mask = labels.and_then(|labels| Mask::from_pixels(view.width, view.height, labels));
        let mask = mask.map(|mask| self.painted_since(at, mask));
        let same_place = self.shown_place() == Some(at);
        let same_image = self.open.with_untracked(|open| {
            open.as_ref().is_some_and(|(old, _)| {
                old.entry == view.entry && (old.width, old.height) == (view.width, view.height)
            })
        });
        self.layers.update_value(|layers| {
            let heat = layers.heat.take().filter(|_| same_place && self.show_heat.get_untracked());
            let before = layers.before.take().filter(|_| same_place);
            *layers = Layers { mask, prediction, before, heat };
        });
        // What was drawn since is newer than this answer.
        if !(same_place && self.is_ahead_at(at)) {
            self.boxes.set(view.boxes.clone());
            self.image_class.set(view.class);
        }
        let boxes = self.boxes.with_untracked(Vec::len);
        self.chosen_box.update(|chosen| *chosen = chosen.filter(|chosen| same_place && *chosen < boxes));
        self.prediction.set(view.prediction.clone());
        self.slice.set(view.slice);
        self.open.set(Some((view, canvas)));
        if !same_image {
            self.view.update(|view| view.fitted = true);
        }
        self.touch_all();
        self.predict_if_tuned();
        super::super::hooks::mark_idle();
    }

    /// A tuned model is asked at once, so that its answer is seen without a press.
    fn predict_if_tuned(self) {
        let tuned = untrack(|| self.task_card()).is_some_and(|task| task.tuned);
        if tuned && self.prediction.with_untracked(Option::is_none) {
            self.predict();
        }
    }

    fn edited(self, state: EditState, bytes: Option<&Uint8Array>, through_history: bool) {
        self.can_undo.set(state.can_undo);
        self.can_redo.set(state.can_redo);
        self.put_card(state.card);
        self.rows.set(None);
        self.want_plan();
        let shown = self.shown_place();
        // The class is that of all slices.
        let all_slices = state.rect.is_none() && state.boxes.is_none();
        let same = shown.filter(|shown| all_slices && shown.0 == state.entry);
        let slice = same.map_or(state.slice, |shown| shown.1);
        let at = (state.entry, slice, state.task);
        if shown != Some(at) {
            // What was taken back is shown. Who painted and went on is left where they are.
            if through_history {
                self.choose_task(state.task);
                self.choose(state.entry, slice);
            }
            return;
        }
        if let (Some(rect), Some(bytes)) = (state.rect, bytes) {
            self.put_below(at, rect.into(), &bytes.to_vec());
        }
        if self.is_ahead_at(at) {
            return;
        }
        if let Some(boxes) = state.boxes {
            self.boxes.set(boxes);
        }
        self.image_class.set(state.class);
    }

    fn predicted(
        self,
        id: RequestId,
        (entry, slice, task): (EntryId, u32, TaskId),
        prediction: StudioPrediction,
        bytes: Option<&Uint8Array>,
    ) {
        let compared = self.is_for(id, Work::Comparing);
        self.end(id);
        if self.shown_place() != Some((entry, slice, task)) {
            return;
        }
        let layer = bytes.map(Uint8Array::to_vec);
        if compared {
            self.layers.update_value(|layers| layers.before = layer);
        } else {
            self.layers.update_value(|layers| layers.prediction = layer);
            self.prediction.set(Some(prediction));
        }
        self.touch_all();
    }
}
