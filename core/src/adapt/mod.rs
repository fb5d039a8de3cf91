//! Learning from few labels: a linear probe on frozen features, and fine-tuning of more or less of the model.

mod folds;
mod lbfgs;
#[cfg(feature = "model")]
mod lora;
#[cfg(feature = "model")]
mod mode;
mod probe;
#[cfg(feature = "model")]
mod tuner;

pub use folds::{Fold, folds};
#[cfg(feature = "model")]
pub use lora::Lora;
#[cfg(feature = "model")]
pub use mode::Mode;
pub use probe::{LinearProbe, ProbeError, out_of_fold};
#[cfg(feature = "model")]
pub use tuner::{TuneConfig, TuneError, Tuner};
