//! How the learning rate falls.

use serde::{Deserialize, Serialize};

/// The course of the learning rate after its warm-up, as a factor of its peak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Schedule {
    /// Half a cosine, to zero (Loshchilov & Hutter, ICLR 2017).
    #[default]
    Cosine,
    /// `(1 - progress)` to a power, to zero.
    Polynomial {
        /// The power; 1 is a straight line, nnU-Net uses 0.9.
        power: f64,
    },
    /// The peak throughout.
    Constant,
}

impl Schedule {
    /// Whether the rate falls at all times and never rises above its peak.
    pub fn is_sound(self) -> bool {
        !matches!(self, Self::Polynomial { power } if !power.is_finite() || power <= 0.0)
    }

    /// The factor, from 1 to 0, at `progress` from 0 (end of the warm-up) to 1 (end of the run).
    pub fn factor(self, progress: f64) -> f64 {
        match self {
            Self::Cosine => 0.5 * (1.0 + (std::f64::consts::PI * progress).cos()),
            Self::Polynomial { power } => (1.0 - progress).powf(power),
            Self::Constant => 1.0,
        }
    }
}
