//! Samples at their training size, kept in memory as bytes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use medley_core::dataset::{Prepared, Sample, Target};

use super::DataError;

/// How much memory all caches of a process may use together.
#[derive(Debug)]
pub struct CacheBudget {
    free: AtomicUsize,
}

impl CacheBudget {
    /// A budget of `bytes`.
    pub fn new(bytes: usize) -> Arc<Self> {
        Arc::new(Self { free: AtomicUsize::new(bytes) })
    }

    fn take(&self, bytes: usize) -> bool {
        let taken = |free: usize| free.checked_sub(bytes);
        self.free.fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken).is_ok()
    }

    fn give_back(&self, bytes: usize) {
        self.free.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// The samples of one list of images, by position. A sample that no longer fits into the budget is read
/// again each time; what comes out is the same.
#[derive(Debug)]
pub struct SampleCache {
    budget: Arc<CacheBudget>,
    samples: Vec<OnceLock<CompactSample>>,
}

impl SampleCache {
    /// An empty cache for `len` samples.
    pub fn new(len: usize, budget: Arc<CacheBudget>) -> Self {
        Self { budget, samples: std::iter::repeat_with(OnceLock::new).take(len).collect() }
    }

    /// Sample number `index` with its longest side at `input_size`; `load` reads it where it is not kept.
    ///
    /// # Errors
    /// Those of `load`.
    pub fn get(
        &self,
        index: usize,
        input_size: usize,
        load: impl FnOnce() -> Result<Sample, DataError>,
    ) -> Result<Prepared, DataError> {
        if let Some(sample) = self.samples[index].get() {
            return Ok(sample.prepared());
        }
        let sample = CompactSample::new(&load()?, input_size);
        let prepared = sample.prepared();
        let bytes = sample.bytes();
        // Two threads may have read the same sample; either is good, but only one is kept.
        if self.budget.take(bytes) && self.samples[index].set(sample).is_err() {
            self.budget.give_back(bytes);
        }
        Ok(prepared)
    }

    /// How many samples are kept.
    pub fn kept(&self) -> usize {
        self.samples.iter().filter(|sample| sample.get().is_some()).count()
    }
}

/// A prepared sample with one byte per value, and one plane where the image is grey.
///
/// The bytes are those of the display window, not of the file: an image with more than 8 bits is first brought
/// to [0, 1] in its window and scaled, and only then rounded, so that all 256 steps lie where there is
/// something to see. A sample that is not kept is rounded alike.
#[derive(Debug)]
struct CompactSample {
    planes: Vec<u8>,
    width: usize,
    height: usize,
    target: Target,
}

impl CompactSample {
    fn new(sample: &Sample, input_size: usize) -> Self {
        let Prepared { planes, width, height, target } = Prepared::new(sample, input_size);
        let kept = &planes[..sample.image.channels() * width * height];
        Self { planes: kept.iter().map(|v| (v * 255.0).round() as u8).collect(), width, height, target }
    }

    fn prepared(&self) -> Prepared {
        let values = self.planes.iter().map(|v| f32::from(*v) / 255.0);
        let mut planes = Vec::with_capacity(3 * self.width * self.height);
        planes.extend(values);
        while planes.len() < 3 * self.width * self.height {
            planes.extend_from_within(..self.width * self.height);
        }
        Prepared { planes, width: self.width, height: self.height, target: self.target.clone() }
    }

    fn bytes(&self) -> usize {
        let target = match &self.target {
            Target::Class(_) => 0,
            Target::Labels(labels) => labels.len(),
            Target::Mask(mask) => mask.labels.len(),
            Target::Boxes(boxes) => size_of_val(boxes.as_slice()),
            Target::Values(values) => size_of_val(values.as_slice()),
        };
        size_of::<Self>() + self.planes.len() + target
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use medley_core::imaging::{Image, Pixels, Window};

    use super::*;

    fn sample(channels: usize) -> Sample {
        let pixels = (0..8 * 6 * channels).map(|v| v as u8).collect();
        let image = Image::new(8, 6, channels, Pixels::U8(pixels)).unwrap();
        Sample { image, target: Target::Class(1) }
    }

    #[test]
    fn a_kept_sample_is_not_read_again_and_equals_the_first() {
        for channels in [1, 3] {
            let cache = SampleCache::new(2, CacheBudget::new(10_000));
            let first = cache.get(1, 16, || Ok(sample(channels))).unwrap();
            let unread = || unreachable!("it is kept");
            assert_eq!(cache.get(1, 16, unread).unwrap(), first);
            assert_eq!((first.width, first.height, first.planes.len()), (16, 12, 3 * 16 * 12));
            assert_eq!(cache.kept(), 1);
        }
    }

    #[test]
    fn deep_images_are_rounded_within_their_window() {
        // Two hundred Hounsfield units of tissue in a file that also holds air and metal.
        let mut values: Vec<i16> = (0..200).collect();
        values.extend([-1000, 3000]);
        let image = Image::new(202, 1, 1, Pixels::I16(values)).unwrap();
        let image = image.with_window(Window::from_range(0.0, 200.0));
        let expected = image.to_unit_planes();
        let sample = Sample { image, target: Target::Class(0) };
        let cache = SampleCache::new(1, CacheBudget::new(10_000));
        let found = cache.get(0, 202, || Ok(sample)).unwrap();
        let far = |(a, b): (&f32, &f32)| (a - b).abs() > 0.5 / 255.0 + 1e-6;
        assert!(!found.planes.iter().zip(&expected).any(far));
        assert!(found.planes[..200].windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn the_budget_is_never_exceeded_and_samples_stay_the_same() {
        let one = CompactSample::new(&sample(3), 8).bytes();
        let cache = SampleCache::new(3, CacheBudget::new(2 * one));
        let all: Vec<_> = (0..3).map(|i| cache.get(i, 8, || Ok(sample(3))).unwrap()).collect();
        assert_eq!(cache.kept(), 2);
        assert_eq!(all[0], all[2]);
        assert_eq!(cache.get(2, 8, || Ok(sample(3))).unwrap(), all[2]);
    }

    #[test]
    fn a_sample_that_two_threads_read_at_once_is_paid_for_once() {
        let one = CompactSample::new(&sample(3), 8).bytes();
        let cache = SampleCache::new(2, CacheBudget::new(2 * one));
        let meanwhile = || {
            cache.get(0, 8, || Ok(sample(3)))?;
            Ok(sample(3))
        };
        cache.get(0, 8, meanwhile).unwrap();
        cache.get(1, 8, || Ok(sample(3))).unwrap();
        assert_eq!(cache.kept(), 2);
    }
}
