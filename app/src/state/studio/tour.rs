//! The three steps that a first visitor is shown.

use leptos::prelude::*;

use super::Studio;

/// Remembered in the browser.
const SEEN: &str = "medley.studio.tour";

/// A step of the tour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Add images.
    Add,
    /// Paint some objects.
    Paint,
    /// Let the model learn.
    Tune,
}

impl Step {
    /// In order.
    pub const ALL: [Self; 3] = [Self::Add, Self::Paint, Self::Tune];

    /// Its place, from 0.
    pub fn index(self) -> usize {
        match self {
            Self::Add => 0,
            Self::Paint => 1,
            Self::Tune => 2,
        }
    }
}

impl Studio {
    /// Begins the tour where it was never seen.
    pub fn offer_tour(self) {
        let seen = storage().and_then(|storage| storage.get_item(SEEN).ok().flatten()).is_some();
        if !seen && self.tour.get_untracked().is_none() {
            self.tour.set(Some(Step::Add));
        }
    }

    /// The next step, or the end.
    pub fn tour_on(self) {
        let next = self.tour.get_untracked().and_then(|step| Step::ALL.get(step.index() + 1).copied());
        self.tour.set(next);
        if next.is_none() {
            self.end_tour();
        }
    }

    /// Ends it for good.
    pub fn end_tour(self) {
        self.tour.set(None);
        if let Some(storage) = storage() {
            // Where storage is refused the tour comes again, which is no reason to complain.
            let _ = storage.set_item(SEEN, "seen");
        }
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}
