//! Measurements of training, each meant for a process of its own.

pub mod memory;
pub mod ops;
pub mod train;

use std::time::Instant;

use medley_core::dataset::{Batch, BoxLabel, Mask, Target, Task, TaskKind};

/// Boxes of an image, and the shortest and longest of their sides in pixels.
const BOXES: usize = 32;
const SIDES: [usize; 2] = [8, 64];

/// Classes of a task. They and the boxes are those of the same step in `PyTorch` (xtask/src/bench/pytorch).
fn classes(kind: TaskKind) -> usize {
    match kind {
        TaskKind::Segmentation => 2,
        TaskKind::Detection => 3,
        _ => 8,
    }
}

/// A task of a kind for images of `size` pixels.
fn task(kind: TaskKind, id: String, size: usize) -> Task {
    Task {
        id,
        kind,
        classes: (0..classes(kind)).map(|class| format!("class {class}")).collect(),
        modality: "drawn".to_owned(),
        input_size: size,
        instances: None,
        scaling: Vec::new(),
    }
}

/// `count` pictures of waves with labels of the kind.
fn batch(kind: TaskKind, count: usize, size: usize) -> Batch {
    let area = size * size;
    let wave = |i: usize| 0.5 + 0.4 * (0.07 * (i % size) as f32 + 0.11 * (i / size % size) as f32).sin();
    let target = match kind {
        TaskKind::Segmentation => {
            let labels = (0..area).map(|i| u8::from(wave(i) > 0.6)).collect();
            Target::Mask(Mask { width: size, height: size, labels })
        }
        TaskKind::Detection => {
            // Sides and places from a golden-ratio sequence: spread evenly, and the same each time.
            let spread = |i: usize| (0.618_034 * i as f32).fract();
            let label = |i: usize| {
                let side = |n: usize| SIDES[0] as f32 + (SIDES[1] - SIDES[0]) as f32 * spread(n);
                let [width, height] = [4 * i + 1, 4 * i + 2].map(|n| side(n).min(size as f32));
                let x0 = spread(4 * i + 3) * (size as f32 - width);
                let y0 = spread(4 * i + 4) * (size as f32 - height);
                BoxLabel { x0, y0, x1: x0 + width, y1: y0 + height, class: i % classes(kind) }
            };
            Target::Boxes((0..BOXES).map(label).collect())
        }
        _ => Target::Class(1),
    };
    Batch {
        images: (0..count * 3 * area).map(wave).collect(),
        batch: count,
        height: size,
        width: size,
        cases: Vec::new(),
        targets: vec![target; count],
        valid: vec![(size, size); count],
    }
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.get(middle) {
        Some(upper) if values.len().is_multiple_of(2) => upper.midpoint(values[middle - 1]),
        Some(value) => *value,
        None => f64::NAN,
    }
}
