//! Scores: plain functions over plain numbers.

mod calibration;
mod classification;
mod detection;
mod geometry;
mod interval;
pub mod label_quality;
mod labels;
mod regression;
mod segmentation;

pub use calibration::CalibrationScore;
pub use classification::{ConfusionMatrix, auroc, macro_auroc};
pub use detection::DetectionScore;
pub use geometry::{box_iou, nms};
pub use interval::{MeanInterval, bootstrap_interval};
pub use labels::LabelScore;
pub use regression::RegressionScore;
pub use segmentation::SegmentationScore;

/// `None` of nothing.
fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), v| (sum + v, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}
