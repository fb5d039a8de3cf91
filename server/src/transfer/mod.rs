//! How well a model carries over to a new data set, by the protocol of Schäfer et al. 2024: it learns from
//! growing parts of the training data, in several modes, with several seeds, beside the same architecture from
//! random weights; the test part is seen by finished models only.
//!
//! The protocol is here; how a model learns and predicts is the [`Runner`]'s business.

mod chart;
mod data;
mod error;
mod learner;
mod metrics;
mod plan;
mod report;
mod results;
mod run;
mod settings;
mod summary;

pub use data::{LearningData, TransferData};
pub use error::TransferError;
pub use learner::Learner;
pub use metrics::metrics;
pub use plan::{Cell, Init, Mode, Percent, Plan};
pub use report::write_report;
pub use results::{Results, Row};
pub use run::{Learnt, Outcome, Progress, Runner, RunnerError, Scores, run};
pub use settings::Settings;

#[cfg(test)]
mod tests;
