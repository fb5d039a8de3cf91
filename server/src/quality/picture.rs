//! Image, label and prediction of one doubtful image, side by side.

use image::RgbImage;
use medley_core::Medley;
use medley_core::dataset::{BoxLabel, Detection, Target};
use medley_core::task::Prediction;

use super::regions::{LEAST_SCORE, model_task};
use super::{CheckError, all_items};
use crate::data::{DataFolder, TaskData};
use crate::report::thumbnail::{draw_boxes, outline, picture};

/// Longest side of each picture.
const SIDE: usize = 320;

/// The image alone where its class is in doubt; beside it the label and the prediction for masks and boxes.
pub fn pictures(
    medley: &Medley,
    folder: &DataFolder,
    found: &TaskData,
    position: usize,
) -> Result<Vec<RgbImage>, CheckError> {
    let Some((_, item)) = all_items(found).into_iter().nth(position) else { return Ok(Vec::new()) };
    let sample = folder.load(item)?;
    let size = (sample.image.width(), sample.image.height());
    let plain = picture(&sample.image, SIDE);
    let (mut labelled, mut predicted) = (plain.clone(), plain.clone());
    match &sample.target {
        Target::Class(_) | Target::Labels(_) => return Ok(vec![plain]),
        Target::Mask(mask) => outline(&mut labelled, &mask.labels, size),
        Target::Boxes(boxes) => draw_boxes(&mut labelled, boxes, size),
    }
    let task = model_task(medley, found)?;
    match pollster::block_on(medley.predict(&task, &sample.image))? {
        Prediction::Mask(mask) => outline(&mut predicted, &mask.labels, size),
        Prediction::Boxes(boxes) => {
            let sure = boxes.iter().filter(|found| found.score >= LEAST_SCORE);
            let sure: Vec<BoxLabel> = sure.map(Detection::place).collect();
            draw_boxes(&mut predicted, &sure, size);
        }
        Prediction::Classes(_) | Prediction::Labels(_) => {}
    }
    Ok(vec![plain, labelled, predicted])
}
