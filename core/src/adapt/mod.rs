//! Learning from few labels: a linear probe on frozen features, and fine-tuning of more or less of the model.

#[cfg(feature = "model")]
mod difference;
mod folds;
mod lbfgs;
#[cfg(feature = "model")]
mod lora;
#[cfg(feature = "model")]
mod mode;
mod plan;
mod probe;
mod score;
#[cfg(feature = "model")]
mod session;
mod stopping;
#[cfg(feature = "model")]
mod tuner;
mod views;

#[cfg(feature = "model")]
pub use difference::{difference, with_difference};
pub use folds::{Fold, folds};
#[cfg(feature = "model")]
pub use lora::Lora;
#[cfg(feature = "model")]
pub use mode::Mode;
pub use plan::{Demand, Footprint, Plan, plan};
pub use probe::{LinearProbe, ProbeError, out_of_fold};
pub use score::{Answer, HeldOutScore, score};
#[cfg(feature = "model")]
pub use session::{Measured, Session, SessionConfig, SessionError, SessionTask, Work, WorkError};
pub use stopping::Stopping;
#[cfg(feature = "model")]
pub use tuner::{TuneConfig, TuneError, Tuner};
pub use views::{turned, views};
