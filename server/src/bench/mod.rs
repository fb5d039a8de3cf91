//! Measurements of training, each meant for a process of its own.

pub mod memory;
pub mod train;

use medley_core::dataset::{Batch, BoxLabel, Mask, Target, Task, TaskKind};

/// A task of a kind for images of `size` pixels.
fn task(kind: TaskKind, id: String, size: usize) -> Task {
    let classes: &[&str] = match kind {
        TaskKind::Segmentation => &["background", "cell"],
        TaskKind::Detection => &["cell"],
        _ => &["healthy", "ill"],
    };
    Task {
        id,
        kind,
        classes: classes.iter().map(ToString::to_string).collect(),
        modality: "drawn".to_owned(),
        input_size: size,
    }
}

/// `count` pictures of waves with labels of the kind.
fn batch(kind: TaskKind, count: usize, size: usize) -> Batch {
    let area = size * size;
    let wave = |i: usize| 0.5 + 0.4 * (0.07 * (i % size) as f32 + 0.11 * (i / size % size) as f32).sin();
    let side = size as f32;
    let target = match kind {
        TaskKind::Segmentation => {
            let labels = (0..area).map(|i| u8::from(wave(i) > 0.6)).collect();
            Target::Mask(Mask { width: size, height: size, labels })
        }
        TaskKind::Detection => {
            let label = |i: usize| {
                let at = side * (0.1 + 0.2 * i as f32);
                BoxLabel { x0: at, y0: at, x1: at + side * 0.15, y1: at + side * 0.15, class: 0 }
            };
            Target::Boxes((0..4).map(label).collect())
        }
        _ => Target::Class(1),
    };
    Batch {
        images: (0..count * 3 * area).map(wave).collect(),
        batch: count,
        height: size,
        width: size,
        targets: vec![target; count],
        valid: vec![(size, size); count],
    }
}
