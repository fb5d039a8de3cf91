//! Which random changes keep an image's labels true, and how strong they are.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The random changes that a task's images go through in training. The default changes nothing; each field
/// is independent of the others. Values of a picture lie in [0, 1].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AugmentConfig {
    /// Mirror left and right, every second time.
    pub horizontal_flip: bool,
    /// Mirror top and bottom, every second time.
    pub vertical_flip: bool,
    /// Turn by 0, 90, 180 or 270 degrees.
    pub quarter_turns: bool,
    /// Greatest turn in either direction, in degrees.
    pub rotation: f32,
    /// Least and greatest magnification. Above 1 a random part is cut out, below 1 the image lies at a
    /// random place within a border.
    pub scale: (f32, f32),
    /// Greatest shift as a part of the width and of the height.
    pub translation: f32,
    /// Greatest shift by a smooth bending as a part of the shorter side, every second time.
    pub elastic: f32,
    /// Greatest change that is added to all values.
    pub brightness: f32,
    /// Greatest relative change of the distance to the mean value: 0.2 is 80 % to 120 %.
    pub contrast: f32,
    /// Greatest relative change of all values.
    pub gain: f32,
    /// Greatest relative change of the exponent of all values: 0.25 is 1/1.25 to 1.25.
    pub gamma: f32,
    /// Greatest turn of colours about the grey axis in degrees. Grey images stay grey.
    pub hue: f32,
    /// Greatest relative change of the distance to grey.
    pub saturation: f32,
    /// Greatest relative change of the optical density, drawn for each channel: stains that are thicker or
    /// thinner, white stays white. Grey images get one change for all channels.
    pub stain: f32,
    /// Greatest relative change of the values by a field that varies slowly over the picture, every second
    /// time: the coils of MR.
    pub bias_field: f32,
    /// Greatest standard deviation of a Gaussian blur in pixels, every second time.
    pub blur: f32,
    /// Greatest standard deviation of noise that is the same everywhere, every second time.
    pub noise: f32,
    /// Greatest standard deviation, at the value 1, of noise whose variance grows with the value as that of
    /// counted photons does; comes and goes together with `noise`.
    pub shot_noise: f32,
}

/// Settings that make no sense.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum AugmentError {
    /// The range of magnification.
    #[error("augment.scale must be two numbers from 0.5 to 2 with the smaller one first, not {0:?}")]
    Scale((f32, f32)),
    /// The strength of a change.
    #[error("augment.{name} must be from 0 to {greatest}, not {value}")]
    Strength {
        /// The setting.
        name: &'static str,
        /// As given.
        value: f32,
        /// The largest that is allowed.
        greatest: f32,
    },
}

impl Default for AugmentConfig {
    fn default() -> Self {
        Self::NONE
    }
}

impl AugmentConfig {
    /// No change.
    pub(super) const NONE: Self = Self {
        horizontal_flip: false,
        vertical_flip: false,
        quarter_turns: false,
        rotation: 0.0,
        scale: (1.0, 1.0),
        translation: 0.0,
        elastic: 0.0,
        brightness: 0.0,
        contrast: 0.0,
        gain: 0.0,
        gamma: 0.0,
        hue: 0.0,
        saturation: 0.0,
        stain: 0.0,
        bias_field: 0.0,
        blur: 0.0,
        noise: 0.0,
        shot_noise: 0.0,
    };

    /// Whether all numbers make sense.
    ///
    /// # Errors
    /// [`AugmentError`], naming the setting.
    pub fn check(&self) -> Result<(), AugmentError> {
        let (least, greatest) = self.scale;
        // Pictures are not smoothed before they are made smaller, which is right down to about a half.
        if !(0.5 <= least && least <= greatest && greatest <= 2.0) {
            return Err(AugmentError::Scale(self.scale));
        }
        let strengths = [
            ("rotation", self.rotation, 180.0),
            ("translation", self.translation, 0.5),
            // Beyond 1/16 the field could fold over itself (see `warp`).
            ("elastic", self.elastic, 0.05),
            ("brightness", self.brightness, 1.0),
            ("contrast", self.contrast, 1.0),
            ("gain", self.gain, 1.0),
            ("gamma", self.gamma, 2.0),
            ("hue", self.hue, 180.0),
            ("saturation", self.saturation, 1.0),
            ("stain", self.stain, 1.0),
            ("bias_field", self.bias_field, 1.0),
            ("blur", self.blur, 5.0),
            ("noise", self.noise, 1.0),
            ("shot_noise", self.shot_noise, 1.0),
        ];
        for (name, value, greatest) in strengths {
            if !(0.0..=greatest).contains(&value) {
                return Err(AugmentError::Strength { name, value, greatest });
            }
        }
        Ok(())
    }
}
