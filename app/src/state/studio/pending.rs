//! Changes on their way to the Worker. Until it answers, the page keeps what it showed ahead on top of what the Worker
//! says, and a new Worker is told again.

use js_sys::Uint8Array;
use leptos::prelude::*;

use super::pure::coat::Coat;
use super::pure::mask::Mask;
use super::{Place, Studio};
use crate::worker::messages::{Edit, RequestId, StudioAsk};

/// A change without an answer.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    id: RequestId,
    ask: StudioAsk,
    /// What is painted in it.
    coat: Option<Coat>,
}

impl Pending {
    /// Takes something back, or makes it again: the page does not know what.
    pub(super) fn goes_through_history(&self) -> bool {
        matches!(self.ask, StudioAsk::Undo | StudioAsk::Redo)
    }

    fn is_of(&self, at: Place) -> bool {
        matches!(self.ask, StudioAsk::Edit { entry, slice, task, .. } if (entry, slice, task) == at)
    }

    /// Told twice it is as told once, and needs nothing that a new Worker does not have. The way back is gone with the
    /// old one, and so is what the model said.
    fn can_be_told_again(&self) -> bool {
        match &self.ask {
            StudioAsk::Edit { edit, .. } => !matches!(edit, Edit::Smart { .. } | Edit::Accept { .. }),
            ask => !matches!(ask, StudioAsk::Undo | StudioAsk::Redo),
        }
    }
}

impl Studio {
    /// Asks for a change, and remembers it until it is answered.
    pub(super) fn change(self, ask: StudioAsk, coat: Option<Coat>) {
        let touched = coat.as_ref().map(|coat| Uint8Array::new_from_slice(&coat.touched));
        let id = self.ask(ask.clone(), touched);
        self.pending.update_value(|pending| pending.push(Pending { id, ask, coat }));
    }

    /// A request has been answered; returns the change that it was. The Worker takes changes in their order, so that
    /// those before it are done as well.
    pub(super) fn settle(self, id: RequestId) -> Option<Pending> {
        self.pending
            .try_update_value(|pending| {
                let settled = pending.iter().find(|change| change.id == id).cloned();
                if settled.is_some() {
                    pending.retain(|change| change.id > id);
                }
                settled
            })
            .flatten()
    }

    /// Labels of this place have been changed since what the Worker says now.
    pub(super) fn is_ahead_at(self, at: Place) -> bool {
        self.has_pending(|change| change.is_of(at))
    }

    /// Such a change has no answer yet.
    pub(super) fn has_pending(self, such: impl Fn(&Pending) -> bool) -> bool {
        self.pending.with_value(|pending| pending.iter().any(such))
    }

    /// Lays what was painted ahead over the Worker's mask of a place.
    pub(super) fn lay_ahead(self, at: Place, mask: &mut Mask) {
        self.pending.with_value(|pending| {
            let here = pending.iter().filter(|change| change.is_of(at));
            here.filter_map(|change| change.coat.as_ref()).for_each(|coat| coat.lay_on(mask));
        });
    }

    /// Tells a new Worker what the old one has not answered.
    pub(super) fn tell_again(self) {
        let pending = self.pending.try_update_value(std::mem::take).unwrap_or_default();
        for change in pending.into_iter().filter(Pending::can_be_told_again) {
            self.change(change.ask, change.coat);
        }
    }
}
