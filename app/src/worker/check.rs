//! The start-up check: does the GPU compute what the CPU computes, and is it faster?

use std::rc::Rc;

use burn::tensor::{Device, Tensor};
use medley_core::Medley;
use medley_core::selftest;
use medley_core::task::detection::DecodeSettings;
use medley_core::task::{self, Frame};

use super::clock::now;
use super::desk::Desk;
use super::device::{adapter, gpu};
use super::messages::{DeviceKind, DeviceReport, Fingerprint, Verdict};

/// Largest difference between GPU and CPU that rounding explains.
const TOLERANCE: f32 = 1e-3;

/// Side of the first, tiny picture that is timed, in pixels.
const SMALL: u32 = 64;
/// Side of the second, at which a GPU has enough to do to show its speed, in pixels.
const LARGE: u32 = 256;
/// A GPU that needs longer than this for the tiny picture is not timed on the large one, in milliseconds.
const HOPELESS: f64 = 400.0;

/// Checks the GPU, chooses a device, and makes it the desk's.
pub async fn check(desk: &Desk, forced: Option<DeviceKind>) -> DeviceReport {
    let mut report = DeviceReport {
        chosen: DeviceKind::Cpu,
        verdict: Verdict::NoGpu,
        adapter: None,
        difference: None,
        tolerance: TOLERANCE,
        probe_side: SMALL,
        cpu_ms: None,
        gpu_ms: None,
    };
    if let Err(reason) = examine(desk, forced, &mut report).await {
        report.verdict = Verdict::GpuFailed(reason);
        report.chosen = DeviceKind::Cpu;
    }
    desk.chosen.set(Some(report.chosen));
    desk.quick.set(report.chosen == DeviceKind::Cpu || report.gpu_ms.is_some());
    report
}

async fn examine(desk: &Desk, forced: Option<DeviceKind>, report: &mut DeviceReport) -> Result<(), String> {
    let wanted = forced == Some(DeviceKind::WebGpu);
    report.adapter = adapter().await;
    let Some(found) = &report.adapter else { return Ok(()) };
    if found.software && !wanted {
        report.verdict = Verdict::GpuSoftware;
        return Ok(());
    }
    let (bytes, on_cpu) = model(desk)?;
    let device = gpu(desk).await?;
    let on_gpu = Rc::new(Medley::from_bytes(&bytes, &device).map_err(|error| error.to_string())?);

    let software = found.software;
    let expected = fingerprint(desk, DeviceKind::Cpu, &bytes, &Device::flex()).await?;
    let found = fingerprint(desk, DeviceKind::WebGpu, &bytes, &device).await?;
    let difference = found.max_difference(&expected);
    report.difference = Some(difference);
    // Not a number is not right either.
    if !matches!(
        difference.partial_cmp(&TOLERANCE),
        Some(std::cmp::Ordering::Less | std::cmp::Ordering::Equal)
    ) {
        report.verdict = Verdict::GpuWrong;
        return Ok(());
    }

    // An emulated GPU is only here because it was asked for; its speed is of no interest.
    if !software {
        measure(&on_cpu, &on_gpu, &device, SMALL, report).await?;
        if report.gpu_ms.is_some_and(|time| time < HOPELESS) {
            measure(&on_cpu, &on_gpu, &device, LARGE, report).await?;
        }
    }
    let faster = matches!((report.gpu_ms, report.cpu_ms), (Some(gpu), Some(cpu)) if gpu < cpu);
    if let Some(gpu) = desk.gpu.borrow_mut().as_mut() {
        gpu.medley = Some(on_gpu);
    }
    (report.chosen, report.verdict) = match (wanted, faster) {
        (true, _) => (DeviceKind::WebGpu, Verdict::Forced),
        (false, true) => (DeviceKind::WebGpu, Verdict::GpuFaster),
        (false, false) => (DeviceKind::Cpu, Verdict::GpuSlower),
    };
    Ok(())
}

/// Times one prediction on each device, after one that compiles the shaders.
async fn measure(
    on_cpu: &Medley,
    on_gpu: &Medley,
    device: &Device,
    side: u32,
    report: &mut DeviceReport,
) -> Result<(), String> {
    let cpu = Device::flex();
    report.probe_side = side;
    report.cpu_ms = Some(time(on_cpu, &cpu, side).await?);
    time(on_gpu, device, side).await?;
    report.gpu_ms = Some(time(on_gpu, device, side).await?);
    Ok(())
}

/// Milliseconds for the model's first task on an empty picture.
async fn time(medley: &Medley, device: &Device, side: u32) -> Result<f64, String> {
    let side = side as usize;
    let frame = Frame { valid: [side, side], original: [side, side] };
    let start = now();
    let outputs = medley.network().forward(0, Tensor::zeros([1, 3, side, side], device));
    task::predict(outputs, &[frame], &DecodeSettings::default()).await.map_err(|error| error.to_string())?;
    Ok(now() - start)
}

/// The self-test's numbers on one device.
///
/// # Errors
/// When the model is not loaded, or the device fails.
pub async fn fingerprint_on(desk: &Desk, kind: DeviceKind) -> Result<Fingerprint, String> {
    let (bytes, _) = model(desk)?;
    let device = match kind {
        DeviceKind::Cpu => Device::flex(),
        DeviceKind::WebGpu => gpu(desk).await?,
    };
    let selftest::Fingerprint { mask, boxes, classes, step } =
        fingerprint(desk, kind, &bytes, &device).await?;
    Ok(Fingerprint { mask, boxes, classes, step })
}

/// The self-test's numbers; computed once per device, because on a slow one they take long.
async fn fingerprint(
    desk: &Desk,
    kind: DeviceKind,
    bytes: &[u8],
    device: &Device,
) -> Result<selftest::Fingerprint, String> {
    let known = desk.fingerprints.borrow().get(&kind).cloned();
    if let Some(known) = known {
        return Ok(known);
    }
    let numbers = selftest::fingerprint(bytes, device).await.map_err(|error| error.to_string())?;
    desk.fingerprints.borrow_mut().insert(kind, numbers.clone());
    Ok(numbers)
}

fn model(desk: &Desk) -> Result<(Rc<Vec<u8>>, Rc<Medley>), String> {
    let bytes = desk.bytes.borrow().clone().ok_or("the model is not loaded")?;
    let medley = desk.on_cpu.borrow().clone().ok_or("the model is not loaded")?;
    Ok((bytes, medley))
}
