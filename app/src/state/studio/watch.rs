//! Watches over the Worker: one that is silent for too long is replaced, and the project goes on from what is
//! stored.

use std::time::Duration;

use leptos::prelude::*;

use super::{Studio, StudioNotice};
use crate::connections::elsewhere;
use crate::worker::messages::{StudioAsk, TuneState};

/// How often it is asked.
const EVERY: Duration = Duration::from_secs(5);
/// Silent for so many questions, it hangs. A step of training on a slow machine takes seconds, not minutes.
const PATIENCE: u32 = 24;

/// What was heard last.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silence {
    questions: u32,
}

impl Studio {
    /// Asks again and again. The page's own view keeps the handle.
    pub fn watch(self) -> Option<IntervalHandle> {
        set_interval_with_handle(move || self.ask_for_life(), EVERY).ok()
    }

    fn ask_for_life(self) {
        let loaded = self.app.model.with_untracked(Option::is_some);
        if !self.started.get_untracked() || !loaded || document().hidden() {
            self.heard();
            return;
        }
        let silent = self.silence.try_update_value(|silence| {
            silence.questions += 1;
            silence.questions > PATIENCE
        });
        if silent == Some(true) {
            self.heard();
            self.app.worker_crashed("silent");
        } else {
            self.ask(StudioAsk::Ping, None);
        }
    }

    /// Asks how many connections the Worker has made.
    pub fn ask_connections(self) {
        self.ask(StudioAsk::Ping, None);
    }

    pub(super) fn count_connections(self, of_worker: u32) {
        let all = of_worker + elsewhere();
        if self.connections.get_untracked() != all {
            self.connections.set(all);
        }
    }

    pub(super) fn heard(self) {
        self.silence.set_value(Silence::default());
    }

    /// A new Worker has been started: the project is opened again.
    pub(in crate::state) fn worker_replaced(self) {
        if !self.started.get_untracked() {
            return;
        }
        self.heard();
        self.works.set(Vec::new());
        self.tuning.with_untracked(|tuning| {
            let worked = tuning
                .as_ref()
                .is_some_and(|tuning| matches!(tuning.state, TuneState::Preparing | TuneState::Running));
            self.interrupted.update_value(|interrupted| *interrupted |= worked);
        });
        self.files_lost();
        self.open_project();
        self.tell_again();
        self.say(StudioNotice::Recovered);
    }
}
