//! How long a step takes on this device: tried once on an empty picture, before anything was tuned.

use medley_core::Medley;
use medley_core::adapt::{Mode, Session, SessionConfig, SessionTask, Work};
use medley_core::dataset::{AugmentConfig, Mask, Prepared, Target, Task, TaskKind};

use crate::worker::clock::now;

/// Side of the picture, in pixels: large enough for what grows with the picture to count most.
const SIDE: usize = 128;
/// Measurements take about a quarter of the time of the steps between them.
const WITH_MEASUREMENTS: f64 = 1.25;

/// Seconds per pixel of a batch that a step takes in a mode; none where the device fails.
pub(super) async fn pace(medley: &Medley, mode: Mode) -> Option<f64> {
    let device = medley.device().clone();
    let labels = (0..SIDE * SIDE).map(|pixel| u8::from(pixel % SIDE > SIDE / 2)).collect();
    let picture = Prepared {
        planes: vec![0.5; 3 * SIDE * SIDE],
        width: SIDE,
        height: SIDE,
        target: Target::Mask(Mask { width: SIDE, height: SIDE, labels }),
    };
    let task = Task {
        id: "trial".to_owned(),
        kind: TaskKind::Segmentation,
        classes: vec!["background".to_owned(), "object".to_owned()],
        ..medley.tasks().first()?.clone()
    };
    let config = SessionConfig {
        mode,
        steps: 2,
        batch: 1,
        evaluate_every: u64::MAX,
        patience: 1,
        views: 1,
        augment: AugmentConfig::default(),
        seed: 1,
    };
    let learning = SessionTask { task, training: vec![picture], held_out: Vec::new() };
    let mut session = Session::new(medley.network(), vec![learning], config, &device);
    // The first step also computes features, and compiles shaders where there are any.
    while session.steps() < 1 {
        session.work(&device).await.ok()?;
    }
    let start = now();
    let Ok(Work::Learnt(_)) = session.work(&device).await else { return None };
    Some((now() - start) / 1000.0 / (SIDE * SIDE) as f64 * WITH_MEASUREMENTS)
}
