//! Half precision: 16 bits for the shared blocks' forward and backward pass, 32 for everything that is kept.
//!
//! Micikevicius et al., "Mixed Precision Training", ICLR 2018. Weights, sums of gradients and optimiser states have 32
//! bits. The loss is multiplied by a factor, so that small gradients are not rounded to zero in 16 bits, and gradients
//! are divided by it. Where that makes gradients too large for 16 bits, the update is dropped and the factor halved.

use serde::{Deserialize, Serialize};

use crate::model::Named;

/// The numbers of the forward and the backward pass of the shared blocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ComputePrecision {
    /// 32 bits.
    #[default]
    Full,
    /// 16 bits: about half the memory of activations, and faster where the device computes with them.
    Half,
}

/// The factor of the loss in half precision. The numbers are the defaults of PyTorch's `GradScaler`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LossScale {
    /// The factor, a power of two, so that nothing is rounded by it.
    pub factor: f32,
    /// Sound updates since the factor changed.
    sound: u32,
}

const FIRST: f32 = 65_536.0;
const LARGEST: f32 = 16_777_216.0;
/// Sound updates after which a larger factor is tried.
const PATIENCE: u32 = 2000;

impl Default for LossScale {
    fn default() -> Self {
        Self { factor: FIRST, sound: 0 }
    }
}

impl LossScale {
    /// Adapts the factor after an update.
    pub(super) fn after(&mut self, is_finite: bool) {
        if !is_finite {
            *self = Self { factor: (self.factor / 2.0).max(1.0), sound: 0 };
            return;
        }
        self.sound += 1;
        if self.sound == PATIENCE {
            *self = Self { factor: (self.factor * 2.0).min(LARGEST), sound: 0 };
        }
    }

    /// Whether a gradient that is no number may be the factor's fault.
    pub(super) fn can_shrink(self) -> bool {
        self.factor > 1.0
    }
}

/// Gradients of the loss from those of `factor` times the loss.
pub(super) fn unscaled(gradients: Named, factor: Option<f32>) -> Named {
    match factor {
        None => gradients,
        Some(factor) => gradients.into_iter().map(|(name, g)| (name, g.mul_scalar(factor.recip()))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_factor_is_halved_by_an_overflow_and_doubled_by_patience() {
        let mut scale = LossScale::default();
        scale.after(false);
        assert_eq!(scale.factor, 32_768.0);
        (0..PATIENCE).for_each(|_| scale.after(true));
        assert_eq!(scale.factor, 65_536.0);
        (0..PATIENCE - 1).for_each(|_| scale.after(true));
        scale.after(false);
        (0..PATIENCE - 1).for_each(|_| scale.after(true));
        assert_eq!(scale.factor, 32_768.0);
        (0..40).for_each(|_| scale.after(false));
        assert_eq!((scale.factor, scale.can_shrink()), (1.0, false));
    }
}
