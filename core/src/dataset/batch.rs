//! Samples of one task side by side in one array.

use super::prepared::scaled_size;
use super::{IGNORE, Mask, Prepared, Target};

/// The encoder halves a picture five times, so sides are multiples of this.
const SIDE_MULTIPLE: usize = 32;

/// Pictures of one task at a common size.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// `[batch, 3, height, width]`, in [0, 1]; where a picture is smaller than the batch, its own mean.
    pub images: Vec<f32>,
    /// Number of pictures.
    pub batch: usize,
    /// Rows, a multiple of 32.
    pub height: usize,
    /// Columns, a multiple of 32.
    pub width: usize,
    /// Pictures of each case, in their order, where a label belongs to a case; empty where every picture stands alone.
    pub cases: Vec<usize>,
    /// One per picture or case; masks have the size of the batch, [`IGNORE`] where there is no picture.
    pub targets: Vec<Target>,
    /// (height, width) of each picture; it lies at the top left.
    pub valid: Vec<(usize, usize)>,
}

/// Puts samples into one batch. Its size is that of the largest sample, sides rounded up to multiples of 32;
/// a sample that does not fit (portrait among landscapes) is scaled down until it does, nothing is cropped
/// and no shape is distorted. An empty list gives an empty batch.
pub fn collate(samples: Vec<Prepared>) -> Batch {
    let largest = samples.iter().max_by_key(|sample| sample.width * sample.height);
    let (width, height) =
        largest.map_or((0, 0), |sample| (padded_side(sample.width), padded_side(sample.height)));
    let area = width * height;
    let mut batch = Batch {
        images: vec![0.0; samples.len() * 3 * area],
        batch: samples.len(),
        height,
        width,
        cases: Vec::new(),
        targets: Vec::with_capacity(samples.len()),
        valid: Vec::with_capacity(samples.len()),
    };
    for (index, sample) in samples.into_iter().enumerate() {
        let sample = fit(sample, width, height);
        let planes = &mut batch.images[index * 3 * area..(index + 1) * 3 * area];
        // The mean, because the network centres each image at its mean: a border of another value would
        // shift and squeeze the picture itself, and the model would never meet such a picture in use.
        planes.fill(mean(&sample.planes));
        copy_planes(&sample, planes, width, height);
        batch.valid.push((sample.height, sample.width));
        batch.targets.push(match sample.target {
            Target::Mask(mask) => Target::Mask(pad_mask(&mask, width, height)),
            target => target,
        });
    }
    batch
}

/// Puts cases into one batch, of which each has one target: that of its first picture. A case without pictures is left
/// out.
pub fn collate_cases(cases: Vec<Vec<Prepared>>) -> Batch {
    let counts: Vec<usize> = cases.iter().map(Vec::len).filter(|count| *count > 0).collect();
    let mut batch = collate(cases.into_iter().flatten().collect());
    let starts = counts.iter().scan(0, |next, count| Some(std::mem::replace(next, *next + count)));
    batch.targets = starts.filter_map(|start| batch.targets.get(start).cloned()).collect();
    batch.cases = counts;
    batch
}

impl Batch {
    /// The batch in at most `count` parts of about the same number of targets, in their order; a case stays whole.
    pub fn parts(&self, count: usize) -> Vec<Self> {
        let targets = self.targets.len();
        let count = count.clamp(1, targets.max(1));
        // The number of the first target, and that of its first picture.
        let start = |part: usize| {
            let target = part * targets / count;
            (target, if self.cases.is_empty() { target } else { self.cases[..target].iter().sum() })
        };
        let part = |part: usize| {
            let ((first, picture), (last, end)) = (start(part), start(part + 1));
            let size = 3 * self.height * self.width;
            Self {
                images: self.images[picture * size..end * size].to_vec(),
                batch: end - picture,
                cases: self.cases.get(first..last).unwrap_or_default().to_vec(),
                targets: self.targets[first..last].to_vec(),
                valid: self.valid[picture..end].to_vec(),
                ..*self
            }
        };
        (0..count).map(part).collect()
    }
}

