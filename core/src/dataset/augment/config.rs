//! Which random changes keep an image's labels true.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::dataset::Task;

/// The random changes that a task's images go through in training. The default changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AugmentConfig {
    /// Mirror left and right, every second time.
    pub horizontal_flip: bool,
    /// Mirror top and bottom, every second time.
    pub vertical_flip: bool,
    /// Turn by 0, 90, 180 or 270 degrees.
    pub quarter_turns: bool,
    /// Least and greatest magnification. Above 1 a random part is cut out, below 1 the image lies at a
    /// random place within a border.
    pub scale: (f32, f32),
    /// Greatest change that is added to all values, which lie in [0, 1].
    pub brightness: f32,
    /// Greatest relative change of the distance to the mean value: 0.2 is 80 % to 120 %.
    pub contrast: f32,
}

/// Settings that make no sense.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum AugmentError {
    /// The range of magnification.
    #[error("augment.scale must be two numbers from 0.1 to 10 with the smaller one first, not {0:?}")]
    Scale((f32, f32)),
    /// The strength of a change of values.
    #[error("augment.{name} must be from 0 to 1, not {value}")]
    Strength {
        /// `brightness` or `contrast`.
        name: &'static str,
        /// As given.
        value: f32,
    },
}

impl Default for AugmentConfig {
    fn default() -> Self {
        Self {
            horizontal_flip: false,
            vertical_flip: false,
            quarter_turns: false,
            scale: (1.0, 1.0),
            brightness: 0.0,
            contrast: 0.0,
        }
    }
}

impl AugmentConfig {
    /// Radiographs: people stand upright, exposure varies.
    pub const XRAY: Self = Self {
        horizontal_flip: true,
        vertical_flip: false,
        quarter_turns: false,
        scale: (0.9, 1.2),
        brightness: 0.1,
        contrast: 0.2,
    };

    /// Microscopy: no direction is special, magnification and light vary.
    pub const MICROSCOPY: Self = Self {
        horizontal_flip: true,
        vertical_flip: true,
        quarter_turns: true,
        scale: (0.8, 1.25),
        brightness: 0.1,
        contrast: 0.2,
    };

    /// Slices of CT and MR: patients lie in a standard position, values are calibrated or nearly so.
    pub const TOMOGRAPHY: Self = Self {
        horizontal_flip: true,
        vertical_flip: false,
        quarter_turns: false,
        scale: (0.9, 1.1),
        brightness: 0.05,
        contrast: 0.1,
    };

    /// The preset for a task, by the words of its modality; where none fits, the mild one for tomography.
    /// Images are not mirrored when a class is a side of the body (`left_lung`).
    pub fn for_task(task: &Task) -> Self {
        let modality = task.modality.to_lowercase();
        let mut config = if modality.contains("microscopy") {
            Self::MICROSCOPY
        } else if modality.contains("x-ray") {
            Self::XRAY
        } else {
            Self::TOMOGRAPHY
        };
        let is_side = |class: &String| {
            class
                .to_lowercase()
                .split(|c: char| !c.is_alphanumeric())
                .any(|word| word == "left" || word == "right")
        };
        if task.classes.iter().any(is_side) {
            // A half turn keeps sides apart, a mirror image swaps them.
            config.horizontal_flip = false;
            config.vertical_flip = false;
        }
        config
    }

    /// Whether all numbers make sense.
    ///
    /// # Errors
    /// [`AugmentError`], naming the setting.
    pub fn check(&self) -> Result<(), AugmentError> {
        let (least, greatest) = self.scale;
        if !(0.1 <= least && least <= greatest && greatest <= 10.0) {
            return Err(AugmentError::Scale(self.scale));
        }
        for (name, value) in [("brightness", self.brightness), ("contrast", self.contrast)] {
            if !(0.0..=1.0).contains(&value) {
                return Err(AugmentError::Strength { name, value });
            }
        }
        Ok(())
    }
}
