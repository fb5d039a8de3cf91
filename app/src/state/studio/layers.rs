//! The bytes that lie over the image.

use super::Studio;
use super::pure::mask::Mask;
use super::pure::overlay::Sheet;
use super::pure::rect::Rect;
use crate::state::Ink;
use crate::worker::messages::Rect as SentRect;
use leptos::prelude::*;

/// Label, predictions and uncertainty of the slice on the screen, a byte per pixel.
#[derive(Default)]
pub struct Layers {
    /// What people labelled, in a segmentation.
    pub mask: Option<Mask>,
    /// What the model says.
    pub prediction: Option<Vec<u8>>,
    /// What the model before said.
    pub before: Option<Vec<u8>>,
    /// How unsure the model is.
    pub heat: Option<Vec<u8>>,
}

/// What of the layers is seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sight {
    /// Labels.
    pub labels: bool,
    /// Predictions.
    pub prediction: bool,
    /// Uncertainty.
    pub heat: bool,
    /// Screen column where base and tuned model meet.
    pub divider: Option<f64>,
    /// Strength, in 0..1.
    pub opacity: f64,
}

impl Layers {
    /// As the painter needs them, for an image of this size.
    pub fn sheet<'a>(&'a self, (width, height): (u32, u32), sight: Sight, inks: &'a [Ink]) -> Sheet<'a> {
        let comparing = sight.divider.is_some();
        Sheet {
            width,
            height,
            labels: self.mask.as_ref().map(Mask::pixels).filter(|_| sight.labels && !comparing),
            prediction: self.prediction.as_deref().filter(|_| sight.prediction || comparing),
            before: self.before.as_deref().filter(|_| comparing),
            divider: sight.divider.unwrap_or_default(),
            heat: self.heat.as_deref().filter(|_| sight.heat),
            inks,
            opacity: sight.opacity,
        }
    }
}

impl From<SentRect> for Rect {
    fn from(rect: SentRect) -> Self {
        Self { x: rect.x, y: rect.y, width: rect.width, height: rect.height }
    }
}

impl From<Rect> for SentRect {
    fn from(rect: Rect) -> Self {
        Self { x: rect.x, y: rect.y, width: rect.width, height: rect.height }
    }
}

impl Studio {
    /// Label or prediction of the slice on the screen: columns, rows, a byte per pixel.
    pub(in crate::state) fn layer(self, prediction: bool) -> Option<(u32, u32, Vec<u8>)> {
        let size = self.open.with_untracked(|open| open.as_ref().map(|(view, _)| (view.width, view.height)));
        let pixels = self.layers.with_value(|layers| {
            if prediction {
                layers.prediction.clone()
            } else {
                layers.mask.as_ref().map(|mask| mask.pixels().to_vec())
            }
        });
        size.zip(pixels).map(|((width, height), pixels)| (width, height, pixels))
    }

    /// A part of the layers has changed.
    pub fn touch(self, rect: Rect) {
        self.dirty.update_value(|dirty| dirty.rect = dirty.rect.union(rect));
        self.repaint.update(|count| *count = count.wrapping_add(1));
    }

    /// All of the layers has changed.
    pub fn touch_all(self) {
        self.dirty.update_value(|dirty| dirty.all = true);
        self.repaint.update(|count| *count = count.wrapping_add(1));
    }
}
