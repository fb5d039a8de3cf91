//! What was learnt: the tuned models of a project.

use serde::{Deserialize, Serialize};

use super::{EntryId, ProjectTask, TaskId};

/// One fine-tuning. The weights live outside, under its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TuningRun {
    /// Unique in the project, increasing.
    pub id: u32,
    /// The model that it began from, as its file calls itself.
    pub base: String,
    /// Which part of the model learnt: `quick`, `lora`, `full`.
    pub mode: String,
    /// Further settings by name, for the report: learning rate, batch, image size, augmentation, seed.
    pub settings: Vec<(String, String)>,
    /// When it began, in seconds since 1970 (UTC).
    pub started: u64,
    /// How long it took, pauses left out.
    pub seconds: f64,
    /// Optimiser steps done.
    pub steps: u64,
    /// Images learnt from.
    pub trained_on: Vec<EntryId>,
    /// Images kept for the score.
    pub held_out: Vec<EntryId>,
    /// The course of loss and score.
    pub curve: Vec<CurvePoint>,
    /// What was learnt, and how well.
    pub results: Vec<TaskResult>,
}

impl TuningRun {
    /// Whether a head of this run with so many `outputs` still answers for the classes of `task`. Where one class was
    /// removed and another added, the number is the same, but the answers would get wrong names.
    pub fn answers_for(&self, task: &ProjectTask, outputs: usize) -> bool {
        let result = self.results.iter().find(|result| result.task == task.id);
        match result.and_then(|result| result.classes.as_ref()) {
            Some(learnt) => *learnt == task.class_ids(),
            None => task.model_task("", 0).classes.len() == outputs,
        }
    }
}

/// A point of the curves.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Optimiser steps done.
    pub step: u64,
    /// Training loss.
    pub loss: f32,
    /// Held-out score of the first task, where it was measured at this step.
    pub score: Option<f32>,
}

/// What a run made of one task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskResult {
    /// The task.
    pub task: TaskId,
    /// The ids of the classes that it learnt, in the order of the model's outputs (of a segmentation those after the
    /// background); `None` in runs that were stored before this was noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<Vec<u8>>,
    /// Held-out score of the model before tuning, where it could be asked.
    pub before: Option<RunScore>,
    /// Held-out score of the best weights, which are the ones kept.
    pub after: Option<RunScore>,
}

/// A score on the held-out images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunScore {
    /// What was measured: `Dice`, `AP50`, `F1`.
    pub name: String,
    /// From 0 to 1.
    pub value: f64,
    /// 95 % interval over images; `None` of a single image.
    pub interval: Option<(f64, f64)>,
    /// Number of images.
    pub images: u32,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::dataset::TaskKind;
    use crate::project::{Edit, NewTask, Project};

    fn run(classes: Option<Vec<u8>>) -> TuningRun {
        TuningRun {
            id: 1,
            base: "nano".to_owned(),
            mode: "quick".to_owned(),
            settings: Vec::new(),
            started: 0,
            seconds: 0.0,
            steps: 1,
            trained_on: Vec::new(),
            held_out: Vec::new(),
            curve: Vec::new(),
            results: vec![TaskResult { task: TaskId(1), classes, before: None, after: None }],
        }
    }

    fn project() -> Project {
        let classes = ["a", "b"].map(str::to_owned).to_vec();
        let task = NewTask { name: "cells".to_owned(), kind: TaskKind::Segmentation, classes };
        Project::begin("test", task).unwrap()
    }

    #[test]
    fn a_head_answers_for_the_classes_that_it_learnt_and_for_no_others() {
        let mut project = project();
        let task = |project: &Project| project.task(TaskId(1)).unwrap().clone();
        let noted = run(Some(task(&project).class_ids()));
        assert!(noted.answers_for(&task(&project), 3));

        let rename = Edit::RenameClass { task: TaskId(1), class: 2, name: "new name".to_owned() };
        project.apply(rename).unwrap();
        assert!(noted.answers_for(&task(&project), 3), "a name may change");

        project.apply(Edit::RemoveClass { task: TaskId(1), class: 1 }).unwrap();
        assert!(!noted.answers_for(&task(&project), 3));
        project.apply(Edit::AddClass { task: TaskId(1), name: "c".to_owned() }).unwrap();
        assert!(!noted.answers_for(&task(&project), 3), "as many classes, but others");

        project.undo();
        project.undo();
        assert!(noted.answers_for(&task(&project), 3), "the old classes are back");
    }

    #[test]
    fn of_runs_that_noted_no_classes_the_number_decides() {
        let project = project();
        let task = project.task(TaskId(1)).unwrap();
        assert!(run(None).answers_for(task, 3));
        assert!(!run(None).answers_for(task, 4));
        let old = r#"{"task": 1, "before": null, "after": null}"#;
        assert_eq!(serde_json::from_str::<TaskResult>(old).unwrap().classes, None);
    }
}
