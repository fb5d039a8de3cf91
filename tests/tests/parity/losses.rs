//! Losses and their gradients against those of `PyTorch` and torchvision, which computed in double precision.
//! `fixtures/make_losses.py` describes the file and gives the formulas.

use burn::tensor::{Device, Tensor};
use medley_core::dataset::{BoxLabel, Mask};
use medley_core::model::BoxLogits;
use medley_core::task::detection::{Assignment, assign};
use medley_core::task::{classification, detection, multilabel, segmentation};
use serde::Deserialize;

use crate::fixture;

const TOLERANCE: f64 = 1e-4;
/// A logit so high that its probability is 1 and its loss 0.
const CERTAIN: f32 = 30.0;

#[derive(Deserialize)]
struct Values {
    shape: Vec<usize>,
    values: Vec<f64>,
}

#[derive(Deserialize)]
struct Classification {
    logits: Values,
    classes: Values,
    loss: f64,
    gradient: Values,
}

#[derive(Deserialize)]
struct MultiLabel {
    logits: Values,
    labels: Values,
    loss: f64,
    gradient: Values,
}

#[derive(Deserialize)]
struct Segmentation {
    logits: Values,
    labels: Values,
    loss: f64,
    gradient: Values,
}

#[derive(Deserialize)]
struct SigmoidFocal {
    logits: Values,
    truth: Values,
    loss: f64,
    gradient: Values,
}

#[derive(Deserialize)]
struct Boxes {
    predicted: Values,
    truth: Values,
    giou: Values,
    giou_gradient: Values,
}

#[derive(Deserialize)]
struct Centreness {
    logits: Values,
    distances: Values,
    target: Values,
    loss: f64,
    gradient: Values,
}

#[derive(Deserialize)]
struct Object {
    image: usize,
    position: usize,
    class: usize,
    distances: [f32; 4],
}

#[derive(Deserialize)]
struct Detection {
    class: Values,
    distances: Values,
    centreness: Values,
    objects: Vec<Object>,
    loss: f64,
    class_gradient: Values,
    distances_gradient: Values,
    centreness_gradient: Values,
}

#[derive(Deserialize)]
struct Losses {
    classification: Classification,
    multilabel: MultiLabel,
    segmentation: Segmentation,
    segmentation_binary: Segmentation,
    sigmoid_focal: SigmoidFocal,
    boxes: Boxes,
    centreness: Centreness,
    detection: Detection,
    detection_one_class: Detection,
}

fn losses() -> Losses {
    serde_json::from_slice(&std::fs::read(fixture("losses.json")).unwrap()).unwrap()
}

impl Values {
    fn floats(&self) -> Vec<f32> {
        self.values.iter().map(|v| *v as f32).collect()
    }

    /// The numbers in groups of four.
    fn quadruples(&self) -> Vec<[f32; 4]> {
        self.floats().as_chunks().0.to_vec()
    }

    /// A tensor whose gradient is wanted.
    fn leaf<const D: usize>(&self) -> Tensor<D> {
        leaf(&self.floats(), self.shape.as_slice().try_into().unwrap())
    }
}

fn leaf<const D: usize>(values: &[f32], shape: [usize; D]) -> Tensor<D> {
    let device = Device::flex().autodiff();
    Tensor::<1>::from_floats(values, &device).reshape(shape).detach().require_grad()
}

/// Relative to the largest number that is expected.
fn assert_close(what: &str, ours: &[f64], theirs: &[f64]) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    let scale = theirs.iter().fold(f64::MIN_POSITIVE, |largest, v| largest.max(v.abs()));
    for (i, (a, b)) in ours.iter().zip(theirs).enumerate() {
        let gap = (a - b).abs() / scale;
        assert!(gap <= TOLERANCE, "{what}, element {i}: {a} instead of {b} (relative difference {gap:.1e})");
    }
}

fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    tensor.into_data().iter::<f64>().collect()
}

fn assert_gradient<const D: usize>(
    what: &str,
    of: &Tensor<D>,
    gradients: &burn::tensor::Gradients,
    expected: &Values,
) {
    assert_close(what, &numbers(of.grad(gradients).unwrap()), &expected.values);
}

#[test]
fn classification_loss() {
    let Classification { logits, classes, loss, gradient } = losses().classification;
    let logits = logits.leaf::<2>();
    let classes: Vec<usize> = classes.values.iter().map(|class| *class as usize).collect();
    let ours = classification::loss(logits.clone(), &classes);
    assert_close("loss", &numbers(ours.clone()), &[loss]);
    assert_gradient("gradient", &logits, &ours.backward(), &gradient);
}

#[test]
fn multilabel_loss() {
    let MultiLabel { logits, labels, loss, gradient } = losses().multilabel;
    let logits = logits.leaf::<2>();
    let labels: Vec<Vec<bool>> =
        labels.values.chunks(3).map(|row| row.iter().map(|label| *label == 1.0).collect()).collect();
    let ours = multilabel::loss(logits.clone(), &labels);
    assert_close("loss", &numbers(ours.clone()), &[loss]);
    assert_gradient("gradient", &logits, &ours.backward(), &gradient);
}

#[test]
fn segmentation_loss() {
    let all = losses();
    for (name, reference) in [("three classes", all.segmentation), ("two classes", all.segmentation_binary)] {
        let logits = reference.logits.leaf::<4>();
        let [_, _, height, width] = logits.dims();
        let labels: Vec<u8> = reference.labels.values.iter().map(|label| *label as u8).collect();
        let images = labels.chunks_exact(height * width);
        let masks: Vec<Mask> = images.map(|image| Mask { width, height, labels: image.to_vec() }).collect();
        let ours = segmentation::loss(logits.clone(), &masks);
        assert_close(name, &numbers(ours.clone()), &[reference.loss]);
        assert_gradient(name, &logits, &ours.backward(), &reference.gradient);
    }
}

