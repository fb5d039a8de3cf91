//! Attention pooling against `PyTorch`; `fixtures/make_attention.py` describes the file.

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor};
use medley_core::model::{AttentionPool, map_parameters};
use serde::Deserialize;

use crate::fixture;

#[derive(Deserialize)]
struct Reference {
    channels: usize,
    cases: Vec<usize>,
    parameters: BTreeMap<String, Vec<f32>>,
    vectors: Vec<f32>,
    direction: Vec<f32>,
    pooled: Vec<f32>,
    gradient: Vec<f32>,
}

fn largest(ours: Tensor<2>, theirs: &[f32]) -> f32 {
    let ours: Vec<f32> = ours.into_data().iter().collect();
    assert_eq!(ours.len(), theirs.len());
    let gaps = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs());
    gaps.max_by(f32::total_cmp).unwrap()
}

#[test]
fn pooling_and_its_gradient_agree() {
    let reference: Reference =
        serde_json::from_slice(&std::fs::read(fixture("attention.json")).unwrap()).unwrap();
    let plain = Device::flex();
    let device = plain.clone().autodiff();
    let pool = map_parameters(AttentionPool::new(reference.channels, &device), |name, _, _| {
        Some(Tensor::from_floats(reference.parameters[name].as_slice(), &plain))
    });
    let tensor = |values: &[f32]| {
        Tensor::<1>::from_floats(values, &device)
            .reshape([values.len() / reference.channels, reference.channels])
    };
    let vectors = tensor(&reference.vectors).require_grad();
    let pooled = pool.forward(vectors.clone(), &reference.cases);
    let gap = largest(pooled.clone(), &reference.pooled);
    assert!(gap < 1e-5, "{gap}");
    let gradients = (pooled * tensor(&reference.direction)).sum().backward();
    let gap = largest(vectors.grad(&gradients).unwrap(), &reference.gradient);
    assert!(gap < 1e-5, "{gap}");
}
