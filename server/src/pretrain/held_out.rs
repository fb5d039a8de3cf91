//! Scores on what the run does not learn from, while it goes on.

use std::collections::BTreeMap;
use std::path::Path;

use image::RgbImage;
use medley_core::Medley;

use super::{PretrainError, sources::Sources};
use crate::evaluate::{EvaluateError, Tally, predict_case};
use crate::report::compare::{beside_each_other, compare};
use crate::runs::{Event, RunError, RunFolder};

/// Pictures per task.
const PICTURES: usize = 2;
/// Their longest side.
const SIDE: usize = 256;

/// Scores every task on at most `cases` held-out cases, spread over all of them, and draws some predictions into
/// the run's folder. The criterion is the mean over the tasks of the first score of each (accuracy, Dice,
/// mAP@0.5, ...), where one below 0, as R² can be, or no number counts as 0: no task outweighs the others.
///
/// # Errors
/// When an image cannot be read, the device fails, or a picture cannot be written.
pub fn validate(
    medley: &Medley,
    sources: &Sources,
    folder: &RunFolder,
    update: u64,
    cases: usize,
) -> Result<Event, PretrainError> {
    let mut scores: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
    let mut firsts = Vec::new();
    let mut pictures = Vec::new();
    for (task, held_out) in sources.held_out() {
        let chosen = cases.min(held_out.cases);
        let mut tally = Tally::new(task);
        for place in 0..chosen {
            let slices = (held_out.load)(place * held_out.cases / chosen)?;
            let pairs = predict_case(medley, task, &slices).map_err(EvaluateError::from)?;
            if place < PICTURES
                && let Some((sample, (_, prediction))) = slices.iter().zip(&pairs).nth(pairs.len() / 2)
            {
                let name = RunFolder::picture_name(update, &format!("{}-{place}", task.id));
                let row = compare(sample, prediction, SIDE);
                if row.len() > 1 {
                    save(&beside_each_other(&row), &folder.root().join(&name))?;
                    pictures.push(name);
                }
            }
            tally.add_case(pairs);
        }
        let found = tally.scores(task);
        firsts.extend(found.first().and_then(|score| score.value).map(counted));
        let named = found.into_iter().filter_map(|score| Some((score.metric, score.value?)));
        scores.insert(task.id.clone(), named.collect());
    }
    let criterion = (!firsts.is_empty()).then(|| firsts.iter().sum::<f64>() / firsts.len() as f64);
    Ok(Event::Validation { update, scores, criterion, best: false, pictures })
}

/// A score as it counts among those of other tasks.
fn counted(score: f64) -> f64 {
    if score.is_finite() { score.max(0.0) } else { 0.0 }
}

fn save(picture: &RgbImage, path: &Path) -> Result<(), RunError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(RunError::io("create", folder))?;
    }
    picture.save(path).map_err(|error| RunError::io("write", path)(std::io::Error::other(error)))
}
