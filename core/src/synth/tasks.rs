//! The built-in pictures as tasks of all label types.

use super::{Picture, Scene, fluorescence, radiograph, sample, slide, tomograph};
use crate::dataset::{Mask, Sample, Scaling, Target, Task, TaskKind};

/// The side of the built-in training pictures in pixels: enough to see the cells.
const INPUT_SIZE: usize = 192;

struct Source {
    id: &'static str,
    scene: Scene,
    kind: TaskKind,
    classes: &'static [&'static str],
    modality: &'static str,
}

const SOURCES: [Source; 7] = [
    Source {
        id: "synth-slide-detection",
        scene: Scene::Slide,
        kind: TaskKind::Detection,
        classes: &slide::CLASSES,
        modality: "synthetic microscopy, stained blood smear",
    },
    Source {
        id: "synth-fluorescence-segmentation",
        scene: Scene::Fluorescence,
        kind: TaskKind::Segmentation,
        classes: &fluorescence::MASK_CLASSES,
        modality: "synthetic microscopy, fluorescence nuclei",
    },
    Source {
        id: "synth-fluorescence-detection",
        scene: Scene::Fluorescence,
        kind: TaskKind::Detection,
        classes: &fluorescence::BOX_CLASSES,
        modality: "synthetic microscopy, fluorescence nuclei",
    },
    Source {
        id: "synth-radiograph-classification",
        scene: Scene::Radiograph,
        kind: TaskKind::Classification,
        classes: &radiograph::CLASSES,
        modality: "synthetic X-ray, chest phantom",
    },
    Source {
        id: "synth-radiograph-segmentation",
        scene: Scene::Radiograph,
        kind: TaskKind::Segmentation,
        classes: &radiograph::MASK_CLASSES,
        modality: "synthetic X-ray, chest phantom",
    },
    Source {
        id: "synth-radiograph-regression",
        scene: Scene::Radiograph,
        kind: TaskKind::Regression,
        classes: &["cardiothoracic ratio"],
        modality: "synthetic X-ray, chest phantom",
    },
    Source {
        id: "synth-tomograph-segmentation",
        scene: Scene::Tomograph,
        kind: TaskKind::Segmentation,
        classes: &tomograph::MASK_CLASSES,
        modality: "synthetic tomography, head phantom",
    },
];

/// How the cardiothoracic ratio of the radiographs is distributed.
const RATIO: Scaling = Scaling { mean: 0.463, deviation: 0.0285 };

/// All built-in tasks.
pub fn tasks() -> Vec<Task> {
    let task = |source: &Source| Task {
        id: source.id.to_owned(),
        kind: source.kind,
        classes: source.classes.iter().map(ToString::to_string).collect(),
        modality: source.modality.to_owned(),
        input_size: INPUT_SIZE,
        instances: None,
        scaling: if source.kind == TaskKind::Regression { vec![RATIO] } else { Vec::new() },
    };
    SOURCES.iter().map(task).collect()
}

/// Picture number `index` of a built-in task, with `size` pixels along its longer side; the numbers never
/// run out. `None` when there is no such task.
pub fn generate(task_id: &str, index: u64, size: usize) -> Option<Sample> {
    let source = SOURCES.iter().find(|source| source.id == task_id)?;
    let Picture { image, class, mask, boxes } = sample(source.scene, size, index);
    let target = match source.kind {
        TaskKind::Classification => Target::Class(class?),
        TaskKind::MultiLabel => {
            let class = class?;
            Target::Labels((0..source.classes.len()).map(|index| index == class).collect())
        }
        TaskKind::Segmentation => Target::Mask(mask?),
        TaskKind::Detection => Target::Boxes(boxes?),
        TaskKind::Regression => Target::Values(vec![cardiothoracic_ratio(&mask?)?]),
    };
    Some(Sample { image, target })
}

/// The greatest width of the heart over that of the chest, which radiologists measure to find enlarged hearts.
fn cardiothoracic_ratio(mask: &Mask) -> Option<f32> {
    let width = |shown: fn(u8) -> bool| {
        let columns =
            || (0..mask.labels.len()).filter(|at| shown(mask.labels[*at])).map(|at| at % mask.width);
        Some(columns().max()? - columns().min()? + 1)
    };
    Some(width(|label| label == 2)? as f32 / width(|label| label > 0)? as f32)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use super::*;

    #[test]
    fn every_class_of_every_task_occurs_and_no_other() {
        for task in tasks() {
            let mut seen = BTreeSet::new();
            for index in 0..24 {
                let sample = generate(&task.id, index, 96);
                let target = sample.map(|s| s.target);
                match target {
                    Some(Target::Class(class)) => seen.extend([class]),
                    Some(Target::Labels(labels)) => {
                        seen.extend(labels.iter().enumerate().filter(|(_, is)| **is).map(|(class, _)| class));
                    }
                    Some(Target::Mask(mask)) => seen.extend(mask.labels.into_iter().map(usize::from)),
                    Some(Target::Boxes(boxes)) => seen.extend(boxes.into_iter().map(|b| b.class)),
                    Some(Target::Values(values)) => seen.extend(0..values.len()),
                    None => {}
                }
            }
            assert_eq!(seen, (0..task.classes.len()).collect(), "{}", task.id);
        }
    }

    #[test]
    fn all_label_types_are_there_under_unique_names() {
        let kinds: HashSet<TaskKind> = tasks().iter().map(|t| t.kind).collect();
        let ids: HashSet<String> = tasks().into_iter().map(|t| t.id).collect();
        assert_eq!((kinds.len(), ids.len()), (4, SOURCES.len()));
        assert!(generate("unknown", 0, 64).is_none());
    }

    #[test]
    fn the_ratio_varies_as_its_task_says() {
        let ratio = |index| match generate("synth-radiograph-regression", index, 96).map(|s| s.target) {
            Some(Target::Values(values)) => values[0],
            _ => f32::NAN,
        };
        let found = Scaling::of((0..200).map(ratio));
        assert!((found.mean - RATIO.mean).abs() < 0.3 * RATIO.deviation, "{found:?}");
        assert!((0.8..1.25).contains(&(found.deviation / RATIO.deviation)), "{found:?}");
    }
}