/// How many pictures of `height` x `width` make a batch of about `pixel_budget` pixels; at least one.
pub fn batch_size_for(pixel_budget: usize, height: usize, width: usize) -> usize {
    let pixels = padded_side(height.max(1)).saturating_mul(padded_side(width.max(1)));
    (pixel_budget / pixels).max(1)
}

fn padded_side(length: usize) -> usize {
    length.next_multiple_of(SIDE_MULTIPLE)
}

fn fit(sample: Prepared, width: usize, height: usize) -> Prepared {
    if sample.width <= width && sample.height <= height {
        return sample;
    }
    let scale = f64::min(width as f64 / sample.width as f64, height as f64 / sample.height as f64);
    let longest = (sample.width.max(sample.height) as f64 * scale).floor() as usize;
    let (new_width, new_height) = scaled_size(sample.width, sample.height, longest.max(1));
    sample.resized((new_width.min(width), new_height.min(height)))
}

fn mean(values: &[f32]) -> f32 {
    let sum: f64 = values.iter().map(|value| f64::from(*value)).sum();
    (sum / values.len().max(1) as f64) as f32
}

fn copy_planes(sample: &Prepared, planes: &mut [f32], width: usize, height: usize) {
    for (from, to) in
        sample.planes.chunks_exact(sample.width * sample.height).zip(planes.chunks_exact_mut(width * height))
    {
        for (row, line) in from.chunks_exact(sample.width).zip(to.chunks_exact_mut(width)) {
            line[..sample.width].copy_from_slice(row);
        }
    }
}

