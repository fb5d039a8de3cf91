//! Samples of one task side by side in one array.

use super::prepared::scaled_size;
use super::{IGNORE, Mask, Prepared, Target};

/// The encoder halves a picture five times, so sides are multiples of this.
const SIDE_MULTIPLE: usize = 32;

/// Pictures of one task at a common size.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// `[batch, 3, height, width]`, in [0, 1]; 0 where a picture is smaller than the batch.
    pub images: Vec<f32>,
    /// Number of pictures.
    pub batch: usize,
    /// Rows, a multiple of 32.
    pub height: usize,
    /// Columns, a multiple of 32.
    pub width: usize,
    /// One per picture; masks have the size of the batch, [`IGNORE`] where there is no picture.
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
        targets: Vec::with_capacity(samples.len()),
        valid: Vec::with_capacity(samples.len()),
    };
    for (index, sample) in samples.into_iter().enumerate() {
        let sample = fit(sample, width, height);
        let planes = &mut batch.images[index * 3 * area..(index + 1) * 3 * area];
        copy_planes(&sample, planes, width, height);
        batch.valid.push((sample.height, sample.width));
        batch.targets.push(match sample.target {
            Target::Mask(mask) => Target::Mask(pad_mask(&mask, width, height)),
            target => target,
        });
    }
    batch
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
