//! How much of a model learns.

use serde::{Deserialize, Serialize};

/// The parts of a model that change when it is fine-tuned to a task; a new head always does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The head alone.
    Frozen,
    /// The head and all shared blocks but the encoder.
    #[default]
    Decoder,
    /// Those, and the encoder's linear layers by a low-rank change (see [`super::Lora`]).
    Lora,
    /// Everything.
    Full,
}

impl Mode {
    /// Whether the encoder stays as it is, so that its features can be kept.
    pub fn keeps_encoder(self) -> bool {
        matches!(self, Self::Frozen | Self::Decoder)
    }

    /// Whether the gradient of a parameter of the shared blocks is needed.
    pub(super) fn trains(self, name: &str) -> bool {
        match self {
            Self::Frozen => false,
            Self::Decoder => !is_encoder(name),
            Self::Lora => !is_encoder(name) || super::lora::is_target(name),
            Self::Full => true,
        }
    }
}

fn is_encoder(name: &str) -> bool {
    name.starts_with("encoder.")
}
