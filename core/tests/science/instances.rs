//! Cases of several images: attention pooling, and learning from labels of cases.

use std::convert::Infallible;
use std::num::NonZeroUsize;

use burn::tensor::{Device, Tensor};
use medley_core::dataset::{Batch, Target, TaskKind};
use medley_core::model::AttentionPool;
use medley_core::task::{Frame, Prediction, detection::DecodeSettings, predict};
use medley_core::train::{TrainConfig, Trainer, images};
use proptest::prelude::*;

use crate::scenes::{small_model, task};

const CHANNELS: usize = 5;
/// Side of a picture of a bag.
const SIDE: usize = 32;

fn values(tensor: Tensor<2>) -> Vec<f32> {
    tensor.into_data().iter().collect()
}

fn rows(vectors: &[f32], device: &Device) -> Tensor<2> {
    Tensor::<1>::from_floats(vectors, device).reshape([vectors.len() / CHANNELS, CHANNELS])
}

#[test]
fn pooling_has_the_gradient_of_finite_differences() {
    let device = Device::flex().autodiff();
    device.seed(2);
    let pool = AttentionPool::new(CHANNELS, &device);
    let at: Vec<f32> = (0..6 * CHANNELS).map(|i| 2.0 * (1.7 * i as f32 + 0.3).sin()).collect();
    let direction = rows(&(0..3 * CHANNELS).map(|i| (0.9 * i as f32).cos()).collect::<Vec<_>>(), &device);
    let cost = |x: Tensor<2>| (pool.forward(x, &[2, 1, 3]) * direction.clone()).sum();
    let x = rows(&at, &device).require_grad();
    let gradients = cost(x.clone()).backward();
    let gradient = values(x.grad(&gradients).unwrap());
    let step = 1e-2;
    for (i, analytic) in gradient.iter().enumerate() {
        let moved = |by: f32| {
            let mut at = at.clone();
            at[i] += by;
            cost(rows(&at, &device)).into_scalar::<f32>()
        };
        let numeric = (moved(step) - moved(-step)) / (2.0 * step);
        assert!((analytic - numeric).abs() < 2e-3, "element {i}: {analytic} against {numeric}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_order_of_images_and_the_company_of_other_cases_do_not_matter(
        first in prop::collection::vec(prop::collection::vec(-2.0_f32..2.0, CHANNELS), 1..7),
        second in prop::collection::vec(prop::collection::vec(-2.0_f32..2.0, CHANNELS), 1..7),
        turn in 0_usize..7,
    ) {
        let device = Device::flex();
        device.seed(4);
        let pool = AttentionPool::new(CHANNELS, &device);
        let flat = |case: &[Vec<f32>]| case.concat();
        let alone = values(pool.forward(rows(&flat(&first), &device), &[first.len()]));
        let mut turned = first.clone();
        turned.rotate_left(turn % first.len());
        turned.reverse();
        let both = [flat(&turned), flat(&second)].concat();
        let together = values(pool.forward(rows(&both, &device), &[turned.len(), second.len()]));
        for (a, b) in alone.iter().zip(&together) {
            prop_assert!((a - b).abs() < 1e-5, "{} against {}", a, b);
        }
        // A weighted mean of the images lies between them.
        for (channel, pooled) in alone.iter().enumerate() {
            let of = |pick: fn(f32, f32) -> f32, start| first.iter().map(|v| v[channel]).fold(start, pick);
            let (low, high) = (of(f32::min, f32::MAX), of(f32::max, f32::MIN));
            prop_assert!(low - 1e-5 <= *pooled && *pooled <= high + 1e-5);
        }
    }
}

/// Bags of pictures of stripes. In a bag of class 1 one of them, somewhere, has upright stripes instead of lying ones.
fn bags(start: usize) -> Batch {
    let cases = vec![4, 3, 5, 4];
    let (mut planes, mut targets) = (Vec::new(), Vec::new());
    for (bag, count) in cases.iter().enumerate() {
        let class = bag % 2;
        let odd = (start * 7 + bag * 3) % count;
        for picture in 0..*count {
            let is_upright = class == 1 && picture == odd;
            let phase = (start * 5 + bag * 11 + picture * 13) as f32;
            let value = |i: usize| {
                let along = if is_upright { i % SIDE } else { i / SIDE };
                0.5 + 0.4 * (0.8 * along as f32 + phase).sin()
            };
            (0..3).for_each(|_| planes.extend((0..SIDE * SIDE).map(value)));
        }
        targets.push(Target::Class(class));
    }
    let count = cases.iter().sum();
    let valid = vec![(SIDE, SIDE); count];
    Batch { images: planes, batch: count, height: SIDE, width: SIDE, cases, targets, valid }
}

#[test]
fn one_image_that_matters_is_found_in_a_bag() {
    let mut bag_task = task(TaskKind::Classification);
    bag_task.instances = NonZeroUsize::new(5);
    let config =
        TrainConfig { updates: 120, learning_rate: 3e-3, warmup: 5, seed: 7, ..TrainConfig::default() };
    let device = Device::flex();
    let mut trainer = Trainer::new(small_model(), vec![bag_task], config, &device);
    for step in 0..120 {
        let update = pollster::block_on(trainer.step(|_, _| Ok::<_, Infallible>(bags(step)))).unwrap();
        assert!(!update.is_skipped);
    }
    let network = trainer.network.valid();
    let (mut right, mut total) = (0, 0);
    // Phases and places that were not learnt.
    for step in 1000..1010 {
        let batch = bags(step);
        let outputs = network.forward_cases(0, images(&batch, &device), &batch.cases);
        let frames = vec![Frame { valid: [SIDE, SIDE], original: [SIDE, SIDE] }; batch.cases.len()];
        let answers = pollster::block_on(predict(outputs, &frames, &DecodeSettings::default())).unwrap();
        assert_eq!(answers.len(), batch.targets.len());
        for (answer, target) in answers.iter().zip(&batch.targets) {
            let Prediction::Classes(probabilities) = answer else { panic!("classes") };
            right += usize::from(*target == Target::Class(usize::from(probabilities[1] > 0.5)));
            total += 1;
        }
    }
    assert!(right * 10 >= total * 9, "{right} of {total}");
}
