//! What a person gets: classes, masks and boxes at the size of the picture.

use burn::tensor::activation::sigmoid;
use burn::tensor::{ExecutionError, Tensor};
use serde::{Deserialize, Serialize};

use super::detection::{DecodeSettings, RawBoxes, decode};
use crate::dataset::{Detection, Mask};
use crate::imaging::{Region, resize_planes};
use crate::model::Outputs;

/// The model's answer about one picture.
#[derive(Clone, Debug, PartialEq)]
pub enum Prediction {
    /// One probability per class; they sum to 1.
    Classes(Vec<f32>),
    /// One probability per class, each on its own.
    Labels(Vec<f32>),
    /// One number per name of the task, in the unit of the data.
    Values(Vec<f32>),
    /// One class per pixel.
    Mask(Mask),
    /// Objects, best first.
    Boxes(Vec<Detection>),
}

/// Where a picture lies in its batch, and how large it was before it was scaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Rows and columns of the picture in the batch, at the top left.
    pub valid: [usize; 2],
    /// Rows and columns of the original.
    pub original: [usize; 2],
}

/// Turns raw outputs into one prediction per frame. Reads back from the device once.
///
/// # Errors
/// When the device fails.
pub async fn predict(
    outputs: Outputs,
    frames: &[Frame],
    settings: &DecodeSettings,
) -> Result<Vec<Prediction>, ExecutionError> {
    match outputs {
        Outputs::Class(logits) => {
            let [_, classes] = logits.dims();
            let logits = values(logits).await?;
            Ok(logits.chunks_exact(classes).map(|row| Prediction::Classes(softmax(row))).collect())
        }
        Outputs::Labels(logits) => {
            let [_, classes] = logits.dims();
            let probabilities = values(sigmoid(logits)).await?;
            Ok(probabilities.chunks_exact(classes).map(|row| Prediction::Labels(row.to_vec())).collect())
        }
        Outputs::Values { scaled, scaling } => {
            let numbers = values(scaled).await?;
            let row = |row: &[f32]| row.iter().zip(&scaling).map(|(number, s)| s.undo(*number)).collect();
            Ok(numbers.chunks_exact(scaling.len().max(1)).map(|of| Prediction::Values(row(of))).collect())
        }
        Outputs::Pixel(logits) => {
            let [_, classes, height, width] = logits.dims();
            let logits = values(logits).await?;
            let images = logits.chunks_exact(classes * height * width).zip(frames);
            Ok(images
                .map(|(logits, frame)| Prediction::Mask(mask(logits, [height, width], *frame)))
                .collect())
        }
        Outputs::Box { logits, size, strides } => {
            let [_, positions, classes] = logits.class.dims();
            let class = values(logits.class).await?;
            let distances = values(logits.distances).await?;
            let centreness = values(logits.centreness).await?;
            let boxes = frames.iter().enumerate().map(|(image, frame)| {
                let rows = image * positions..(image + 1) * positions;
                let raw = RawBoxes {
                    class: &class[rows.start * classes..rows.end * classes],
                    distances: &distances[rows.start * 4..rows.end * 4],
                    centreness: &centreness[rows],
                };
                let found = decode(raw, size, frame.valid, &strides, settings);
                Prediction::Boxes(found.into_iter().map(|d| to_original(d, *frame)).collect())
            });
            Ok(boxes.collect())
        }
    }
}

async fn values<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, ExecutionError> {
    let data = tensor.into_data_async().await?;
    Ok(data.iter::<f32>().collect())
}

fn softmax(logits: &[f32]) -> Vec<f32> {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weights: Vec<f32> = logits.iter().map(|v| (v - highest).exp()).collect();
    let total: f32 = weights.iter().sum();
    weights.into_iter().map(|w| w / total).collect()
}

/// The likeliest class of each pixel of the original: logits are interpolated, then compared.
fn mask(logits: &[f32], [height, width]: [usize; 2], frame: Frame) -> Mask {
    let [rows, columns] = frame.original;
    let valid = Region { x0: 0.0, y0: 0.0, x1: frame.valid[1] as f32, y1: frame.valid[0] as f32 };
    let logits = resize_planes(logits, (width, height), valid, (columns, rows));
    let area = rows * columns;
    let mut best = logits[..area].to_vec();
    let mut labels = vec![0_u8; area];
    for (class, plane) in logits.chunks_exact(area).enumerate().skip(1) {
        for ((label, best), &value) in labels.iter_mut().zip(&mut best).zip(plane) {
            if value > *best {
                *best = value;
                *label = class as u8;
            }
        }
    }
    Mask { width: columns, height: rows, labels }
}

fn to_original(detection: Detection, frame: Frame) -> Detection {
    let sy = frame.original[0] as f32 / frame.valid[0] as f32;
    let sx = frame.original[1] as f32 / frame.valid[1] as f32;
    Detection {
        x0: detection.x0 * sx,
        y0: detection.y0 * sy,
        x1: detection.x1 * sx,
        y1: detection.y1 * sy,
        ..detection
    }
}
