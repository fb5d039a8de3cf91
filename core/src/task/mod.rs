//! What each label type adds to the shared network: its loss and its predictions.
//!
//! Losses are scaled to be about 1 for an untrained head, so that no task drowns the others when shared
//! gradients are summed (Schäfer et al. 2024, Methods). Nothing here knows the optimiser.

pub mod classification;
pub mod detection;
pub mod multilabel;
pub mod regression;
pub mod segmentation;

mod loss;
mod prediction;

pub use loss::{LossError, is_sum_over_images, loss, part_of_loss};
pub use prediction::{Frame, Prediction, predict};
