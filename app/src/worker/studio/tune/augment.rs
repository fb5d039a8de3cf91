//! Which changes of its images a tuning may learn from.

use std::collections::BTreeSet;

use medley_core::adapt::views;
use medley_core::dataset::AugmentConfig;
use medley_core::project::{EntryId, TaskId, training};

use super::Bench;
use crate::worker::messages::TuneWish;

impl Bench {
    /// Finds out where the labelled images came from, once.
    pub(super) async fn find_origins(&self, wish: &TuneWish) {
        for entry in wish.tasks.iter().flat_map(|task| self.labelled(TaskId(*task))) {
            if self.origins.borrow().contains_key(&entry) {
                continue;
            }
            // An image that is no longer there stops the tuning later, in words.
            if let Some(origin) = self.origin(entry).await {
                self.origins.borrow_mut().insert(entry, origin);
            }
        }
    }

    /// The changes that suit the labelled images: people lie and stand the right way up, cells do not. What is untrue of
    /// one image or task is not done to any.
    pub(super) fn augment(&self, wish: &TuneWish) -> AugmentConfig {
        let (project, origins) = (self.project.borrow(), self.origins.borrow());
        let tasks = wish.tasks.iter().filter_map(|task| project.task(TaskId(*task)));
        let sets = tasks.flat_map(|task| {
            let known = self.labelled(task.id).into_iter().filter_map(|entry| origins.get(&entry));
            known.map(|origin| AugmentConfig::for_task(&task.model_task(origin.words(), 0)))
        });
        sets.min_by_key(|set| views(set).len()).unwrap_or(AugmentConfig::MICROSCOPY)
    }

    fn labelled(&self, task: TaskId) -> BTreeSet<EntryId> {
        training::labelled(&self.project.borrow(), task).into_iter().map(|at| at.entry).collect()
    }
}
