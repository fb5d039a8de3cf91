//! Masks and boxes: compared with what the model itself finds.

use medley_core::Medley;
use medley_core::dataset::{Target, TaskKind};
use medley_core::metrics::label_quality::{
    Disagreement, Dispute, box_disagreements, mask_disagreements, overall,
};
use medley_core::task::Prediction;

use super::{CheckError, Doubt, Ranking, all_items, ranked};
use crate::data::{DataFolder, TaskData};
use crate::progress;
use crate::report::compare::LEAST_SCORE;

/// Disagreement from which an object is counted among the doubtful ones.
const DOUBTFUL: f32 = 0.5;

/// Ranks masks or boxes.
pub fn rank(medley: &Medley, folder: &DataFolder, found: &TaskData) -> Result<Ranking, CheckError> {
    let task = model_task(medley, found)?;
    let items = all_items(found);
    let bar = progress::bar(items.len(), &found.task.id);
    let mut doubts = Vec::with_capacity(items.len());
    for (position, (split, item)) in items.iter().enumerate() {
        let sample = folder.load(item)?;
        let prediction = pollster::block_on(medley.predict(&task, &sample.image))?;
        let disagreements = disagreements(&sample.target, &prediction);
        let (label, prediction) = words(&disagreements, &found.task.classes);
        doubts.push(Doubt {
            image: item.name.clone(),
            split: *split,
            score: overall(&disagreements),
            label,
            prediction,
            suspicious: disagreements.iter().any(|d| d.strength >= DOUBTFUL),
            position,
        });
        bar.inc(1);
    }
    bar.finish_and_clear();
    let method = match found.task.kind {
        TaskKind::Segmentation => "Objects of the label compared with those of the predicted mask by Dice.",
        _ => "Labelled boxes compared with predicted ones.",
    };
    Ok(ranked(&found.task.id, method.to_owned(), doubts))
}

/// The model's task for the data set's: the same id, or else the same kind and classes.
pub fn model_task(medley: &Medley, found: &TaskData) -> Result<String, CheckError> {
    let wanted = &found.task;
    let alike =
        medley.tasks().iter().filter(|task| task.kind == wanted.kind && task.classes == wanted.classes);
    let alike: Vec<&str> = alike.map(|task| task.id.as_str()).collect();
    let chosen = alike.iter().find(|id| **id == wanted.id).or(alike.first());
    chosen.map(ToString::to_string).ok_or_else(|| CheckError::NoTask {
        task: wanted.id.clone(),
        kind: if wanted.kind == TaskKind::Segmentation { "masks" } else { "boxes" },
        classes: wanted.classes.join(", "),
    })
}

/// Where label and prediction differ; nothing when they are of different kinds, which tasks exclude.
pub fn disagreements(target: &Target, prediction: &Prediction) -> Vec<Disagreement> {
    match (target, prediction) {
        (Target::Mask(label), Prediction::Mask(mask)) => mask_disagreements(label, mask),
        (Target::Boxes(truth), Prediction::Boxes(boxes)) => {
            let sure: Vec<_> = boxes.iter().filter(|found| found.score >= LEAST_SCORE).copied().collect();
            box_disagreements(truth, &sure)
        }
        _ => Vec::new(),
    }
}

/// How many objects are labelled, and how many of them, or beside them, are doubtful.
fn words(disagreements: &[Disagreement], classes: &[String]) -> (String, String) {
    let count = |wanted: fn(&Disagreement) -> bool| disagreements.iter().filter(|d| wanted(d)).count();
    let labelled = count(|d| d.dispute != Dispute::Unlabelled);
    let mut parts = Vec::new();
    let missing = count(|d| d.dispute == Dispute::Labelled && d.strength >= DOUBTFUL);
    if missing > 0 {
        parts.push(format!("{missing} not found"));
    }
    let extra = count(|d| d.dispute == Dispute::Unlabelled);
    if extra > 0 {
        parts.push(format!("{extra} found without a label"));
    }
    for d in disagreements {
        if let Dispute::Class(other) = d.dispute {
            parts.push(format!("{} seen as {}", classes[d.class], classes[other]));
        }
    }
    let summary = if parts.is_empty() { "agrees".to_owned() } else { parts.join(", ") };
    (format!("{labelled} object(s)"), summary)
}
