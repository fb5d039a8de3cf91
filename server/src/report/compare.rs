//! Image, label and prediction side by side.

use image::{GenericImage, RgbImage};
use medley_core::dataset::{BoxLabel, Detection, Sample, Target};
use medley_core::task::Prediction;

use super::thumbnail::{draw_boxes, outline, picture};

/// Predicted boxes below this score are not shown, and no evidence against a label.
pub const LEAST_SCORE: f32 = 0.3;
/// Columns between pictures.
const GAP: u32 = 4;

/// The image alone where its class is the question; beside it the label and the prediction for masks and boxes.
/// `side` is the longest side of each picture.
pub fn compare(sample: &Sample, prediction: &Prediction, side: usize) -> Vec<RgbImage> {
    let size = (sample.image.width(), sample.image.height());
    let plain = picture(&sample.image, side);
    let (mut labelled, mut predicted) = (plain.clone(), plain.clone());
    match &sample.target {
        Target::Mask(mask) => outline(&mut labelled, &mask.labels, size),
        Target::Boxes(boxes) => draw_boxes(&mut labelled, boxes, size),
        _ => return vec![plain],
    }
    match prediction {
        Prediction::Mask(mask) => outline(&mut predicted, &mask.labels, size),
        Prediction::Boxes(boxes) => {
            let sure = boxes.iter().filter(|found| found.score >= LEAST_SCORE);
            let sure: Vec<BoxLabel> = sure.map(Detection::place).collect();
            draw_boxes(&mut predicted, &sure, size);
        }
        _ => {}
    }
    vec![plain, labelled, predicted]
}

/// Pictures of one height in a row, on white.
pub fn beside_each_other(pictures: &[RgbImage]) -> RgbImage {
    let height = pictures.iter().map(RgbImage::height).max().unwrap_or(0);
    let width = pictures.iter().map(|picture| picture.width() + GAP).sum::<u32>().saturating_sub(GAP);
    let mut row = RgbImage::from_pixel(width, height, image::Rgb([255; 3]));
    let mut left = 0;
    for picture in pictures {
        // It fits: the row was made for it.
        let _ = row.copy_from(picture, left, 0);
        left += picture.width() + GAP;
    }
    row
}
