//! From the detector's numbers to boxes.

use super::positions;
use crate::dataset::Detection;
use crate::metrics::nms;

/// How boxes are chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DecodeSettings {
    /// Boxes below this score are dropped.
    pub min_score: f32,
    /// Of two boxes of a class that overlap more than this, the better one stays.
    pub max_overlap: f32,
    /// At most this many boxes per image.
    pub max_boxes: usize,
}

impl Default for DecodeSettings {
    fn default() -> Self {
        Self { min_score: 0.05, max_overlap: 0.5, max_boxes: 100 }
    }
}

/// Raw outputs of one image as plain numbers.
#[derive(Clone, Copy, Debug)]
pub struct RawBoxes<'a> {
    /// `[N, K]`, before the sigmoid.
    pub class: &'a [f32],
    /// `[N, 4]`, pixels.
    pub distances: &'a [f32],
    /// `[N]`, before the sigmoid.
    pub centreness: &'a [f32],
}

/// Boxes of an image of `height` x `width`, best first. The score is the geometric mean of class probability
/// and centreness, as in torchvision's FCOS.
pub fn decode(
    raw: RawBoxes<'_>,
    padded: [usize; 2],
    [height, width]: [usize; 2],
    strides: &[usize],
    settings: &DecodeSettings,
) -> Vec<Detection> {
    let positions = positions(padded[0], padded[1], strides);
    let classes = raw.class.len() / positions.len().max(1);
    let (right, bottom) = (width as f32, height as f32);
    let mut found = Vec::new();
    for (index, position) in positions.iter().enumerate() {
        let centreness = sigmoid(raw.centreness[index]);
        for class in 0..classes {
            let score = (sigmoid(raw.class[index * classes + class]) * centreness).sqrt();
            if score < settings.min_score {
                continue;
            }
            let [l, t, r, b] = [0, 1, 2, 3].map(|side| raw.distances[index * 4 + side]);
            let detection = Detection {
                x0: (position.x - l).clamp(0.0, right),
                y0: (position.y - t).clamp(0.0, bottom),
                x1: (position.x + r).clamp(0.0, right),
                y1: (position.y + b).clamp(0.0, bottom),
                class,
                score,
            };
            if detection.x1 > detection.x0 && detection.y1 > detection.y0 {
                found.push(detection);
            }
        }
    }
    // A thousand candidates are plenty, and keep the suppression fast on crowded images.
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found.truncate(1000);
    let mut kept = nms(&found, settings.max_overlap);
    kept.truncate(settings.max_boxes);
    kept
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}
