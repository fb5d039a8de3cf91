//! Fine-tuning as the page asks for it and follows it.

use leptos::prelude::*;

use super::Studio;
use crate::worker::messages::{StudioAsk, TaskId, TuneMode, TuneProgress, TuneState, TuneWarning, TuneWish};

impl Studio {
    /// Tuning is under way, or waits.
    pub fn is_tuning(self) -> bool {
        self.tuning.with(|tuning| tuning.as_ref().is_some_and(|tuning| goes_on(&tuning.state)))
    }

    /// Other tasks with labels, which can learn together with the chosen one; tracks the project.
    pub fn companions(self) -> Vec<TaskId> {
        let chosen = self.task.get();
        self.project.with(|project| {
            let labelled = |task: TaskId| {
                let mut states =
                    project.iter().flat_map(|project| &project.entries).flat_map(|card| &card.tasks);
                states.any(|state| state.task == task && state.labelled)
            };
            let tasks = project.iter().flat_map(|project| &project.tasks).map(|task| task.id);
            tasks.filter(|task| Some(*task) != chosen && labelled(*task)).collect()
        })
    }

    /// Whether all labelled tasks learn, or the chosen one alone.
    pub fn learn_together(self, together: bool) {
        self.together.set(together);
        self.want_plan();
    }

    fn wish(self) -> Option<TuneWish> {
        let mut tasks = vec![self.task.get_untracked()?];
        if self.together.get_untracked() {
            tasks.extend(untrack(|| self.companions()));
        }
        Some(TuneWish { tasks, mode: self.mode.get_untracked(), steps: None })
    }

    /// Asks what tuning would mean now.
    pub fn want_plan(self) {
        if untrack(|| self.is_tuning()) {
            return;
        }
        if let Some(wish) = self.wish() {
            let id = self.ask(StudioAsk::PlanTuning(wish), None);
            self.awaited.update_value(|awaited| awaited.plan = id);
        }
    }

    /// Chooses how much learns.
    pub fn choose_mode(self, mode: TuneMode) {
        self.mode.set(mode);
        self.plan.set(None);
        self.want_plan();
    }

    /// Nothing stands in the way of tuning; tracks the plan.
    pub fn can_tune(self) -> bool {
        self.plan
            .with(|plan| plan.as_ref().is_some_and(|plan| !plan.warnings.iter().any(TuneWarning::blocks)))
            && !self.is_tuning()
    }

    /// Begins.
    pub fn tune(self) {
        if let Some(wish) = self.wish().filter(|_| untrack(|| self.can_tune())) {
            self.stop_comparing();
            self.ask(StudioAsk::StartTuning(wish), None);
        }
    }

    /// Waits, or goes on.
    pub fn pause_or_resume(self) {
        let state = self.tuning.with_untracked(|tuning| tuning.as_ref().map(|tuning| tuning.state.clone()));
        match state {
            Some(TuneState::Paused) => self.ask(StudioAsk::ResumeTuning, None),
            _ => self.ask(StudioAsk::PauseTuning, None),
        };
    }

    /// Ends with the best weights so far.
    pub fn stop_tuning(self) {
        self.ask(StudioAsk::StopTuning, None);
    }

    /// Ends with the model as it was.
    pub fn cancel_tuning(self) {
        self.ask(StudioAsk::CancelTuning, None);
    }

    /// Uses the model before the last tuning, or the tuned one again.
    pub fn use_base(self, base: bool) {
        if let Some(task) = self.task.get_untracked() {
            self.stop_comparing();
            self.ask(StudioAsk::UseBase { task, base }, None);
            self.predict();
        }
    }

    pub(super) fn tuned(self, progress: TuneProgress) {
        let best = |progress: &TuneProgress| progress.best.as_ref().map(|best| best.value);
        let ended = progress.state == TuneState::Done;
        let (was, before) = self
            .tuning
            .with_untracked(|old| (old.as_ref().map(|old| old.state.clone()), old.as_ref().and_then(best)));
        let learnt = best(&progress).is_some() && best(&progress) != before;
        let news = was.as_ref() != Some(&progress.state);
        let recovered = progress.recovered && was.is_none();
        let over = !goes_on(&progress.state);
        let progress_goes_on = progress.recovered
            && progress.state == TuneState::Paused
            && self.interrupted.try_update_value(std::mem::take) == Some(true);
        self.tuning.set(Some(progress));
        // Where only the Worker was replaced, nobody has to press for it to go on.
        if progress_goes_on {
            self.ask(StudioAsk::ResumeTuning, None);
        }
        if recovered {
            self.say(super::StudioNotice::Recovered);
        }
        // So that learning is seen on the screen.
        if (ended && news) || (learnt && !over) {
            self.predict();
        }
        if over && news {
            self.want_plan();
        }
    }
}

/// Not ended.
pub fn goes_on(state: &TuneState) -> bool {
    matches!(state, TuneState::Preparing | TuneState::Running | TuneState::Paused)
}
