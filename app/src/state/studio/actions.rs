//! What visitors make the studio do.

use js_sys::Uint8Array;
use leptos::prelude::*;

use super::pure::list;
use super::pure::shortcuts::Tool;
use super::{Place, Studio, Work};
use crate::locales::Language;
use crate::worker::messages::{Ask, Beginning, EntryId, Export, RequestId, StudioAsk, TaskId, TaskKind};

/// Side of the small pictures, in pixels: twice what is shown, for sharp screens.
const THUMBNAIL_SIDE: u32 = 88;

impl Studio {
    pub(super) fn ask(self, ask: StudioAsk, bytes: Option<Uint8Array>) -> RequestId {
        self.app.ask(Ask::Studio(ask), bytes)
    }

    /// Opens the project. The first time only.
    pub fn start(self) {
        if !self.started.get_untracked() {
            self.started.set(true);
            self.open_project();
        }
    }

    pub(super) fn open_project(self) {
        self.ask(StudioAsk::Open { first: self.beginning() }, None);
    }

    /// What a new project has.
    fn beginning(self) -> Beginning {
        let words = &untrack(|| self.app.words()).studio;
        Beginning {
            name: words.new_name.to_owned(),
            task: words.first_task.to_owned(),
            class: words.first_class.to_owned(),
        }
    }

    /// Begins an empty project.
    pub fn new_project(self) {
        self.forget_project();
        self.ask(StudioAsk::New { first: self.beginning() }, None);
    }

    /// Nothing of the project that was open is shown any more.
    pub(super) fn forget_project(self) {
        self.forget_image();
        self.thumbnails.update(std::collections::HashMap::clear);
        self.tuning.set(None);
        self.rows.set(None);
    }

    /// Gives the project another name.
    pub fn rename_project(self, name: &str) {
        if !name.trim().is_empty() {
            self.change(StudioAsk::Rename { name: name.trim().to_owned() }, None);
        }
    }

    /// Shows an image.
    pub fn choose(self, entry: EntryId, slice: u32) {
        let Some(task) = self.task.get_untracked() else { return };
        if self.shown_place() != Some((entry, slice, task)) {
            // Of the place that is left: what was being painted there is done, what is compared or mapped is over.
            self.end_stroke();
            self.stop_comparing();
            self.show_heat.set(false);
        }
        self.entry.set(Some(entry));
        self.slice.set(slice);
        let window = untrack(|| self.card(entry)).and_then(|card| card.window);
        let id = self.ask(StudioAsk::OpenEntry { entry, slice, task, window }, None);
        self.awaited.update_value(|awaited| (awaited.open, awaited.opening) = (id, true));
    }

    /// Shows the image on the screen again, as it is now.
    pub(super) fn reopen(self) {
        if let Some(entry) = self.entry.get_untracked() {
            self.choose(entry, self.slice.get_untracked());
        }
    }

    /// Shows the image with other values as black and white, from now on.
    pub fn set_window(self, low: f32, high: f32) {
        if let Some((entry, ..)) = self.at_hand() {
            self.change(StudioAsk::SetWindow { entry, window: (low, high) }, None);
        }
    }

    /// Shows another slice of a volume.
    pub fn go_to_slice(self, slice: u32) {
        let Some(entry) = self.entry.get_untracked() else { return };
        let slices = untrack(|| self.card(entry)).map_or(1, |card| card.slices);
        if slice < slices && slice != self.slice.get_untracked() {
            self.choose(entry, slice);
        }
    }

    /// The slice before or after.
    pub fn step_slice(self, by: i32) {
        if let Some(slice) = self.slice.get_untracked().checked_add_signed(by) {
            self.go_to_slice(slice);
        }
    }

    /// The image before or after in the list.
    pub fn step_image(self, by: isize) {
        let listed = untrack(|| self.listed());
        let place = listed.iter().position(|entry| Some(*entry) == self.entry.get_untracked());
        let next = place.map_or(Some(0), |place| place.checked_add_signed(by));
        if let Some(entry) = next.and_then(|next| listed.get(next)) {
            self.choose(*entry, 0);
        }
    }

    /// Marks an image of the list, or unmarks it.
    pub fn toggle_selected(self, entry: EntryId) {
        self.selected.update(|selected| {
            if !selected.remove(&entry) {
                selected.insert(entry);
            }
        });
    }

    /// Marks all images of the list, or none where all are marked.
    pub fn select_all(self) {
        let listed = untrack(|| self.listed());
        self.selected.update(|selected| {
            if listed.iter().all(|entry| selected.contains(entry)) {
                selected.clear();
            } else {
                selected.extend(listed);
            }
        });
    }

