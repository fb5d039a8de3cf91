//! The three parts of the detection loss.

use burn::tensor::activation::{log_sigmoid, sigmoid};
use burn::tensor::{Int, Tensor};

use super::assign::Assignment;
use crate::model::BoxLogits;
use crate::task::classification::uniform_loss;

const ALPHA: f32 = 0.25;
const CENTRENESS_WEIGHT: f32 = 0.2;

/// Focal loss of the classes (γ = 2, α = 0.25; Lin et al., ICCV 2017) over `ln K`, plus the generalised IoU
/// loss of the boxes weighted by centreness (Rezatofighi et al., CVPR 2019; FCOS), plus 0.2 times the binary
/// cross-entropy of centreness. Every part is normalised by the number of positions that have an object.
///
/// `assignments` holds one list per image. Returns `[1]`.
pub fn loss(logits: BoxLogits, assignments: &[Vec<Assignment>]) -> Tensor<1> {
    part_of_loss(logits, assignments, Totals::of(assignments))
}

/// What the parts of the loss are divided by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Totals {
    /// Positions that have an object.
    count: f32,
    /// The sum of their centreness.
    centreness: f32,
}

impl Totals {
    /// Over all images of a batch.
    pub fn of(assignments: &[Vec<Assignment>]) -> Self {
        let all = assignments.iter().flatten();
        Self {
            count: all.clone().count().max(1) as f32,
            centreness: all.map(|a| a.centreness).sum::<f32>().max(1e-6),
        }
    }
}

/// What some images of a batch add to its [`loss`]; `totals` are those of the whole batch.
pub fn part_of_loss(logits: BoxLogits, assignments: &[Vec<Assignment>], totals: Totals) -> Tensor<1> {
    let [batch, positions, classes] = logits.class.dims();
    let device = logits.class.device();
    let positives: Vec<(usize, &Assignment)> = assignments
        .iter()
        .enumerate()
        .flat_map(|(image, list)| list.iter().map(move |a| (image * positions + a.position, a)))
        .collect();

    let mut one_hot = vec![0.0_f32; batch * positions * classes];
    for (row, assignment) in &positives {
        one_hot[row * classes + assignment.class] = 1.0;
    }
    let one_hot = Tensor::<1>::from_floats(one_hot.as_slice(), &device).reshape([batch, positions, classes]);
    let Totals { count, centreness: weight_sum } = totals;
    let focal = focal(logits.class, one_hot) / (count * uniform_loss(classes));
    if positives.is_empty() {
        return focal;
    }

    let rows: Vec<i32> = positives.iter().map(|(row, _)| *row as i32).collect();
    let rows = Tensor::<1, Int>::from_ints(rows.as_slice(), &device);
    let truth: Vec<f32> = positives.iter().flat_map(|(_, a)| a.distances).collect();
    let truth = Tensor::<1>::from_floats(truth.as_slice(), &device).reshape([positives.len(), 4]);
    let weights: Vec<f32> = positives.iter().map(|(_, a)| a.centreness).collect();
    let weights = Tensor::<1>::from_floats(weights.as_slice(), &device);

    let predicted = logits.distances.reshape([batch * positions, 4]).select(0, rows.clone());
    let boxes = ((generalised_iou(predicted, truth).neg() + 1.0) * weights.clone()).sum() / weight_sum;
    let centreness = logits.centreness.reshape([batch * positions]).select(0, rows);
    let centreness = cross_entropy(centreness, weights).sum() / count;
    focal + boxes + centreness * CENTRENESS_WEIGHT
}

/// Sum of the sigmoid focal loss.
fn focal(logits: Tensor<3>, truth: Tensor<3>) -> Tensor<1> {
    let probability = sigmoid(logits.clone());
    let miss = probability.clone() + truth.clone() - probability * truth.clone() * 2.0;
    let alpha = truth.clone() * (2.0 * ALPHA - 1.0) + (1.0 - ALPHA);
    (alpha * miss.square() * cross_entropy(logits, truth)).sum()
}

/// Binary cross-entropy of logits, per element.
fn cross_entropy<const D: usize>(logits: Tensor<D>, truth: Tensor<D>) -> Tensor<D> {
    let negative = log_sigmoid(logits.clone().neg()) * (truth.clone().neg() + 1.0);
    (log_sigmoid(logits) * truth + negative).neg()
}

/// Generalised IoU of boxes given as distances from one point, `[P, 4]` each; returns `[P]`.
fn generalised_iou(a: Tensor<2>, b: Tensor<2>) -> Tensor<1> {
    let [count, _] = a.dims();
    let side = |x: Tensor<2>, axis: usize| x.clone().narrow(1, axis, 1) + x.narrow(1, axis + 2, 1);
    let area = |x: Tensor<2>| side(x.clone(), 0) * side(x, 1);
    let intersection = area(a.clone().min_pair(b.clone()));
    let union = area(a.clone()) + area(b.clone()) - intersection.clone();
    let hull = area(a.max_pair(b));
    let iou = intersection / (union.clone() + 1e-6);
    let gap = (hull.clone() - union) / (hull + 1e-6);
    (iou - gap).reshape([count])
}
