//! Where labels and predictions disagree most: the places to look at when labels may be wrong.

use super::box_iou;
use crate::dataset::objects::{Connectivity, components};
use crate::dataset::{BoxLabel, Detection, IGNORE, Mask};

/// How little class probabilities support a label: one minus the probability of the labelled class, which is
/// the ranking by self-confidence (Northcutt et al., "Confident learning", JAIR 2021, section 3.2). Two classes
/// that look alike share the probability, so that a label is not doubted for being the second likeliest. A label
/// beyond the classes has no support.
pub fn contradiction(probabilities: &[f32], label: usize) -> f32 {
    1.0 - probabilities.get(label).copied().unwrap_or(0.0)
}

/// For each class the mean probability that it has among the images labelled with it (Northcutt et al.,
/// section 3.1): from there on the model counts as confident. 1 for a class without images.
pub fn confidence_thresholds(probabilities: &[Vec<f32>], labels: &[usize], classes: usize) -> Vec<f32> {
    let of_class = |class: usize| {
        let own = probabilities.iter().zip(labels).filter(|(_, label)| **label == class);
        let (sum, count) = own.fold((0.0, 0_u32), |(sum, count), (row, _)| (sum + row[class], count + 1));
        if count == 0 { 1.0 } else { sum / count as f32 }
    };
    (0..classes).map(of_class).collect()
}

/// The class that an image is confidently taken for although it is labelled otherwise: of those that reach
/// their threshold the likeliest, unless it is the label itself.
pub fn confident_class(probabilities: &[f32], label: usize, thresholds: &[f32]) -> Option<usize> {
    let confident = probabilities.iter().zip(thresholds).enumerate().filter(|(_, (p, t))| p >= t);
    let (likeliest, _) = confident.max_by(|(_, (a, _)), (_, (b, _))| a.total_cmp(b))?;
    (likeliest != label).then_some(likeliest)
}

/// What is wrong about one object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Dispute {
    /// It is labelled, and predicted in another shape or not at all.
    Labelled,
    /// It is predicted, and not labelled.
    Unlabelled,
    /// It is labelled as this class and predicted as another.
    Class(usize),
}

/// One object about which label and prediction disagree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disagreement {
    /// What is wrong.
    pub dispute: Dispute,
    /// The class of the object: the labelled one, or the predicted one of an unlabelled object.
    pub class: usize,
    /// Left, top, right and bottom in pixels.
    pub bounds: [f32; 4],
    /// From 0, agreement, to 1.
    pub strength: f32,
    /// Its weight in the image: its area for masks, 1 for boxes.
    pub weight: f32,
}

/// The disagreement of a whole image: the mean over its objects, by weight; 0 without objects.
pub fn overall(disagreements: &[Disagreement]) -> f32 {
    let total: f32 = disagreements.iter().map(|d| d.weight).sum();
    let wrong: f32 = disagreements.iter().map(|d| d.weight * d.strength).sum();
    if total > 0.0 { wrong / total } else { 0.0 }
}

/// Compares the connected objects of a labelled and a predicted mask of the same size. A labelled object
/// counts one minus its Dice with the predicted object of its class that fits it best; a predicted object
/// that touches no labelled one of its class counts 1. Unlabelled pixels ([`IGNORE`]) are left out.
pub fn mask_disagreements(label: &Mask, predicted: &Mask) -> Vec<Disagreement> {
    let known = predicted.labels.iter().zip(&label.labels);
    let labels = known.map(|(p, l)| if *l == IGNORE { IGNORE } else { *p }).collect();
    let predicted = Mask { labels, ..*predicted };
    let (ours, our_classes) = components(label, Connectivity::Eight);
    let (theirs, their_classes) = components(&predicted, Connectivity::Eight);
    let our_boxes = ours.boxes(|id| our_classes.get(id as usize - 1).map(|class| usize::from(*class)));
    let their_boxes = theirs.boxes(|id| their_classes.get(id as usize - 1).map(|class| usize::from(*class)));

    let mut our_area = vec![0_u32; our_classes.len() + 1];
    let mut their_area = vec![0_u32; their_classes.len() + 1];
    let mut common = std::collections::BTreeMap::<(u32, u32), u32>::new();
    for (our, their) in ours.ids.iter().zip(&theirs.ids) {
        our_area[*our as usize] += 1;
        their_area[*their as usize] += 1;
        let same =
            *our > 0 && *their > 0 && our_classes[*our as usize - 1] == their_classes[*their as usize - 1];
        if same {
            *common.entry((*our, *their)).or_default() += 1;
        }
    }
    let mut best = vec![0.0_f32; our_area.len()];
    let mut touched = vec![false; their_area.len()];
    for ((our, their), pixels) in common {
        let dice = 2.0 * pixels as f32 / (our_area[our as usize] + their_area[their as usize]) as f32;
        best[our as usize] = best[our as usize].max(dice);
        touched[their as usize] = true;
    }
    let bounds = |b: &BoxLabel| [b.x0, b.y0, b.x1, b.y1];
    let labelled = our_boxes.iter().map(|(id, place)| Disagreement {
        dispute: Dispute::Labelled,
        class: place.class,
        bounds: bounds(place),
        strength: 1.0 - best[*id as usize],
        weight: our_area[*id as usize] as f32,
    });
    let missing = their_boxes.iter().filter(|(id, _)| !touched[*id as usize]);
    let missing = missing.map(|(id, place)| Disagreement {
        dispute: Dispute::Unlabelled,
        class: place.class,
        bounds: bounds(place),
        strength: 1.0,
        weight: their_area[*id as usize] as f32,
    });
    labelled.chain(missing).collect()
}