    /// The marked images, or the one on the screen.
    pub fn meant(self) -> Vec<EntryId> {
        let mut marked: Vec<EntryId> =
            self.selected.with_untracked(|marked| marked.iter().copied().collect());
        if marked.is_empty() {
            marked.extend(self.entry.get_untracked());
        }
        marked.sort_unstable();
        marked
    }

    /// Takes the meant images out.
    pub fn remove_meant(self) {
        let entries = self.meant();
        if entries.is_empty() {
            return;
        }
        self.selected.update(std::collections::HashSet::clear);
        self.ask(StudioAsk::Remove { entries }, None);
    }

    /// Keeps the meant images to measure on, or no more.
    pub fn hold_out_meant(self, held_out: bool) {
        let entries = self.meant();
        if !entries.is_empty() {
            self.change(StudioAsk::SetHeldOut { entries, held_out }, None);
        }
    }

    /// Marks the meant images as completely labelled, or no more.
    pub fn complete_meant(self, complete: bool) {
        let entries = self.meant();
        if let Some(task) = self.task.get_untracked().filter(|_| !entries.is_empty()) {
            self.change(StudioAsk::SetComplete { entries, task, complete }, None);
        }
    }

    /// Asks for a small picture.
    pub fn want_thumbnail(self, entry: EntryId) {
        if !self.thumbnails.with_untracked(|known| known.contains_key(&entry)) {
            self.ask(StudioAsk::Thumbnail { entry, side: THUMBNAIL_SIDE }, None);
        }
    }

    /// Chooses another task.
    pub fn choose_task(self, task: TaskId) {
        if self.task.get_untracked() == Some(task) {
            return;
        }
        self.end_stroke();
        self.task.set(Some(task));
        self.suit_class_and_tool();
        self.rows.set(None);
        self.plan.set(None);
        self.reopen();
        self.want_plan();
    }

    /// The first class, and a tool that the task can use.
    pub(super) fn suit_class_and_tool(self) {
        let classes = untrack(|| self.task_card()).map(|task| task.classes).unwrap_or_default();
        self.class.set(classes.first().map_or(1, |class| class.id));
        match untrack(|| self.kind()) {
            Some(TaskKind::Segmentation) if self.tool.get_untracked() == Tool::Box => {
                self.tool.set(Tool::Brush);
            }
            Some(TaskKind::Detection) => self.tool.set(Tool::Box),
            Some(TaskKind::Classification) => self.tool.set(Tool::Move),
            Some(TaskKind::Segmentation) | None => {}
        }
    }

    /// Adds a task of a label type, named after it.
    pub fn add_task(self, kind: TaskKind, name: String, classes: Vec<String>) {
        self.ask(StudioAsk::AddTask { name, kind, classes }, None);
    }

    /// Takes the chosen task away.
    pub fn remove_task(self) {
        if let Some(task) = self.task.get_untracked() {
            self.ask(StudioAsk::RemoveTask { task }, None);
        }
    }

    /// Gives the chosen task another name.
    pub fn rename_task(self, name: &str) {
        if let Some(task) = self.task.get_untracked().filter(|_| !name.trim().is_empty()) {
            self.change(StudioAsk::RenameTask { task, name: name.trim().to_owned() }, None);
        }
    }

    /// Adds a class to the chosen task.
    pub fn add_class(self, name: &str) {
        if let Some(task) = self.task.get_untracked().filter(|_| !name.trim().is_empty()) {
            self.ask(StudioAsk::AddClass { task, name: name.trim().to_owned() }, None);
        }
    }

    /// Gives a class another name.
    pub fn rename_class(self, class: u8, name: &str) {
        if let Some(task) = self.task.get_untracked().filter(|_| !name.trim().is_empty()) {
            self.change(StudioAsk::RenameClass { task, class, name: name.trim().to_owned() }, None);
        }
    }

    /// Gives a class the next colour.
    pub fn recolour_class(self, class: u8, colour: u8) {
        if let Some(task) = self.task.get_untracked() {
            self.change(StudioAsk::RecolourClass { task, class, colour }, None);
        }
    }

    /// Takes a class away.
    pub fn remove_class(self, class: u8) {
        if let Some(task) = self.task.get_untracked() {
            self.ask(StudioAsk::RemoveClass { task, class }, None);
        }
    }

    /// Applies the model to the chosen image.
    pub fn predict(self) {
        if let Some((entry, slice, task)) = self.place() {
            let id = self.ask(StudioAsk::Predict { entry, slice, task }, None);
            self.begin(Work::Predicting, id);
        }
    }

