//! Every loss against finite differences of itself.

use burn::tensor::{Device, Tensor};
use medley_core::dataset::{IGNORE, Mask, Scaling};
use medley_core::model::BoxLogits;
use medley_core::task::detection::Assignment;
use medley_core::task::{classification, detection, multilabel, regression, segmentation};

/// Deterministic numbers in about [-2, 2].
fn wavy(count: usize) -> Vec<f32> {
    (0..count).map(|i| 2.0 * (1.7 * i as f32 + 0.3).sin()).collect()
}

/// Compares the gradient of `loss` at `at` with central differences.
fn check(at: &[f32], loss: impl Fn(Tensor<1>) -> Tensor<1>) {
    let device = Device::flex().autodiff();
    let x = Tensor::<1>::from_floats(at, &device).require_grad();
    let gradients = loss(x.clone()).backward();
    let gradient: Vec<f32> = x.grad(&gradients).unwrap().into_data().try_to_vec().unwrap();
    let value = |at: &[f32]| loss(Tensor::from_floats(at, &device)).into_scalar::<f32>();
    let step = 1e-2;
    let largest = gradient.iter().fold(0.0_f32, |m, g| m.max(g.abs()));
    assert!(largest > 1e-3, "a gradient of zero proves nothing");
    for (i, &analytic) in gradient.iter().enumerate() {
        let mut shifted = at.to_vec();
        shifted[i] = at[i] + step;
        let above = value(&shifted);
        shifted[i] = at[i] - step;
        let numeric = (above - value(&shifted)) / (2.0 * step);
        let tolerance = 0.01 * largest + 1e-4;
        assert!((analytic - numeric).abs() < tolerance, "element {i}: {analytic} against {numeric}");
    }
}

#[test]
fn classification_loss() {
    check(&wavy(6), |x| classification::loss(x.reshape([2, 3]), &[2, 0]));
}

#[test]
fn multilabel_loss() {
    let labels = [vec![true, false, true], vec![false, false, true]];
    check(&wavy(6), |x| multilabel::loss(x.reshape([2, 3]), &labels));
}

#[test]
fn regression_loss() {
    let scaling = [Scaling { mean: 100.0, deviation: 20.0 }, Scaling { mean: -1.0, deviation: 0.5 }];
    let values = [vec![110.0, -1.2], vec![90.0, -3.0], vec![60.0, -0.9]];
    check(&wavy(6), |x| regression::loss(x.reshape([3, 2]), &values, &scaling));
    // Scaled by hand: distances 0.5, 0.4, 0.5, 4, 2 and 0.2 from the mean; PyTorch's smooth_l1_loss gives 0.8917.
    let loss = regression::loss(Tensor::zeros([3, 2], &Device::flex()), &values, &scaling);
    assert!((loss.into_scalar::<f32>() * 0.424_66 - 5.35 / 6.0).abs() < 1e-5);
}

#[test]
fn segmentation_loss_with_unlabelled_pixels() {
    let labels = vec![0, 1, 2, IGNORE, 1, 1, 0, 2, 2, 0, IGNORE, 1];
    let mask = Mask { width: 4, height: 3, labels };
    check(&wavy(36), |x| segmentation::loss(x.reshape([1, 3, 3, 4]), std::slice::from_ref(&mask)));
}

#[test]
fn unlabelled_pixels_get_no_gradient() {
    let device = Device::flex().autodiff();
    let mask = Mask { width: 2, height: 1, labels: vec![1, IGNORE] };
    let x = Tensor::<1>::from_floats([0.3, 0.9, -0.2, 0.4], &device).require_grad();
    let loss = segmentation::loss(x.clone().reshape([1, 2, 1, 2]), &[mask]);
    let gradient: Vec<f32> = x.grad(&loss.backward()).unwrap().into_data().try_to_vec().unwrap();
    assert!(gradient[0] != 0.0 && gradient[2] != 0.0);
    assert_eq!((gradient[1], gradient[3]), (0.0, 0.0));
}

#[test]
fn detection_loss() {
    let (positions, classes) = (4, 2);
    let target =
        |position, class, distances, centreness| Assignment { position, class, distances, centreness };
    let assignments =
        vec![vec![target(1, 0, [3.0, 4.0, 5.0, 2.0], 0.6), target(2, 1, [6.0, 1.0, 2.0, 2.0], 0.3)]];
    // Distances are positive and differ from the targets, where the loss has kinks.
    let start: Vec<f32> = wavy(positions * classes)
        .into_iter()
        .chain(wavy(positions * 4).iter().map(|v| 3.3 + 0.4 * v))
        .chain(wavy(positions))
        .collect();
    check(&start, |x| {
        let (a, b) = (positions * classes, positions * 4);
        let logits = BoxLogits {
            class: x.clone().narrow(0, 0, a).reshape([1, positions, classes]),
            distances: x.clone().narrow(0, a, b).reshape([1, positions, 4]),
            centreness: x.narrow(0, a + b, positions).reshape([1, positions]),
        };
        detection::loss(logits, &assignments)
    });
}

