//! The loss of a batch, whatever its label type.

use burn::tensor::Tensor;
use thiserror::Error;

use super::{classification, detection, multilabel, regression, segmentation};
use crate::dataset::{Mask, Target, TaskKind};
use crate::model::Outputs;

/// Targets that do not belong to the outputs.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[error(
    "the targets of this batch are not of the label type of its task; check which data set feeds the task"
)]
pub struct LossError;

/// The loss of a batch, `[1]`, about 1 for an untrained head.
///
/// # Errors
/// When a target is of another label type than the outputs.
pub fn loss(outputs: Outputs, targets: &[Target]) -> Result<Tensor<1>, LossError> {
    match outputs {
        Outputs::Class(logits) => {
            let classes = all(targets, |t| if let Target::Class(class) = t { Some(*class) } else { None })?;
            Ok(classification::loss(logits, &classes))
        }
        Outputs::Labels(logits) => {
            let [_, count] = logits.dims();
            let labels: Vec<Vec<bool>> = all(targets, |t| match t {
                Target::Labels(labels) if labels.len() == count => Some(labels.clone()),
                _ => None,
            })?;
            Ok(multilabel::loss(logits, &labels))
        }
        Outputs::Values { scaled, scaling } => {
            let values: Vec<Vec<f32>> = all(targets, |t| match t {
                Target::Values(values) if values.len() == scaling.len() => Some(values.clone()),
                _ => None,
            })?;
            Ok(regression::loss(scaled, &values, &scaling))
        }
        Outputs::Pixel(logits) => {
            let masks: Vec<Mask> =
                all(targets, |t| if let Target::Mask(mask) = t { Some(mask.clone()) } else { None })?;
            Ok(segmentation::loss(logits, &masks))
        }
        Outputs::Box { logits, size: [height, width], strides } => {
            let assignments = all(targets, |t| match t {
                Target::Boxes(boxes) => Some(detection::assign(boxes, height, width, &strides)),
                _ => None,
            })?;
            Ok(detection::loss(logits, &assignments))
        }
    }
}

/// Whether the loss of a batch of this label type is a sum over its images, so that parts of a batch can be computed
/// apart. That of segmentation is not: its Dice has sums over all images in numerator and denominator.
pub fn is_sum_over_images(kind: TaskKind) -> bool {
    kind != TaskKind::Segmentation
}

/// What some images of a batch add to the [`loss`] of the whole, `[1]`, for a label type whose loss [is a sum over
/// images](is_sum_over_images): `outputs` and `part` are of these images, `whole` are the targets of all.
///
/// # Errors
/// When a target is of another label type than the outputs, or the loss is no such sum.
pub fn part_of_loss(outputs: Outputs, part: &[Target], whole: &[Target]) -> Result<Tensor<1>, LossError> {
    match outputs {
        Outputs::Pixel(_) => Err(LossError),
        Outputs::Box { logits, size: [height, width], strides } => {
            let assigned = |targets| {
                all(targets, |t| match t {
                    Target::Boxes(boxes) => Some(detection::assign(boxes, height, width, &strides)),
                    _ => None,
                })
            };
            let totals = detection::Totals::of(&assigned(whole)?);
            Ok(detection::part_of_loss(logits, &assigned(part)?, totals))
        }
        // Means over images.
        outputs => {
            let share = part.len() as f32 / whole.len().max(1) as f32;
            Ok(loss(outputs, part)?.mul_scalar(share))
        }
    }
}

fn all<T>(targets: &[Target], pick: impl Fn(&Target) -> Option<T>) -> Result<Vec<T>, LossError> {
    targets.iter().map(pick).collect::<Option<_>>().ok_or(LossError)
}
