//! Smart fill: the object that looks to the model as what was clicked.

use thiserror::Error;

use super::flood::connected;
use super::{painted, pixel};
use crate::dataset::Mask;
use crate::imaging::{Region, resize_planes};
use crate::project::Patch;

/// Bins of the histogram in which the threshold is sought.
const BINS: usize = 128;
/// Means of inside and outside that differ by less are not told apart: it is all one thing.
const INDISTINCT: f32 = 0.02;
/// The threshold is sought in a window that reaches this share of the longer side from the click.
const NEIGHBOURHOOD: f32 = 0.25;

/// What the model sees in each pixel.
#[derive(Clone, Copy, Debug)]
pub struct Embedding<'a> {
    channels: usize,
    width: usize,
    height: usize,
    values: &'a [f32],
}

/// Why numbers are no embedding.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("an embedding of {channels} x {height} x {width} cannot have {found} numbers")]
pub struct EmbeddingError {
    /// Numbers per pixel.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// Numbers given.
    pub found: usize,
}

impl<'a> Embedding<'a> {
    /// `[channels, height, width]`, columns fastest. It may have another size than the image, which it covers wholly.
    ///
    /// # Errors
    /// [`EmbeddingError`] when the number of values is another, or 0.
    pub fn new(
        channels: usize,
        height: usize,
        width: usize,
        values: &'a [f32],
    ) -> Result<Self, EmbeddingError> {
        let found = values.len();
        let expected = channels.saturating_mul(height).saturating_mul(width);
        if expected != found || found == 0 {
            return Err(EmbeddingError { channels, height, width, found });
        }
        Ok(Self { channels, width, height, values })
    }

    /// The similarity (cosine) of every pixel to the pixels around one of them, in -1 to 1.
    fn similarity(&self, [x, y]: [usize; 2]) -> Vec<f32> {
        let area = self.width * self.height;
        let near = |at: usize, side: usize| at.saturating_sub(1)..(at + 2).min(side);
        let (mut products, mut squares, mut own) = (vec![0.0; area], vec![0.0; area], 0.0_f32);
        for plane in self.values.chunks_exact(area).take(self.channels) {
            // A mean of three by three: one pixel alone is noisy.
            let rows = near(y, self.height);
            let around = rows.flat_map(|y| near(x, self.width).map(move |x| plane[y * self.width + x]));
            let (sum, count) = around.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
            let wanted: f32 = sum / count;
            own += wanted * wanted;
            for ((product, square), value) in products.iter_mut().zip(&mut squares).zip(plane) {
                *product += wanted * value;
                *square += value * value;
            }
        }
        let cosine = |(product, square): (f32, f32)| {
            let cosine = product / (square * own).sqrt();
            if cosine.is_finite() { cosine.clamp(-1.0, 1.0) } else { 0.0 }
        };
        products.into_iter().zip(squares).map(cosine).collect()
    }
}

/// `label` for the region around a click whose pixels look alike to the model: connected by edges, and more similar to
/// the clicked place than a threshold, which is where the similarities in the neighbourhood fall best into two
/// groups (Otsu 1979). `spread` moves it: 0 is neutral, towards 1 the region grows, towards -1 it shrinks.
pub fn smart_fill(
    mask: &Mask,
    embedding: &Embedding,
    click: [f32; 2],
    spread: f32,
    label: u8,
) -> Option<Patch> {
    let (width, height) = (mask.width, mask.height);
    let [x, y] = pixel(mask, click)?;
    let scaled = |at: f32, from: usize, to: usize| ((at * to as f32 / from as f32) as usize).min(to - 1);
    let at = [scaled(click[0], width, embedding.width), scaled(click[1], height, embedding.height)];
    let similarity = embedding.similarity(at);
    let own_size = (embedding.width, embedding.height);
    let similarity = if own_size == (width, height) {
        similarity
    } else {
        // The similarity is smooth where masks are not: scaling it gives smooth outlines.
        resize_planes(&similarity, own_size, Region::whole(own_size.0, own_size.1), (width, height))
    };
    let reach = ((width.max(height) as f32 * NEIGHBOURHOOD) as usize).max(16);
    let near = |at: usize, side: usize| at.saturating_sub(reach)..(at + reach + 1).min(side);
    let nearby: Vec<f32> =
        near(y, height).flat_map(|row| &similarity[row * width..][near(x, width)]).copied().collect();
    // The clicked pixel itself belongs to the region whatever it is compared with.
    let threshold = threshold(&nearby, spread).min(similarity[y * width + x]);
    let inside = connected(width, height, [x, y], |index| similarity[index] >= threshold);
    painted(mask, &inside, |_| label)
}

