//! Round things that are not quite round.

use std::f32::consts::TAU;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::dataset::BoxLabel;

/// An ellipse whose outline waves a little.
#[derive(Clone, Copy, Debug)]
pub(super) struct Blob {
    pub centre: [f32; 2],
    /// Half axes in pixels.
    pub radii: [f32; 2],
    /// Direction of the first half axis.
    pub angle: f32,
    /// Amplitude, relative to the radius, and phase of 2, 3, 4 and 5 waves around the outline.
    waves: [(f32, f32); 4],
}

impl Blob {
    /// A blob of about `radius` pixels; `elongation` is the ratio of its axes and `roughness` how much its
    /// outline deviates from an ellipse, relative to the radius.
    pub fn new(rng: &mut ChaCha8Rng, centre: [f32; 2], radius: f32, elongation: f32, roughness: f32) -> Self {
        let stretch = elongation.sqrt();
        Self {
            centre,
            radii: [radius * stretch, radius / stretch],
            angle: rng.random_range(0.0..TAU),
            waves: [1.0, 0.8, 0.5, 0.35].map(|strength| {
                (rng.random_range(0.0..1.0) * strength * roughness, rng.random_range(0.0..TAU))
            }),
        }
    }

    /// All of the outline lies within this many pixels of the centre.
    pub fn reach(&self) -> f32 {
        let waves: f32 = self.waves.iter().map(|(amplitude, _)| amplitude).sum();
        self.radii[0].max(self.radii[1]) * (1.0 + waves)
    }

    /// Distance from the centre where the outline is 1.
    pub fn ratio(&self, x: f32, y: f32) -> f32 {
        let (dx, dy) = (x - self.centre[0], y - self.centre[1]);
        let (sin, cos) = self.angle.sin_cos();
        let (along, across) = ((dx * cos + dy * sin) / self.radii[0], (dy * cos - dx * sin) / self.radii[1]);
        let theta = across.atan2(along);
        let waves =
            [2.0, 3.0, 4.0, 5.0].iter().zip(self.waves).map(|(k, (a, phase))| a * (k * theta + phase).cos());
        along.hypot(across) / (1.0 + waves.sum::<f32>())
    }

    /// Pixels from the outline, positive inside; exact enough near the outline.
    pub fn depth(&self, x: f32, y: f32) -> f32 {
        let ratio = self.ratio(x, y);
        let distance = (x - self.centre[0]).hypot(y - self.centre[1]);
        if ratio < 0.2 { self.radii[0].min(self.radii[1]) * 0.8 } else { distance / ratio - distance }
    }

    /// Whether a pixel belongs to the blob.
    pub fn contains(&self, x: f32, y: f32) -> bool {
        self.ratio(x, y) < 1.0
    }

    /// The box of the blob's pixels in a picture of `width` x `height`; `None` when fewer than two columns or
    /// rows of it can be seen.
    pub fn label(&self, width: usize, height: usize, class: usize) -> Option<BoxLabel> {
        let reach = self.reach();
        let range = |centre: f32, end: usize| {
            let from = (centre - reach).floor().clamp(0.0, end as f32) as usize;
            from..(centre + reach + 1.0).ceil().clamp(0.0, end as f32) as usize
        };
        let rows = range(self.centre[1], height);
        let (mut x0, mut y0, mut x1, mut y1) = (usize::MAX, usize::MAX, 0, 0);
        for y in rows {
            for x in range(self.centre[0], width).filter(|&x| self.contains(x as f32, y as f32)) {
                (x0, y0, x1, y1) = (x0.min(x), y0.min(y), x1.max(x + 1), y1.max(y + 1));
            }
        }
        let seen = x1 >= x0.saturating_add(2) && y1 >= y0.saturating_add(2);
        seen.then_some(BoxLabel { x0: x0 as f32, y0: y0 as f32, x1: x1 as f32, y1: y1 as f32, class })
    }
}
