//! WebGPU in the browser: slow where it is emulated, but the numbers must be right.

use burn::tensor::Device;
use medley_core::selftest::{Fingerprint, fingerprint};
use medley_tests::bundled_model;

use medley_tests::visit::{LATER, Outcome, SOON, Visit};

const TOLERANCE: f32 = 1e-3;

fn native() -> Fingerprint {
    let bytes = std::fs::read(bundled_model()).unwrap();
    pollster::block_on(fingerprint(&bytes, &Device::flex())).unwrap()
}

fn assert_same(name: &str, page: &Fingerprint, native: &Fingerprint) {
    for (what, page, native) in [
        ("mask", &page.mask, &native.mask),
        ("boxes", &page.boxes, &native.boxes),
        ("classes", &page.classes, &native.classes),
        ("training step", &page.step, &native.step),
    ] {
        assert!(!native.is_empty(), "the fingerprint has no numbers for: {what}");
        assert_eq!(page.len(), native.len(), "{name}, {what}");
        let gaps = page.iter().zip(native).map(|(a, b)| (a - b).abs());
        // In the total order NaN is above all numbers.
        let largest = gaps.max_by(f32::total_cmp).unwrap();
        println!("{name}, {what}: {} numbers, largest difference {largest:.1e}", page.len());
        assert!(largest <= TOLERANCE, "{name}, {what}: {largest}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cpu_in_the_page_computes_as_the_native_one() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    let native = native();
    visit.open_and_wait("?device=cpu&size=64", SOON).await?;
    assert_same("CPU", &visit.fingerprint("cpu").await?, &native);
    visit.end().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn webgpu_segments_a_sample_and_computes_as_the_native_cpu() -> Outcome {
    let Some(visit) = Visit::start().await? else { return Ok(()) };
    let native = native();
    let answer = visit.open_and_wait("?device=webgpu&sample=fluorescence&size=64", LATER).await?;
    assert_eq!(answer.device, "webgpu");
    let shown: String = visit.script("return document.body.dataset.device;", vec![]).await?;
    assert_eq!(shown, "webgpu");
    let mask = visit.mask().await?;
    assert_eq!((mask.width, mask.height), (64, 64));
    assert!(mask.labels.iter().any(|label| *label > 0), "the mask is empty");
    visit.screenshot("webgpu").await?;
    assert_same("WebGPU", &visit.fingerprint("webgpu").await?, &native);
    visit.end().await?;
    Ok(())
}