    /// Applies the model to all images, or stops doing so. The Worker says when it has stopped.
    pub fn predict_all(self) {
        let Some(task) = self.task.get_untracked() else { return };
        if untrack(|| self.is_at(Work::PredictingAll)) {
            self.ask(StudioAsk::StopPredicting, None);
        } else {
            let id = self.ask(StudioAsk::PredictAll { task }, None);
            self.begin(Work::PredictingAll, id);
        }
    }

    /// Shows where the model is unsure, or no more.
    pub fn toggle_heat(self) {
        let shown = !self.show_heat.get_untracked();
        let Some((entry, slice, task)) = self.at_hand() else { return };
        self.show_heat.set(shown);
        if shown {
            let id = self.ask(StudioAsk::Uncertainty { entry, slice, task }, None);
            self.awaited.update_value(|awaited| awaited.heat = id);
            self.begin(Work::Searching, id);
        }
    }

    /// Looks for the image that is best labelled next.
    pub fn suggest(self) {
        if let Some(task) = self.task.get_untracked() {
            let id = self.ask(StudioAsk::SuggestNext { task }, None);
            self.begin(Work::Searching, id);
        }
    }

    /// The model before the last tuning and the tuned one side by side, or no more.
    pub fn toggle_comparing(self) {
        if self.comparing.get_untracked() {
            self.stop_comparing();
        } else {
            self.compare();
        }
    }

    fn compare(self) {
        let Some((entry, slice, task)) = self.place() else { return };
        self.comparing.set(true);
        let id = self.ask(StudioAsk::PredictBefore { entry, slice, task }, None);
        self.begin(Work::Comparing, id);
        self.predict();
    }

    pub(super) fn stop_comparing(self) {
        self.comparing.set(false);
        self.layers.update_value(|layers| layers.before = None);
    }

    /// The images on which tuning is measured: those that were marked, or else those that were picked; tracks them.
    pub fn held_out(self) -> Vec<EntryId> {
        let marked: Vec<EntryId> = self.project.with(|project| {
            let cards = project.iter().flat_map(|project| &project.entries);
            cards.filter(|card| card.held_out).map(|card| card.id).collect()
        });
        let picked = || self.plan.with(|plan| plan.as_ref().map(|plan| plan.held_out.clone()));
        if marked.is_empty() { picked().unwrap_or_default() } else { marked }
    }

    /// Compares the models on the held-out image after this one, or before it; around the end to the other.
    pub fn compare_held_out(self, by: isize) {
        let images = untrack(|| self.held_out());
        let place = images.iter().position(|entry| Some(*entry) == self.entry.get_untracked());
        let count = images.len().max(1) as isize;
        let next = place.map_or(0, |place| (place as isize + by).rem_euclid(count));
        let Some(entry) = images.get(next as usize).copied() else { return };
        // Of a volume the middle slice, where there is most to see.
        let slices = untrack(|| self.card(entry)).map_or(1, |card| card.slices);
        self.choose(entry, slices / 2);
        self.compare();
    }

    /// Measures all objects.
    pub fn measure(self) {
        if let Some(task) = self.task.get_untracked() {
            let id = self.ask(StudioAsk::Measure { task, predictions: true }, None);
            self.begin(Work::Measuring, id);
        }
    }

    /// Makes a file.
    pub fn export(self, what: Export) {
        let task = self.task.get_untracked().unwrap_or_default();
        let japanese = self.app.language.get_untracked() == Language::Japanese;
        let id = self.ask(StudioAsk::Export { what, task, japanese }, None);
        self.begin(Work::Exporting, id);
    }

    /// What is chosen; on the screen may still be what was before.
    pub(super) fn place(self) -> Option<Place> {
        Some((self.entry.get_untracked()?, self.slice.get_untracked(), self.task.get_untracked()?))
    }

    /// What is on the screen.
    pub(super) fn shown_place(self) -> Option<Place> {
        self.open.with_untracked(|open| open.as_ref().map(|(view, _)| (view.entry, view.slice, view.task)))
    }

    /// Nothing is on the screen any more.
    pub(super) fn forget_image(self) {
        self.entry.set(None);
        self.forget_picture();
    }

    /// The chosen image could not be shown: no other is, in its place.
    pub(super) fn forget_picture(self) {
        self.stroke.set_value(None);
        self.open.set(None);
        self.prediction.set(None);
        self.boxes.set(Vec::new());
        self.layers.set_value(super::Layers::default());
        self.touch_all();
    }

    /// How far the list has to be scrolled so that the chosen image is seen.
    pub fn list_top(self, row: f64, top: f64, height: f64) -> f64 {
        let listed = self.listed();
        let place = listed.iter().position(|entry| Some(*entry) == self.entry.get());
        place.map_or(top, |place| list::scrolled_to(place, row, top, height))
    }
}
