//! Image, label and prediction of one doubtful image, side by side.

use image::RgbImage;
use medley_core::Medley;

use super::regions::model_task;
use super::{CheckError, all_items};
use crate::data::{DataFolder, TaskData};
use crate::report::compare::compare;
use crate::report::thumbnail::picture;
use medley_core::dataset::TaskKind;

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
    match found.task.kind {
        TaskKind::Segmentation | TaskKind::Detection => {
            let task = model_task(medley, found)?;
            let prediction = pollster::block_on(medley.predict(&task, &sample.image))?;
            Ok(compare(&sample, &prediction, SIDE))
        }
        // The class is in doubt, and the model may know other classes.
        TaskKind::Classification | TaskKind::MultiLabel | TaskKind::Regression => {
            Ok(vec![picture(&sample.image, SIDE)])
        }
    }
}
