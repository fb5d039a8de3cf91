//! Medley against reference values, and devices against each other. One binary, so that it is linked once.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod attention;
mod devices;
mod label_quality;
mod losses;
mod optimisers;
mod swin_v2;

use std::path::PathBuf;

use burn::tensor::{Device, DeviceKind, DeviceType};

/// The folder of reference values; see its README for how they were made.
fn fixture(name: &str) -> PathBuf {
    medley_tests::workspace().join("tests/fixtures").join(name)
}

/// The GPU, which may be a software one.
fn gpu() -> Option<Device> {
    if Device::enumerate(DeviceType::Wgpu).is_empty() {
        medley_tests::cannot_run(
            "there is no adapter for wgpu; install a Vulkan driver, for example Mesa's software one \
             (Debian: mesa-vulkan-drivers)",
        );
        return None;
    }
    Some(Device::wgpu(DeviceKind::DefaultDevice))
}
