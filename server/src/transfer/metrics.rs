//! What is reported of a test, by label type.

use medley_core::dataset::{Task, TaskKind};

/// The names of a task's metrics, the one that is looked at first in front: macro F1 and AUROC of classes,
/// Dice and IoU of masks, mean average precision of boxes, R² of numbers. More is better, and 1 the best.
pub fn metrics(task: &Task) -> Vec<String> {
    let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    match task.kind {
        TaskKind::Classification => named(&["macro F1", "AUROC"]),
        TaskKind::MultiLabel => named(&["AUROC", "macro F1"]),
        TaskKind::Detection => named(&["mAP@0.5", "mAP@0.5:0.95"]),
        TaskKind::Regression => named(&["R2"]),
        TaskKind::Segmentation => {
            let mut names: Vec<String> = named(&["Dice", "IoU"]);
            // With one class but the background, its scores are the means.
            if task.classes.len() > 2 {
                for metric in ["Dice", "IoU"] {
                    names.extend(task.classes.iter().skip(1).map(|class| format!("{metric} {class}")));
                }
            }
            names
        }
    }
}
