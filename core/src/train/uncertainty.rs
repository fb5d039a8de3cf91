//! Learnt weights of the tasks' losses.

use burn::tensor::{Device, Tensor};

use super::optimiser::{Optimiser, OptimiserKind};
use crate::model::Named;

/// Peak learning rate of the variances. They are few, start at 1 and must come as far as the losses differ within a run,
/// whatever rate suits the weights.
pub const RATE: f64 = 1e-2;

/// A variance per task, learnt with the model: the loss `L` of a task counts as `exp(-s) L + s / 2` with
/// `s = log(variance)` (Kendall et al., CVPR 2018, equation 7), so that noisy tasks count less.
#[derive(Clone, Debug)]
pub struct Uncertainty {
    /// `s` by task id, `[1]` each.
    pub(super) log_variances: Named,
    pub(super) optimiser: Optimiser,
}

impl Uncertainty {
    /// A variance of 1 for every task. `device` is the plain one.
    pub fn new<'a>(ids: impl IntoIterator<Item = &'a str>, device: &Device) -> Self {
        let one = |id: &str| (id.to_owned(), Tensor::zeros([1], device));
        Self {
            log_variances: ids.into_iter().map(one).collect(),
            optimiser: Optimiser::new(OptimiserKind::AdamW, 0.0),
        }
    }

    /// The factor of a task's loss, `[1]`; `None` for an unknown task.
    pub fn factor(&self, id: &str) -> Option<Tensor<1>> {
        self.log_variances.get(id).map(|s| s.clone().neg().exp())
    }

    /// The factors of all losses, `[1]` each by task id.
    pub fn factors(&self) -> Named {
        self.log_variances.iter().map(|(id, s)| (id.clone(), s.clone().neg().exp())).collect()
    }

    /// Learns from the losses of an update, `[1]` each by task id.
    pub fn step(&mut self, losses: &Named, rate: f64) {
        let gradient = |(id, loss): (&String, &Tensor<1>)| {
            let factor = self.factor(id)?;
            Some((id.clone(), factor * loss.clone() * -1.0 + 0.5))
        };
        let gradients: Named = losses.iter().filter_map(gradient).collect();
        self.optimiser.step_named(&mut self.log_variances, gradients, rate);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_factor_settles_at_half_the_inverse_of_the_loss() {
        let device = Device::flex();
        let mut uncertainty = Uncertainty::new(["noisy", "clear"], &device);
        let losses: Named = [("noisy", 2.0), ("clear", 0.25)]
            .into_iter()
            .map(|(id, loss)| (id.to_owned(), Tensor::from_floats([loss], &device)))
            .collect();
        for _ in 0..800 {
            uncertainty.step(&losses, RATE);
        }
        let factor = |id: &str| uncertainty.factor(id).unwrap().into_scalar::<f32>();
        assert!((factor("noisy") - 0.25).abs() < 0.02, "{}", factor("noisy"));
        assert!((factor("clear") - 2.0).abs() < 0.1, "{}", factor("clear"));
    }
}
