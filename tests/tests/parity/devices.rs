//! The bundled model gives the same numbers, forward and in a training step, whatever computes them. WebGPU is
//! compared in the end-to-end tests.

use burn::tensor::Device;
use medley_core::selftest::fingerprint;
use medley_tests::bundled_model;

use crate::gpu;

#[test]
fn the_bundled_model_is_the_same_on_cpu_and_gpu() {
    let bytes = std::fs::read(bundled_model()).expect("the bundled model is part of the repository");
    let Some(gpu) = gpu() else { return };
    let on_cpu = pollster::block_on(fingerprint(&bytes, &Device::flex())).unwrap();
    let on_gpu = pollster::block_on(fingerprint(&bytes, &gpu)).unwrap();
    for (what, numbers) in [
        ("mask", &on_cpu.mask),
        ("boxes", &on_cpu.boxes),
        ("classes", &on_cpu.classes),
        ("training step", &on_cpu.step),
    ] {
        assert!(numbers.iter().any(|v| *v != 0.0), "the fingerprint has no numbers for: {what}");
    }
    let difference = on_cpu.max_difference(&on_gpu);
    println!("largest difference between CPU and GPU: {difference:.1e}");
    assert!(difference <= 1e-3, "{difference}");
}
