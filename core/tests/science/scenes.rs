//! Small batches with something to learn.

use medley_core::dataset::{Batch, BoxLabel, Mask, Scaling, Target, Task, TaskKind};
use medley_core::model::{BoxDecoderConfig, ModelConfig, PixelDecoderConfig, SwinConfig};

pub const SIDE: usize = 64;

/// A model so small that it learns four pictures within seconds.
pub fn small_model() -> ModelConfig {
    ModelConfig {
        encoder: SwinConfig { width: 16, depths: [1, 1, 2, 1], heads: [1, 2, 4, 8], window: 8 },
        squeeze: 32,
        pixel: PixelDecoderConfig { widths: [32, 24, 16, 16], embedding: 16 },
        boxes: BoxDecoderConfig { channels: 32, towers: 1, first_stride: 4, extra_levels: 1 },
    }
}

pub fn task(kind: TaskKind) -> Task {
    let names: &[&str] = match kind {
        TaskKind::Segmentation => &["background", "disc", "square"],
        TaskKind::Regression => &["radius", "column"],
        _ => &["disc", "square"],
    };
    Task {
        id: format!("shapes-{kind:?}").to_lowercase(),
        kind,
        classes: names.iter().map(ToString::to_string).collect(),
        modality: "drawn".into(),
        input_size: SIDE,
        instances: None,
        scaling: match kind {
            TaskKind::Regression => {
                vec![Scaling { mean: 13.0, deviation: 2.236 }, Scaling { mean: 28.5, deviation: 7.4 }]
            }
            _ => Vec::new(),
        },
    }
}

/// Four pictures: bright discs and squares of different places and sizes on a dark ground.
pub fn batch(kind: TaskKind) -> Batch {
    let shapes = [(20.0, 22.0, 12.0, 0), (40.0, 30.0, 14.0, 1), (30.0, 42.0, 10.0, 0), (24.0, 24.0, 16.0, 1)];
    let mut images = Vec::new();
    let mut targets = Vec::new();
    for (cx, cy, radius, class) in shapes {
        let inside = |i: usize| {
            let (dx, dy) = ((i % SIDE) as f32 + 0.5 - cx, (i / SIDE) as f32 + 0.5 - cy);
            if class == 0 { dx.hypot(dy) < radius } else { dx.abs() < radius && dy.abs() < radius }
        };
        let shade = |i: usize| 0.1 + 0.05 * ((i * 7 % 13) as f32 / 13.0) + if inside(i) { 0.7 } else { 0.0 };
        for _ in 0..3 {
            images.extend((0..SIDE * SIDE).map(shade));
        }
        targets.push(match kind {
            TaskKind::Classification => Target::Class(class),
            TaskKind::MultiLabel => Target::Labels(vec![class == 0, class == 1]),
            TaskKind::Segmentation => Target::Mask(Mask {
                width: SIDE,
                height: SIDE,
                labels: (0..SIDE * SIDE).map(|i| if inside(i) { class as u8 + 1 } else { 0 }).collect(),
            }),
            TaskKind::Regression => Target::Values(vec![radius, cx]),
            TaskKind::Detection => Target::Boxes(vec![BoxLabel {
                x0: cx - radius,
                y0: cy - radius,
                x1: cx + radius,
                y1: cy + radius,
                class,
            }]),
        });
    }
    Batch {
        images,
        batch: 4,
        height: SIDE,
        width: SIDE,
        cases: Vec::new(),
        targets,
        valid: vec![(SIDE, SIDE); 4],
    }
}