#[test]
fn an_untrained_head_costs_about_one() {
    let device = Device::flex();
    for classes in [1, 2, 8] {
        let logits = Tensor::<2>::zeros([3, classes.max(2)], &device);
        let loss = classification::loss(logits, &[0, 1, 0]).into_scalar::<f32>();
        assert!((loss - 1.0).abs() < 1e-5, "{classes} classes: {loss}");
    }
    let labels = [vec![true, false], vec![false, false]];
    let loss = multilabel::loss(Tensor::zeros([2, 2], &device), &labels).into_scalar::<f32>();
    assert!((loss - 1.0).abs() < 1e-5, "{loss}");
    // 99 quantiles of the normal distribution, by the logistic one that comes nearest to it.
    let quantile = |i: usize| ((i as f32 / 100.0) / (1.0 - i as f32 / 100.0)).ln() / 1.702;
    let values: Vec<Vec<f32>> = (1..100).map(|i| vec![7.0 + 3.0 * quantile(i)]).collect();
    let scaling = [Scaling::of(values.iter().flatten().copied())];
    let loss = regression::loss(Tensor::zeros([99, 1], &device), &values, &scaling).into_scalar::<f32>();
    assert!((loss - 1.0).abs() < 0.05, "{loss}");
    let mask = Mask { width: 8, height: 8, labels: (0..64).map(|i| u8::from(i % 3 == 0)).collect() };
    let loss = segmentation::loss(Tensor::zeros([1, 2, 8, 8], &device), &[mask]).into_scalar::<f32>();
    assert!((0.5..1.5).contains(&loss), "{loss}");
}

#[test]
fn one_class_is_no_division_by_zero() {
    let device = Device::flex();
    let logits = BoxLogits {
        class: Tensor::zeros([1, 3, 1], &device),
        distances: Tensor::ones([1, 3, 4], &device),
        centreness: Tensor::zeros([1, 3], &device),
    };
    let target = Assignment { position: 0, class: 0, distances: [1.0; 4], centreness: 1.0 };
    for assignments in [vec![vec![target]], vec![vec![]]] {
        assert!(detection::loss(logits.clone(), &assignments).into_scalar::<f32>().is_finite());
    }
}

/// The slope of the whole network's loss along one random direction per parameter tensor.
#[test]
fn every_parameter_has_the_right_gradient() {
    use medley_core::dataset::TaskKind;
    use medley_core::model::{Head, Network, map_parameters, parameters, take_gradients};
    use medley_core::task::loss;
    use medley_core::train::images;

    let device = Device::flex().autodiff();
    device.seed(3);
    let kinds = [TaskKind::Classification, TaskKind::Segmentation, TaskKind::Detection, TaskKind::Regression];
    for kind in kinds {
        let mut network =
            Network::new(crate::scenes::small_model(), vec![crate::scenes::task(kind)], &device);
        network.heads = network.heads.into_iter().map(Head::without_dropout).collect();
        // Blocks start as the identity; give them something to do.
        network.foundation = map_parameters(network.foundation, |name, _, values| {
            (name.contains("blocks") && name.ends_with("gamma")).then(|| values + 0.7)
        });
        let batch = crate::scenes::batch(kind);
        let value =
            |network: &Network| loss(network.forward(0, images(&batch, &device)), &batch.targets).unwrap();
        let mut gradients = value(&network).backward();
        let gradients = take_gradients(&network.foundation, &mut gradients);
        let mut compared = 0;
        for parameter in parameters(&network.foundation) {
            let Some(gradient) = gradients.get(&parameter.name) else { continue };
            let gradient: Vec<f32> = gradient.clone().into_data().try_to_vec().unwrap();
            // Along the sign of the gradient the slope is large compared with rounding.
            let direction: Vec<f32> = gradient.iter().map(|g| g.signum()).collect();
            let slope: f32 = gradient.iter().map(|g| g.abs()).sum();
            // The loss bends strongly: small steps, but far above rounding.
            let step = 0.0004_f32.min(0.01 / slope.max(1e-6));
            let shifted = |sign: f32| {
                let mut moved = network.clone();
                moved.foundation = map_parameters(moved.foundation, |name, _, values| {
                    (name == parameter.name).then(|| {
                        values + Tensor::from_floats(direction.as_slice(), &Device::flex()) * (sign * step)
                    })
                });
                f64::from(value(&moved).into_scalar::<f32>())
            };
            if slope * step < 3e-5 {
                continue;
            }
            let numeric = (shifted(1.0) - shifted(-1.0)) / (2.0 * f64::from(step));
            let ratio = numeric / f64::from(slope);
            assert!((0.75..1.3).contains(&ratio), "{kind:?} {}: {numeric} against {slope}", parameter.name);
            compared += 1;
        }
        println!("{kind:?}: {compared} of {} parameters compared", gradients.len());
        assert!(compared > 20, "{kind:?}: only {compared} parameters have a slope worth comparing");
    }
}
