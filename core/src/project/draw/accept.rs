//! Predictions become labels.

use serde::{Deserialize, Serialize};

use super::flood::connected;
use super::{painted, pixel};
use crate::dataset::{IGNORE, Mask};
use crate::project::Patch;

/// How much of a prediction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Accept {
    /// All of it, in the place of what is labelled.
    All,
    /// All of it where nothing is labelled yet.
    Unlabelled,
    /// The one object at this position (connected by edges), in the place of what is labelled.
    Object([f32; 2]),
}

/// The labels that a prediction of the same size gives. The prediction holds labels, not the model's indices; what is
/// unlabelled in it stays as it is.
pub fn accept(mask: &Mask, prediction: &Mask, which: Accept) -> Option<Patch> {
    let same = (mask.width, mask.height, mask.labels.len());
    if same != (prediction.width, prediction.height, prediction.labels.len()) {
        return None;
    }
    let proposed = &prediction.labels;
    let both = || proposed.iter().zip(&mask.labels);
    let inside: Vec<bool> = match which {
        Accept::All => both().map(|(new, _)| *new != IGNORE).collect(),
        Accept::Unlabelled => both().map(|(new, old)| *new != IGNORE && *old == IGNORE).collect(),
        Accept::Object(at) => {
            let [x, y] = pixel(prediction, at)?;
            let class = *proposed.get(y * mask.width + x)?;
            if matches!(class, 0 | IGNORE) {
                return None;
            }
            connected(mask.width, mask.height, [x, y], |index| proposed.get(index) == Some(&class))
        }
    };
    painted(mask, &inside, |index| proposed[index])
}
