//! Optimisers against `PyTorch`'s; `fixtures/make_optimisers.py` describes the file.

use std::collections::BTreeMap;

use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor};
use medley_core::model::{Named, map_parameters, parameters};
use medley_core::train::{Optimiser, OptimiserKind};
use serde::Deserialize;

use crate::fixture;

#[derive(Deserialize)]
struct Values {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

#[derive(Deserialize)]
struct Courses {
    rate: f64,
    weight_decay: f64,
    weight: Vec<f32>,
    bias: Vec<f32>,
    gradients: Vec<Values>,
    #[serde(rename = "courses")]
    by_optimiser: BTreeMap<String, Vec<Values>>,
}

fn layer(courses: &Courses, device: &Device) -> Linear {
    map_parameters(LinearConfig::new(3, 4).init(device), |name, _, _| {
        let values = if name == "weight" { &courses.weight } else { &courses.bias };
        Some(Tensor::from_floats(values.as_slice(), device))
    })
}

/// The largest difference to the reference over all steps; weight decay is left to matrices.
fn difference(name: &str, kind: OptimiserKind) -> f32 {
    let courses: Courses =
        serde_json::from_slice(&std::fs::read(fixture("optimisers.json")).unwrap()).unwrap();
    let device = Device::flex();
    let mut layer = layer(&courses, &device);
    let mut optimiser = Optimiser::new(kind, courses.weight_decay);
    let mut largest = 0.0_f32;
    for (gradient, expected) in courses.gradients.iter().zip(&courses.by_optimiser[name]) {
        let gradients: Named = [("weight", &gradient.weight), ("bias", &gradient.bias)]
            .map(|(name, values)| (name.to_owned(), Tensor::from_floats(values.as_slice(), &device)))
            .into();
        layer = optimiser.step(layer, gradients, courses.rate);
        for parameter in parameters(&layer) {
            let expected = if parameter.name == "weight" { &expected.weight } else { &expected.bias };
            let values: Vec<f32> = parameter.values.into_data().iter::<f32>().collect();
            assert_eq!(values.len(), expected.len());
            let differences = values.iter().zip(expected).map(|(a, b)| (a - b).abs());
            largest = differences.fold(largest, f32::max);
        }
    }
    largest
}

#[test]
fn adamw_and_nesterov_take_the_same_steps() {
    for (name, kind) in [("adamw", OptimiserKind::AdamW), ("sgd", OptimiserKind::Sgd)] {
        let difference = difference(name, kind);
        assert!(difference < 2e-5, "{name}: {difference}");
    }
}

#[test]
fn muon_takes_the_same_steps_within_half_precision() {
    // Steps are 0.2 x 0.05 x sqrt(4) = 0.02 in size; the reference computes them in bfloat16.
    let difference = difference("muon", OptimiserKind::Muon);
    assert!(difference < 1.5e-3, "{difference}");
}