fn pad_mask(mask: &Mask, width: usize, height: usize) -> Mask {
    let mut labels = vec![IGNORE; width * height];
    for (row, line) in mask.labels.chunks_exact(mask.width).zip(labels.chunks_exact_mut(width)) {
        line[..mask.width].copy_from_slice(row);
    }
    Mask { width, height, labels }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use proptest::prelude::*;

    use super::*;
    use crate::dataset::BoxLabel;

    fn sample(width: usize, height: usize, target: Target) -> Prepared {
        // Columns of 0.2 and 0.8 by turns; their mean is not 0.
        let planes = (0..3 * width * height).map(|at| if at % 2 == 0 { 0.2 } else { 0.8 }).collect();
        Prepared { planes, width, height, target }
    }

    fn mask(width: usize, height: usize) -> Target {
        Target::Mask(Mask { width, height, labels: vec![1; width * height] })
    }

    #[test]
    fn smaller_samples_are_padded() {
        let batch = collate(vec![sample(40, 30, mask(40, 30)), sample(20, 10, mask(20, 10))]);
        assert_eq!((batch.batch, batch.height, batch.width), (2, 32, 64));
        assert_eq!(batch.valid, [(30, 40), (10, 20)]);
        let Target::Mask(mask) = &batch.targets[1] else { panic!("a mask") };
        assert_eq!((mask.width, mask.height), (64, 32));
        for y in 0..32 {
            for x in 0..64 {
                let inside = x < 20 && y < 10;
                assert_eq!(mask.labels[y * 64 + x], if inside { 1 } else { IGNORE });
                for plane in 3..6 {
                    let value = batch.images[(plane * 32 + y) * 64 + x];
                    let expected = match (inside, x % 2) {
                        (true, 0) => 0.2,
                        (true, _) => 0.8,
                        (false, _) => 0.5,
                    };
                    assert!((value - expected).abs() < 1e-6, "{value} at {x}, {y}");
                }
            }
        }
    }

    #[test]
    fn a_portrait_among_landscapes_is_scaled_down_with_its_boxes() {
        let label = BoxLabel { x0: 8.0, y0: 32.0, x1: 16.0, y1: 64.0, class: 2 };
        let portrait = sample(32, 64, Target::Boxes(vec![label]));
        let batch = collate(vec![sample(96, 32, Target::Boxes(Vec::new())), portrait]);
        assert_eq!((batch.height, batch.width, batch.valid[1]), (32, 96, (32, 16)));
        let half = BoxLabel { x0: 4.0, y0: 16.0, x1: 8.0, y1: 32.0, class: 2 };
        assert_eq!(batch.targets[1], Target::Boxes(vec![half]));
    }

    #[test]
    fn a_case_has_one_target() {
        let picture = |class| sample(32, 32, Target::Class(class));
        let batch =
            collate_cases(vec![vec![picture(1); 3], Vec::new(), vec![picture(0)], vec![picture(2); 2]]);
        assert_eq!((batch.batch, batch.cases, batch.valid.len()), (6, vec![3, 1, 2], 6));
        assert_eq!(batch.targets, [Target::Class(1), Target::Class(0), Target::Class(2)]);
    }

    #[test]
    fn parts_are_the_batch_again_side_by_side() {
        let picture = |class| sample(32, 32, Target::Class(class));
        let plain = collate((0..5).map(picture).collect());
        let cases = collate_cases(vec![vec![picture(1); 3], vec![picture(0)], vec![picture(2); 2]]);
        for (batch, count) in [(&plain, 2), (&plain, 9), (&cases, 2), (&cases, 1)] {
            let parts = batch.parts(count);
            assert_eq!(parts.len(), count.min(batch.targets.len()));
            assert!(parts.iter().all(|part| !part.targets.is_empty()));
            assert_eq!(parts.iter().flat_map(|part| part.images.clone()).collect::<Vec<_>>(), batch.images);
            assert_eq!(parts.iter().flat_map(|part| part.targets.clone()).collect::<Vec<_>>(), batch.targets);
            assert_eq!(parts.iter().flat_map(|part| part.cases.clone()).collect::<Vec<_>>(), batch.cases);
            assert_eq!(parts.iter().flat_map(|part| part.valid.clone()).collect::<Vec<_>>(), batch.valid);
            assert!(parts.iter().all(|part| part.valid.len() == part.batch));
        }
        assert_eq!(cases.parts(2).iter().map(|part| part.batch).collect::<Vec<_>>(), [3, 3]);
    }

    #[test]
    fn batch_size_follows_image_size() {
        assert_eq!(batch_size_for(8 * 192 * 192, 192, 192), 8);
        assert_eq!(batch_size_for(8 * 192 * 192, 190, 161), 8);
        assert_eq!(batch_size_for(1, 192, 192), 1);
        assert_eq!(batch_size_for(32 * 32, 0, 0), 1);
    }

    proptest! {
        #[test]
        fn shapes_fit(sizes in prop::collection::vec((1_usize..70, 1_usize..70), 0..5)) {
            let samples = sizes.iter().map(|(w, h)| sample(*w, *h, mask(*w, *h))).collect();
            let batch = collate(samples);
            prop_assert_eq!(batch.batch, sizes.len());
            prop_assert_eq!((batch.height % 32, batch.width % 32), (0, 0));
            prop_assert_eq!(batch.images.len(), sizes.len() * 3 * batch.height * batch.width);
            prop_assert_eq!((batch.targets.len(), batch.valid.len()), (sizes.len(), sizes.len()));
            for (target, (height, width)) in batch.targets.iter().zip(&batch.valid) {
                let Target::Mask(mask) = target else { panic!("a mask") };
                prop_assert_eq!((mask.width, mask.height), (batch.width, batch.height));
                prop_assert!(*height <= batch.height && *width <= batch.width);
                let labelled = mask.labels.iter().map(|label| usize::from(*label == 1)).sum::<usize>();
                prop_assert_eq!(labelled, height * width);
            }
        }
    }
}
