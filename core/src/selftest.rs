//! The check that a device computes right: a tiny forward pass and a training step, to be compared with the
//! same on the CPU. Faulty drivers and lost shaders do not raise errors, they give zeros.

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use crate::Medley;
use crate::dataset::{Batch, BoxLabel, IGNORE, Mask, Target, TaskKind};
use crate::model::{Network, Outputs};
use crate::train::{TrainConfig, Trainer, Turn, images};
use crate::weights::{WeightsError, export, read_back};

/// Side of the test picture.
const SIDE: usize = 64;

/// Numbers that characterise how a device runs a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Logits of the first segmentation task.
    pub mask: Vec<f32>,
    /// Class logits, distances over the side of the picture, and centreness logits of the first detection task.
    pub boxes: Vec<f32>,
    /// Logits of the first classification task.
    pub classes: Vec<f32>,
    /// The losses of one training step, the losses of the step after it, and the mean size of every
    /// parameter in between.
    pub step: Vec<f32>,
}

impl Fingerprint {
    /// The largest difference between corresponding numbers; infinite when they do not correspond or are
    /// not finite.
    pub fn max_difference(&self, other: &Self) -> f32 {
        let pairs = [
            (&self.mask, &other.mask),
            (&self.boxes, &other.boxes),
            (&self.classes, &other.classes),
            (&self.step, &other.step),
        ];
        let difference = |(a, b): (&Vec<f32>, &Vec<f32>)| {
            if a.len() != b.len() {
                return f32::INFINITY;
            }
            let largest = |worst: f32, (a, b): (&f32, &f32)| {
                let gap = (a - b).abs();
                if gap.is_finite() { worst.max(gap) } else { f32::INFINITY }
            };
            a.iter().zip(b).fold(0.0, largest)
        };
        pairs.into_iter().map(difference).fold(0.0, f32::max)
    }
}

/// Runs the model in `bytes` on a fixed picture, and one training step of one task per label type.
///
/// # Errors
/// When the bytes are no model, or the device fails.
pub async fn fingerprint(bytes: &[u8], device: &Device) -> Result<Fingerprint, WeightsError> {
    let plain = device.clone().inner();
    let medley = Medley::from_bytes(bytes, &plain)?;
    let network = medley.network();
    let mut print = Fingerprint { mask: vec![], boxes: vec![], classes: vec![], step: vec![] };
    for task in first_tasks(network) {
        let batch = batch(network.tasks[task].kind);
        match network.forward(task, images(&batch, &plain)) {
            Outputs::Class(logits) | Outputs::Labels(logits) | Outputs::Values { scaled: logits, .. } => {
                print.classes = flat(logits).await?;
            }
            Outputs::Pixel(logits) => print.mask = flat(logits).await?,
            Outputs::Box { logits, .. } => {
                print.boxes = flat(logits.class).await?;
                print.boxes.extend(flat(logits.distances / SIDE as f32).await?);
                print.boxes.extend(flat(logits.centreness).await?);
            }
        }
    }
    print.step = training_step(network, &plain).await?;
    Ok(print)
}

async fn training_step(network: &Network, plain: &Device) -> Result<Vec<f32>, WeightsError> {
    let device = plain.clone().autodiff();
    let chosen = first_tasks(network);
    let mut small = network.clone();
    small.tasks = chosen.iter().map(|&i| network.tasks[i].clone()).collect();
    small.heads = chosen.iter().map(|&i| burn::module::Module::train(network.heads[i].clone())).collect();
    small.foundation = burn::module::Module::train(small.foundation);
    // Dropout would differ between devices.
    small.heads = small.heads.into_iter().map(crate::model::Head::without_dropout).collect();
    let kinds: Vec<TaskKind> = small.tasks.iter().map(|task| task.kind).collect();
    let config = TrainConfig { warmup: 0, updates: 10, learning_rate: 1e-4, ..TrainConfig::default() };
    let mut trainer = Trainer::with_network(small, config, &device);
    let mut numbers = Vec::new();
    let draw = |_, turn: Turn| Ok::<_, std::convert::Infallible>(batch(kinds[turn.task]));
    for round in 0..2 {
        if let Ok(update) = trainer.step(draw).await {
            numbers.extend(update.losses.into_iter().flatten());
        }
        if round == 0 {
            let mut arrays = crate::weights::Arrays::new();
            export(&trainer.network.foundation, "foundation", &mut arrays).await?;
            let mean = |v: &[f32]| v.iter().map(|x| x.abs()).sum::<f32>() / v.len().max(1) as f32;
            numbers.extend(arrays.values().map(|array| mean(&array.values)));
        }
    }
    Ok(numbers)
}

/// The first task of each label type.
fn first_tasks(network: &Network) -> Vec<usize> {
    [TaskKind::Segmentation, TaskKind::Detection, TaskKind::Classification]
        .iter()
        .filter_map(|kind| network.tasks.iter().position(|task| task.kind == *kind))
        .collect()
}

/// A picture of smooth waves with targets of the given kind.
fn batch(kind: TaskKind) -> Batch {
    let wave = |i: usize| {
        let (plane, y, x) = (i / (SIDE * SIDE), i / SIDE % SIDE, i % SIDE);
        let phase = 0.11 * x as f32 + 0.17 * y as f32 * (1.0 + plane as f32);
        0.5 + 0.4 * phase.sin()
    };
    let target = match kind {
        TaskKind::Classification => Target::Class(0),
        // Not among the kinds that are tested: its network is that of a classification.
        TaskKind::MultiLabel => Target::Labels(Vec::new()),
        TaskKind::Regression => Target::Values(Vec::new()),
        TaskKind::Segmentation => {
            let label = |i: usize| match (i / SIDE, i % SIDE) {
                (0..4, _) => IGNORE,
                (16..40, 16..40) => 1,
                _ => 0,
            };
            Target::Mask(Mask { width: SIDE, height: SIDE, labels: (0..SIDE * SIDE).map(label).collect() })
        }
        TaskKind::Detection => {
            Target::Boxes(vec![BoxLabel { x0: 10.0, y0: 12.0, x1: 34.0, y1: 40.0, class: 0 }])
        }
    };
    Batch {
        images: (0..3 * SIDE * SIDE).map(wave).collect(),
        batch: 1,
        height: SIDE,
        width: SIDE,
        cases: Vec::new(),
        targets: vec![target],
        valid: vec![(SIDE, SIDE)],
    }
}

async fn flat<const D: usize>(tensor: burn::tensor::Tensor<D>) -> Result<Vec<f32>, WeightsError> {
    let elements = tensor.dims().iter().product::<usize>();
    read_back(tensor.reshape([elements])).await
}
