//! Overlap of masks.

use super::mean;
use crate::dataset::IGNORE;

/// Pixel counts of one class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    both: u64,
    truth: u64,
    predicted: u64,
}

impl Counts {
    /// `None` where neither side has the class: there is nothing to agree on.
    fn dice(self) -> Option<f64> {
        let total = self.truth + self.predicted;
        (total > 0).then(|| 2.0 * self.both as f64 / total as f64)
    }

    fn iou(self) -> Option<f64> {
        let union = self.truth + self.predicted - self.both;
        (union > 0).then(|| self.both as f64 / union as f64)
    }
}

/// Dice and intersection over union of masks, collected image by image.
///
/// Class 0 is the background and stays out of all means; so does a class that neither the truth nor the
/// prediction has (as in nnU-Net).
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentationScore {
    counts: Vec<Counts>,
    image_dice: Vec<f64>,
}

impl SegmentationScore {
    /// Nothing counted yet; `classes` includes the background.
    pub fn new(classes: usize) -> Self {
        Self { counts: vec![Counts::default(); classes], image_dice: Vec::new() }
    }

    /// Counts one image: class indices per pixel, in the same order. Pixels whose truth is [`IGNORE`] are
    /// skipped, and class indices beyond the known classes are not counted.
    pub fn add(&mut self, truth: &[u8], predicted: &[u8]) {
        let mut image = vec![Counts::default(); self.counts.len()];
        for (&t, &p) in truth.iter().zip(predicted).filter(|(t, _)| **t != IGNORE) {
            if let Some(counts) = image.get_mut(usize::from(t)) {
                counts.truth += 1;
                counts.both += u64::from(t == p);
            }
            if let Some(counts) = image.get_mut(usize::from(p)) {
                counts.predicted += 1;
            }
        }
        self.image_dice.extend(mean(image.iter().skip(1).filter_map(|c| c.dice())));
        for (sum, counts) in self.counts.iter_mut().zip(image) {
            sum.both += counts.both;
            sum.truth += counts.truth;
            sum.predicted += counts.predicted;
        }
    }

    /// Counts the images of another score, which knows the same classes.
    pub fn merge(&mut self, other: &Self) {
        self.image_dice.extend(&other.image_dice);
        for (sum, counts) in self.counts.iter_mut().zip(&other.counts) {
            sum.both += counts.both;
            sum.truth += counts.truth;
            sum.predicted += counts.predicted;
        }
    }

    /// Dice of each class over all pixels of all images; `None` where no image has the class.
    pub fn dice(&self) -> Vec<Option<f64>> {
        self.counts.iter().map(|c| c.dice()).collect()
    }

    /// Intersection over union of each class over all pixels of all images.
    pub fn iou(&self) -> Vec<Option<f64>> {
        self.counts.iter().map(|c| c.iou()).collect()
    }

    /// Mean of [`Self::dice`] without the background; `None` when nothing but background was seen.
    pub fn mean_dice(&self) -> Option<f64> {
        mean(self.dice().into_iter().skip(1).flatten())
    }

    /// Mean of [`Self::iou`] without the background.
    pub fn mean_iou(&self) -> Option<f64> {
        mean(self.iou().into_iter().skip(1).flatten())
    }

    /// Mean over images of each image's own mean Dice, so that an image with few objects counts as much as
    /// one with many. Images without any object on either side are left out.
    pub fn mean_image_dice(&self) -> Option<f64> {
        mean(self.image_dice.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Reference {
        classes: usize,
        images: Vec<Pair>,
        dice: Vec<Option<f64>>,
        iou: Vec<Option<f64>>,
        mean_dice: f64,
        mean_iou: f64,
        image_dice: f64,
    }

    #[derive(Deserialize)]
    struct Pair {
        truth: Vec<u8>,
        predicted: Vec<u8>,
    }

    fn assert_same(ours: &[Option<f64>], theirs: &[Option<f64>]) {
        assert_eq!(ours.len(), theirs.len());
        for (a, b) in ours.iter().zip(theirs) {
            assert_eq!(a.is_some(), b.is_some());
            assert!((a.unwrap_or(0.0) - b.unwrap_or(0.0)).abs() < 1e-6, "{a:?} against {b:?}");
        }
    }

    #[test]
    fn agrees_with_scikit_learn() {
        let text = include_str!("../../../tests/fixtures/metrics/segmentation.json");
        let reference: Reference = serde_json::from_str(text).unwrap();
        let mut score = SegmentationScore::new(reference.classes);
        for image in &reference.images {
            score.add(&image.truth, &image.predicted);
        }
        assert_same(&score.dice(), &reference.dice);
        assert_same(&score.iou(), &reference.iou);
        assert_same(
            &[score.mean_dice(), score.mean_iou(), score.mean_image_dice()],
            &[reference.mean_dice, reference.mean_iou, reference.image_dice].map(Some),
        );
    }

    #[derive(Deserialize)]
    struct OneImage {
        classes: usize,
        #[serde(flatten)]
        masks: Pair,
        dice: Vec<Option<f64>>,
        iou: Vec<Option<f64>>,
    }

    #[test]
    fn single_images_agree_with_monai() {
        let text = include_str!("../../../tests/fixtures/metrics/segmentation_images.json");
        let images: Vec<OneImage> = serde_json::from_str(text).unwrap();
        for image in images {
            let mut score = SegmentationScore::new(image.classes);
            score.add(&image.masks.truth, &image.masks.predicted);
            assert_same(&score.dice(), &image.dice);
            assert_same(&score.iou(), &image.iou);
            let objects: Vec<f64> = image.dice.iter().skip(1).copied().flatten().collect();
            assert_same(&[score.mean_image_dice()], &[mean(objects.into_iter())]);
        }
    }

    proptest! {
        #[test]
        fn stays_between_no_and_full_overlap(pixels in prop::collection::vec((0_u8..4, 0_u8..4), 1..80)) {
            let (truth, predicted): (Vec<u8>, Vec<u8>) = pixels.into_iter().unzip();
            let mut score = SegmentationScore::new(4);
            score.add(&truth, &predicted);
            for (dice, iou) in score.dice().into_iter().flatten().zip(score.iou().into_iter().flatten()) {
                prop_assert!((0.0..=1.0).contains(&dice));
                prop_assert!((dice - 2.0 * iou / (1.0 + iou)).abs() < 1e-12);
            }
        }

        #[test]
        fn the_truth_itself_scores_one(truth in prop::collection::vec(0_u8..4, 1..80)) {
            let mut score = SegmentationScore::new(4);
            score.add(&truth, &truth);
            prop_assert!(score.dice().into_iter().flatten().all(|dice| dice == 1.0));
            prop_assert_eq!(score.mean_image_dice().is_some(), truth.iter().any(|t| *t > 0));
        }

        #[test]
        fn unlabelled_pixels_do_not_count(truth in prop::collection::vec(0_u8..3, 1..40), noise in 0_u8..3) {
            let mut score = SegmentationScore::new(3);
            score.add(&truth, &truth);
            let mut padded = SegmentationScore::new(3);
            padded.add(&[truth.as_slice(), &[IGNORE]].concat(), &[truth.as_slice(), &[noise]].concat());
            prop_assert_eq!(score, padded);
        }
    }
}
