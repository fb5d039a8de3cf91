//! Learning from few labels on a frozen model.

mod folds;
mod lbfgs;
mod probe;

pub use folds::{Fold, folds};
pub use probe::{LinearProbe, ProbeError, out_of_fold};
