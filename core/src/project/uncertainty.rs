//! How unsure a model is, and what to label next.

use std::collections::BTreeSet;

use super::training::labelled;
use super::{Place, Project, TaskId};
use crate::dataset::{Detection, TaskKind};

/// The entropy of class probabilities as a share of the largest possible: 0 for a sure answer, 1 where all classes are
/// equally likely.
pub fn entropy(probabilities: &[f32]) -> f32 {
    if probabilities.len() < 2 {
        return 0.0;
    }
    let terms = probabilities.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln());
    (terms.sum::<f32>() / (probabilities.len() as f32).ln()).clamp(0.0, 1.0)
}

/// The entropy of each pixel of `[classes, height, width]` probabilities.
pub fn entropy_map(probabilities: &[f32], classes: usize) -> Vec<f32> {
    let area = probabilities.len() / classes.max(1);
    if classes < 2 || area == 0 {
        return vec![0.0; area];
    }
    let mut sums = vec![0.0_f32; area];
    for plane in probabilities.chunks_exact(area) {
        for (sum, p) in sums.iter_mut().zip(plane) {
            *sum -= if *p > 0.0 { p * p.ln() } else { 0.0 };
        }
    }
    let largest = (classes as f32).ln();
    sums.into_iter().map(|sum| (sum / largest).clamp(0.0, 1.0)).collect()
}

/// The mean entropy of an image.
pub fn mean_entropy(map: &[f32]) -> f32 {
    // In double precision: an image has more pixels than f32 can count.
    let sum: f64 = map.iter().map(|value| f64::from(*value)).sum();
    if map.is_empty() { 0.0 } else { (sum / map.len() as f64) as f32 }
}

/// A map of 0 to 1 as bytes.
pub fn to_bytes(map: &[f32]) -> Vec<u8> {
    map.iter().map(|value| (value * 255.0).round() as u8).collect()
}

/// How unsure a detector is: the mean entropy of its answers, each of them an object or not; 1 where it found nothing
/// at all, because then nothing is known.
pub fn box_uncertainty(found: &[Detection]) -> f32 {
    let sum: f32 = found.iter().map(|object| entropy(&[object.score, 1.0 - object.score])).sum();
    if found.is_empty() { 1.0 } else { sum / found.len() as f32 }
}

/// All places without a label for a task, the least sure prediction first; those without a prediction come last, in
/// the order of the list. Held-out images are left out: what is labelled to learn from is chosen among the others.
pub fn label_next(project: &Project, task: TaskId) -> Vec<Place> {
    let done: BTreeSet<Place> = labelled(project, task).into_iter().collect();
    let candidates = project.document().entries.iter().filter(|entry| !entry.held_out);
    let places = candidates.flat_map(|entry| {
        // A volume's class is that of the whole.
        let whole = project.task(task).is_some_and(|task| task.kind == TaskKind::Classification);
        let slices = if whole { 1 } else { entry.size[2] };
        (0..slices).map(move |slice| {
            let sure = entry.prediction(task, slice).and_then(|state| state.uncertainty);
            (sure, Place { entry: entry.id, task, slice })
        })
    });
    let mut open: Vec<_> = places.filter(|(_, place)| !done.contains(place)).collect();
    open.sort_by(|(a, _), (b, _)| b.unwrap_or(-1.0).total_cmp(&a.unwrap_or(-1.0)));
    open.into_iter().map(|(_, place)| place).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::project::{Edit, EntryId, NewEntry, NewTask, PredictionState};

    #[test]
    fn entropy_is_a_share_of_the_largest() {
        assert_eq!(entropy(&[1.0, 0.0, 0.0]), 0.0);
        assert!((entropy(&[0.25; 4]) - 1.0).abs() < 1e-6);
        let map = entropy_map(&[1.0, 0.5, 0.0, 0.5], 2);
        assert_eq!((map[0], (map[1] - 1.0).abs() < 1e-6), (0.0, true));
        assert!((mean_entropy(&map) - 0.5).abs() < 1e-6);
        assert_eq!(to_bytes(&map), [0, 255]);
        assert_eq!((entropy_map(&[], 3), mean_entropy(&[]), entropy(&[1.0])), (Vec::new(), 0.0, 0.0));
    }

    #[test]
    fn a_detector_that_finds_nothing_is_the_least_sure() {
        let object = |score| Detection { x0: 0.0, y0: 0.0, x1: 1.0, y1: 1.0, class: 1, score };
        let sure = box_uncertainty(&[object(0.99)]);
        let unsure = box_uncertainty(&[object(0.5)]);
        assert!(sure < 0.1 && unsure > 0.99 && box_uncertainty(&[]) == 1.0);
    }

    #[test]
    fn the_least_sure_unlabelled_image_comes_first() {
        let mut project = Project::new("test");
        let new = |name: &str| NewEntry {
            file: name.to_owned(),
            size: [4, 4, 1],
            channels: 1,
            spacing: None,
            window: None,
        };
        project.apply(Edit::AddEntries(["a", "b", "c", "d", "e"].map(new).to_vec())).unwrap();
        let classes = vec!["x".to_owned()];
        let kind = TaskKind::Detection;
        project.apply(Edit::AddTask(NewTask { name: "t".to_owned(), kind, classes })).unwrap();
        let task = TaskId(6);
        let at = |entry| Place { entry: EntryId(entry), task, slice: 0 };
        for (entry, uncertainty) in [(1, 0.2), (2, 0.9), (3, 0.4), (4, 0.8)] {
            let state = PredictionState { task, slice: 0, run: None, uncertainty: Some(uncertainty) };
            project.set_prediction(at(entry), Some(state));
        }
        project.apply(Edit::Boxes { at: at(2), boxes: Some(Vec::new()) }).unwrap();
        project.apply(Edit::HoldOut { entries: vec![EntryId(4)], on: true }).unwrap();
        assert_eq!(label_next(&project, task), [at(3), at(1), at(5)]);
    }
}
