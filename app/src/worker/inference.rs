//! Applies the model to the current image.

use medley_core::task::Prediction;

use super::clock::now;
use super::desk::Desk;
use super::messages::{ClassTally, Finding, FoundBox, Outcome};
use super::objects;

/// The model's answer and, for a mask, its labels.
///
/// # Errors
/// In words for the visitor, when there is no image or model, or the device fails.
pub async fn predict(desk: &Desk, task: &str) -> Result<(Outcome, Option<Vec<u8>>), String> {
    let image = desk.image.borrow().clone().ok_or("no image is open")?;
    let (medley, device) = desk.model().ok_or("the model is not loaded")?;
    let start = now();
    let prediction = medley.predict(task, &image).await.map_err(|error| error.to_string())?;
    let seconds = (now() - start) / 1000.0;

    let classes = medley.tasks().iter().find(|t| t.id == task).map_or(0, |t| t.classes.len());
    let (finding, labels) = match prediction {
        Prediction::Classes(probabilities) | Prediction::Labels(probabilities) => {
            (Finding::Classes(probabilities), None)
        }
        // The page is not told of such tasks.
        Prediction::Values(_) => return Err("this page does not show numbers".to_owned()),
        Prediction::Mask(mask) => {
            let mut pixels = [0_u64; 256];
            for label in &mask.labels {
                pixels[usize::from(*label)] += 1;
            }
            let tallies = (0..classes.min(256)).map(|class| ClassTally {
                objects: objects::count(&mask.labels, mask.width, class as u8),
                pixels: pixels[class],
            });
            (Finding::Mask(tallies.collect()), Some(mask.labels))
        }
        Prediction::Boxes(boxes) => {
            let found = boxes.into_iter().map(|b| FoundBox {
                x0: b.x0,
                y0: b.y0,
                x1: b.x1,
                y1: b.y1,
                class: b.class,
                score: b.score,
            });
            (Finding::Boxes(found.collect()), None)
        }
    };
    let (width, height) = (image.width() as u32, image.height() as u32);
    Ok((Outcome { task: task.to_owned(), finding, width, height, seconds, device }, labels))
}