/// Between the two groups into which the values fall best: the one with the largest variance between them.
fn threshold(values: &[f32], spread: f32) -> f32 {
    let lowest = values.iter().copied().fold(f32::INFINITY, f32::min);
    let highest = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let range = highest - lowest;
    if range < INDISTINCT {
        return lowest;
    }
    let mut histogram = [(0.0_f32, 0.0_f32); BINS];
    for value in values {
        let bin = (((value - lowest) / range) * BINS as f32) as usize;
        let (count, sum) = &mut histogram[bin.min(BINS - 1)];
        (*count, *sum) = (*count + 1.0, *sum + value - lowest);
    }
    let total = histogram.iter().fold((0.0, 0.0), |(n, s), (count, sum)| (n + count, s + sum));
    let (mut below, mut best) = ((0.0_f32, 0.0_f32), (0.0_f32, 0.0_f32, 0.0_f32));
    for (count, sum) in histogram {
        below = (below.0 + count, below.1 + sum);
        let above = (total.0 - below.0, total.1 - below.1);
        if below.0 > 0.0 && above.0 > 0.0 {
            let (low, high) = (below.1 / below.0, above.1 / above.0);
            let variance = below.0 * above.0 * (high - low).powi(2);
            if variance > best.0 {
                best = (variance, low, high);
            }
        }
    }
    let (_, low, high) = best;
    if high - low < INDISTINCT {
        return lowest;
    }
    // Halfway between the two means; by `spread` up to nine tenths of the way to either.
    lowest + f32::midpoint(low, high) - spread.clamp(-1.0, 1.0) * 0.45 * (high - low)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    /// Two kinds of pixels with noise: discs of radius 6 around (10, 10) and (30, 12) in a plane of 40 x 24.
    fn cells(noise: f32) -> (Mask, Vec<f32>) {
        let (width, height) = (40, 24);
        let disc = |index: usize, x: f32, y: f32| {
            let (dx, dy) = ((index % width) as f32 + 0.5 - x, (index / width) as f32 + 0.5 - y);
            dx * dx + dy * dy <= 36.0
        };
        let is_cell: Vec<bool> =
            (0..width * height).map(|index| disc(index, 10.0, 10.0) || disc(index, 30.0, 12.0)).collect();
        let value = |channel: usize, index: usize| {
            let base = [[1.0, 0.2, 0.5], [0.1, 1.0, 0.6]][usize::from(is_cell[index])][channel];
            base + noise * ((index * 7919 + channel * 104_729) % 97) as f32 / 97.0
        };
        let values = (0..3).flat_map(|channel| (0..width * height).map(move |index| (channel, index)));
        let values = values.map(|(channel, index)| value(channel, index)).collect();
        let first = (0..width * height).map(|index| u8::from(disc(index, 10.0, 10.0))).collect();
        (Mask { width, height, labels: first }, values)
    }

    fn filled(mask: &Mask, patch: &Patch) -> Vec<u8> {
        let mut labels = mask.labels.clone();
        for (index, label) in patch.pixels.iter().enumerate() {
            let (x, y) = (index as u32 % patch.rect.width, index as u32 / patch.rect.width);
            labels[(patch.rect.y + y) as usize * mask.width + (patch.rect.x + x) as usize] = *label;
        }
        labels
    }

    #[test]
    fn the_clicked_object_is_taken_and_not_its_twin() {
        let (truth, values) = cells(0.2);
        let empty = Mask { labels: vec![0; truth.labels.len()], ..truth };
        let embedding = Embedding::new(3, 24, 40, &values).unwrap();
        let patch = smart_fill(&empty, &embedding, [9.0, 12.0], 0.0, 1).unwrap();
        assert_eq!(filled(&empty, &patch), truth.labels);
    }

    #[test]
    fn an_embedding_of_half_the_size_finds_the_object() {
        let (truth, values) = cells(0.1);
        let half = resize_planes(&values, (40, 24), Region::whole(40, 24), (20, 12));
        let empty = Mask { labels: vec![0; truth.labels.len()], ..truth };
        let embedding = Embedding::new(3, 12, 20, &half).unwrap();
        let found = filled(&empty, &smart_fill(&empty, &embedding, [9.0, 12.0], 0.0, 1).unwrap());
        let differing = found.iter().zip(&truth.labels).filter(|(a, b)| a != b).count();
        // Its rim has 38 pixels.
        assert!(differing <= 24, "{differing} of 113 pixels");
    }

    #[test]
    fn what_looks_all_the_same_is_filled_wholly() {
        let mask = Mask { width: 5, height: 4, labels: vec![255; 20] };
        let embedding = Embedding::new(2, 4, 5, &[0.3; 40]).unwrap();
        let patch = smart_fill(&mask, &embedding, [2.0, 2.0], 0.0, 1).unwrap();
        assert_eq!(patch.pixels, [1; 20]);
        assert_eq!(smart_fill(&mask, &embedding, [5.0, 2.0], 0.0, 1), None);
    }

    proptest! {
        /// More spread never takes less, and the clicked pixel is always taken.
        #[test]
        fn regions_grow_with_the_spread(
            values in prop::collection::vec(-2.0_f32..2.0, 3 * 30),
            x in 0.0_f32..6.0,
            y in 0.0_f32..5.0,
            label in 1_u8..9,
        ) {
            let mask = Mask { width: 6, height: 5, labels: vec![0; 30] };
            let embedding = Embedding::new(3, 5, 6, &values).unwrap();
            let region = |spread| filled(&mask, &smart_fill(&mask, &embedding, [x, y], spread, label).unwrap());
            let sizes: Vec<Vec<u8>> = [-1.0, 0.0, 1.0].into_iter().map(region).collect();
            prop_assert_eq!(sizes[0][y as usize * 6 + x as usize], label);
            for pair in sizes.windows(2) {
                prop_assert!(pair[0].iter().zip(&pair[1]).all(|(less, more)| less <= more));
            }
        }

        #[test]
        fn any_numbers_are_an_answer_not_a_panic(values in prop::collection::vec(any::<f32>(), 24), spread in any::<f32>()) {
            let mask = Mask { width: 7, height: 9, labels: vec![0; 63] };
            let embedding = Embedding::new(2, 4, 3, &values).unwrap();
            prop_assert!(smart_fill(&mask, &embedding, [3.0, 3.0], spread, 1).is_some());
        }
    }
}