/// Overlap (intersection over union) from which two boxes are of the same object.
const SAME_OBJECT: f32 = 0.5;

/// Compares labelled boxes with predicted ones, best first. A labelled box without a predicted one of its
/// class counts 1, or the score of a predicted one of another class at its place; a predicted box at no
/// labelled one counts its score.
pub fn box_disagreements(truth: &[BoxLabel], found: &[Detection]) -> Vec<Disagreement> {
    let mut found = found.to_vec();
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut free = vec![true; found.len()];
    let overlap = |a: &BoxLabel, b: &Detection| box_iou([a.x0, a.y0, a.x1, a.y1], [b.x0, b.y0, b.x1, b.y1]);
    let mut take = |label: &BoxLabel, same_class: bool| {
        let fits = |(index, box_): &(usize, &Detection)| {
            free[*index] && (box_.class == label.class) == same_class && overlap(label, box_) >= SAME_OBJECT
        };
        let (index, chosen) = found.iter().enumerate().find(fits)?;
        free[index] = false;
        Some(*chosen)
    };
    let agreed: Vec<Option<Detection>> = truth.iter().map(|label| take(label, true)).collect();
    let mut disagreements = Vec::new();
    for (label, agreed) in truth.iter().zip(agreed) {
        let (dispute, strength) = match agreed {
            Some(_) => (Dispute::Labelled, 0.0),
            None => match take(label, false) {
                Some(other) => (Dispute::Class(other.class), other.score),
                None => (Dispute::Labelled, 1.0),
            },
        };
        let bounds = [label.x0, label.y0, label.x1, label.y1];
        disagreements.push(Disagreement { dispute, class: label.class, bounds, strength, weight: 1.0 });
    }
    for (extra, _) in found.iter().zip(&free).filter(|(_, free)| **free) {
        disagreements.push(Disagreement {
            dispute: Dispute::Unlabelled,
            class: extra.class,
            bounds: [extra.x0, extra.y0, extra.x1, extra.y1],
            strength: extra.score,
            weight: 1.0,
        });
    }
    disagreements
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_contradicted_by_what_it_leaves_to_others() {
        assert_eq!(contradiction(&[1.0, 0.0, 0.0], 0), 0.0);
        assert_eq!(contradiction(&[0.0, 1.0, 0.0], 0), 1.0);
        assert_eq!(contradiction(&[0.25, 0.5, 0.25], 0), 0.75);
        assert_eq!(contradiction(&[1.0], 3), 1.0);
    }

    #[test]
    fn confidence_is_relative_to_the_class() {
        // Class 1 is recognised less surely, so that 0.5 is confident for it but not for class 0.
        let probabilities = vec![vec![0.9, 0.1], vec![0.7, 0.3], vec![0.6, 0.4], vec![0.5, 0.5]];
        let thresholds = confidence_thresholds(&probabilities, &[0, 0, 1, 1], 3);
        assert_eq!(thresholds.iter().map(|t| (t * 100.0).round()).collect::<Vec<_>>(), [80.0, 45.0, 100.0]);
        assert_eq!(confident_class(&[0.5, 0.5, 0.0], 0, &thresholds), Some(1));
        assert_eq!(confident_class(&[0.7, 0.3, 0.0], 1, &thresholds), None);
        assert_eq!(confident_class(&[0.9, 0.1, 0.0], 0, &thresholds), None);
    }

    #[test]
    fn objects_of_masks_are_compared_one_by_one() {
        let mask = |labels: Vec<u8>| Mask { width: 6, height: 2, labels };
        let label = mask(vec![1, 1, 0, 0, 255, 255, 1, 1, 0, 0, 255, 255]);
        let predicted = mask(vec![1, 1, 0, 2, 1, 1, 0, 0, 0, 0, 1, 1]);
        let found = mask_disagreements(&label, &predicted);
        assert_eq!(found.len(), 2);
        // Half of the square is predicted: Dice 2 * 2 / (4 + 2).
        assert!((found[0].strength - 1.0 / 3.0).abs() < 1e-6);
        assert_eq!((found[0].dispute, found[0].bounds), (Dispute::Labelled, [0.0, 0.0, 2.0, 2.0]));
        assert_eq!((found[1].dispute, found[1].class, found[1].weight), (Dispute::Unlabelled, 2, 1.0));
        assert!((overall(&found) - (4.0 / 3.0 + 1.0) / 5.0).abs() < 1e-6);
        assert_eq!(overall(&mask_disagreements(&label, &label)), 0.0);
        assert_eq!(overall(&[]), 0.0);
    }

    #[test]
    fn boxes_are_missing_superfluous_or_of_another_class() {
        let label = |x0: f32, class| BoxLabel { x0, y0: 0.0, x1: x0 + 10.0, y1: 10.0, class };
        let found = |x0: f32, class, score| Detection { x0, y0: 0.0, x1: x0 + 10.0, y1: 10.0, class, score };
        let truth = [label(0.0, 0), label(100.0, 0), label(200.0, 1)];
        let predicted = [found(1.0, 0, 0.9), found(201.0, 0, 0.8), found(300.0, 1, 0.7)];
        let disputes: Vec<(Dispute, f32)> =
            box_disagreements(&truth, &predicted).iter().map(|d| (d.dispute, d.strength)).collect();
        assert_eq!(
            disputes,
            [
                (Dispute::Labelled, 0.0),
                (Dispute::Labelled, 1.0),
                (Dispute::Class(0), 0.8),
                (Dispute::Unlabelled, 0.7),
            ]
        );
    }
}