#[test]
fn detection_loss() {
    let all = losses();
    for (name, reference) in [("three classes", all.detection), ("one class", all.detection_one_class)] {
        let logits = BoxLogits {
            class: reference.class.leaf(),
            distances: reference.distances.leaf(),
            centreness: reference.centreness.leaf(),
        };
        let [batch, _, _] = logits.class.dims();
        let mut assignments = vec![Vec::new(); batch];
        for Object { image, position, class, distances } in reference.objects {
            let centreness = centreness_of(distances);
            assignments[image].push(Assignment { position, class, distances, centreness });
        }
        let ours = detection::loss(logits.clone(), &assignments);
        assert_close(name, &numbers(ours.clone()), &[reference.loss]);
        let gradients = ours.backward();
        assert_gradient(name, &logits.class, &gradients, &reference.class_gradient);
        assert_gradient(name, &logits.distances, &gradients, &reference.distances_gradient);
        assert_gradient(name, &logits.centreness, &gradients, &reference.centreness_gradient);
    }
}

fn centreness_of([left, top, right, bottom]: [f32; 4]) -> f32 {
    let ratio = |a: f32, b: f32| a.min(b) / a.max(b);
    (ratio(left, right) * ratio(top, bottom)).sqrt()
}

#[test]
fn the_focal_part_alone() {
    let SigmoidFocal { logits, truth, loss, gradient } = losses().sigmoid_focal;
    let [positions, classes] = logits.shape[..] else { panic!("logits are [N, K]") };
    let class = leaf::<3>(&logits.floats(), [1, positions, classes]);
    let positive = truth.values.iter().enumerate().filter(|(_, value)| **value == 1.0);
    let assignments: Vec<Assignment> = positive
        .map(|(i, _)| Assignment {
            position: i / classes,
            class: i % classes,
            distances: [4.0; 4],
            centreness: 1.0,
        })
        .collect();
    // Boxes and centreness are right, so that they cost nothing.
    let logits = BoxLogits {
        class: class.clone(),
        distances: leaf(&vec![4.0; positions * 4], [1, positions, 4]),
        centreness: leaf(&vec![CERTAIN; positions], [1, positions]),
    };
    let normaliser = assignments.len() as f32 * (classes as f32).ln();
    let ours = detection::loss(logits, &[assignments]) * normaliser;
    assert_close("loss", &numbers(ours.clone()), &[loss]);
    assert_gradient("gradient", &class, &ours.backward(), &gradient);
}

#[test]
fn the_box_part_alone() {
    let Boxes { predicted, truth, giou, giou_gradient } = losses().boxes;
    let pairs = predicted.quadruples().into_iter().zip(truth.quadruples());
    for (i, (predicted, distances)) in pairs.enumerate() {
        let predicted = leaf::<3>(&predicted, [1, 1, 4]);
        // Class and centreness are right, so that they cost nothing.
        let logits = BoxLogits {
            class: leaf(&[CERTAIN], [1, 1, 1]),
            distances: predicted.clone(),
            centreness: leaf(&[CERTAIN], [1, 1]),
        };
        let target = Assignment { position: 0, class: 0, distances, centreness: 1.0 };
        let ours = detection::loss(logits, &[vec![target]]);
        assert_close(&format!("box {i}"), &numbers(ours.clone()), &giou.values[i..=i]);
        let gradient = numbers(predicted.grad(&ours.backward()).unwrap());
        assert_close(&format!("box {i}, gradient"), &gradient, &giou_gradient.values[4 * i..4 * (i + 1)]);
    }
}

#[test]
fn the_centreness_part_alone() {
    let Centreness { logits, distances, target, loss, gradient } = losses().centreness;
    let count = logits.values.len();
    let centreness = leaf::<2>(&logits.floats(), [1, count]);
    // Classes and boxes are right, so that they cost nothing.
    let outputs = BoxLogits {
        class: leaf(&vec![CERTAIN; count], [1, count, 1]),
        distances: leaf(&distances.floats(), [1, count, 4]),
        centreness: centreness.clone(),
    };
    let objects = distances.quadruples().into_iter().zip(target.floats()).enumerate();
    let assignments = objects
        .map(|(position, (distances, centreness))| Assignment { position, class: 0, distances, centreness })
        .collect();
    let weight = 0.2;
    let ours = detection::loss(outputs, &[assignments]) / weight;
    assert_close("loss", &numbers(ours.clone()), &[loss]);
    assert_gradient("gradient", &centreness, &ours.backward(), &gradient);
}

#[test]
fn targets_of_positions() {
    let Centreness { distances, target, .. } = losses().centreness;
    // The position in row 3, column 3 of an image of 64 x 64 with stride 8.
    let (position, x, y) = (27, 28.0, 28.0);
    for (distances, expected) in distances.quadruples().into_iter().zip(target.values) {
        let [left, top, right, bottom] = distances;
        let label = BoxLabel { x0: x - left, y0: y - top, x1: x + right, y1: y + bottom, class: 0 };
        let found = assign(&[label], 64, 64, &[8]);
        let found = found.iter().find(|assignment| assignment.position == position).unwrap();
        assert_close("centreness", &[f64::from(found.centreness)], &[expected]);
        let numbers = |d: [f32; 4]| d.map(f64::from);
        assert_close("distances", &numbers(found.distances), &numbers(distances));
    }
}
