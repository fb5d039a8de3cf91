//! Classes: confident learning on predictions out of fold (Northcutt et al., JAIR 2021).

use medley_core::Medley;
use medley_core::adapt::{folds, out_of_fold};
use medley_core::dataset::{Split, Target};
use medley_core::metrics::label_quality::{confidence_thresholds, confident_class, contradiction};

use super::{CheckError, CheckOptions, Doubt, Ranking, all_items, ranked};
use crate::data::{DataFolder, Item, TaskData};
use crate::progress;

/// L2 penalty of the classifier: strong enough that a few wrong labels are outvoted rather than learnt.
const PENALTY: f64 = 100.0;

/// Magnifications at which the encoder looks at each image. A second one makes features of half an octave
/// finer detail, which settles labels that one look leaves open.
const MAGNIFICATIONS: [f64; 2] = [1.0, 1.5];

/// Ranks one class per image.
pub fn rank(
    medley: &Medley,
    folder: &DataFolder,
    found: &TaskData,
    options: &CheckOptions,
) -> Result<Ranking, CheckError> {
    let items = all_items(found);
    let (features, targets) = features(medley, folder, found, &items, options)?;
    let classes = &found.task.classes;
    let labels: Vec<usize> =
        targets.iter().map(|target| if let Target::Class(class) = target { *class } else { 0 }).collect();
    let probabilities = held_out(&features, &labels, classes.len(), &items, found, options)?;
    let thresholds = confidence_thresholds(&probabilities, &labels, classes.len());
    let doubts = items.iter().enumerate().map(|(position, (split, item))| {
        let (row, label) = (&probabilities[position], labels[position]);
        let likeliest = (0..row.len()).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap_or(label);
        let confident = confident_class(row, label, &thresholds);
        let shown = confident.unwrap_or(likeliest);
        Doubt {
            image: item.name.clone(),
            split: *split,
            score: contradiction(row, label),
            label: classes[label].clone(),
            prediction: format!("{} {:.0} %", classes[shown], row[shown] * 100.0),
            suspicious: confident.is_some(),
            position,
        }
    });
    let doubts = doubts.collect();
    Ok(ranked(&found.task.id, method(options), doubts))
}

/// Ranks images with several labels: each class is a question of its own, the most doubtful answer counts.
pub fn rank_labels(
    medley: &Medley,
    folder: &DataFolder,
    found: &TaskData,
    options: &CheckOptions,
) -> Result<Ranking, CheckError> {
    let items = all_items(found);
    let (features, targets) = features(medley, folder, found, &items, options)?;
    let mut doubts: Vec<Doubt> = Vec::new();
    for (class, name) in found.task.classes.iter().enumerate() {
        let present = |target: &Target| match target {
            Target::Labels(labels) => usize::from(labels.get(class) == Some(&true)),
            _ => 0,
        };
        let labels: Vec<usize> = targets.iter().map(present).collect();
        let probabilities = held_out(&features, &labels, 2, &items, found, options)?;
        let thresholds = confidence_thresholds(&probabilities, &labels, 2);
        for (position, (split, item)) in items.iter().enumerate() {
            let (row, label) = (&probabilities[position], labels[position]);
            let doubt = Doubt {
                image: item.name.clone(),
                split: *split,
                score: contradiction(row, label),
                label: format!("{name}: {}", if label == 1 { "present" } else { "absent" }),
                prediction: format!("present {:.0} %", row[1] * 100.0),
                suspicious: confident_class(row, label, &thresholds).is_some(),
                position,
            };
            match doubts.get_mut(position) {
                Some(known) if known.score >= doubt.score => {}
                Some(known) => *known = doubt,
                None => doubts.push(doubt),
            }
        }
    }
    Ok(ranked(&found.task.id, method(options), doubts))
}

fn method(options: &CheckOptions) -> String {
    format!(
        "Labels compared with a linear classifier on frozen features that has not seen the image ({} folds).",
        options.folds
    )
}

/// The frozen features and the label of every image.
fn features(
    medley: &Medley,
    folder: &DataFolder,
    found: &TaskData,
    items: &[(Split, &Item)],
    options: &CheckOptions,
) -> Result<(Vec<Vec<f32>>, Vec<Target>), CheckError> {
    let known = medley.tasks().iter().find(|task| task.id == found.task.id);
    let side = known.map_or(options.input_size, |task| task.input_size);
    let bar = progress::bar(items.len(), &found.task.id);
    let mut features = Vec::with_capacity(items.len());
    let mut targets = Vec::with_capacity(items.len());
    for (_, item) in items {
        let sample = folder.load(item)?;
        let mut looks = Vec::new();
        for magnification in MAGNIFICATIONS {
            let side = (side as f64 * magnification) as usize;
            looks.extend(pollster::block_on(medley.features(&sample.image, side))?);
        }
        features.push(looks);
        targets.push(sample.target);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok((features, targets))
}

fn held_out(
    features: &[Vec<f32>],
    labels: &[usize],
    classes: usize,
    items: &[(Split, &Item)],
    found: &TaskData,
    options: &CheckOptions,
) -> Result<Vec<Vec<f32>>, CheckError> {
    let cases: Vec<Option<&str>> = items.iter().map(|(_, item)| item.patient.as_deref()).collect();
    let parts = folds(labels, &cases, options.folds, options.seed);
    out_of_fold(features, labels, classes, PENALTY, &parts)
        .map_err(|source| CheckError::Probe { task: found.task.id.clone(), source })
}
