//! Where to compute.

mod name;
mod open;

pub use name::{DeviceName, NameError};
pub use open::{OpenDevice, OpenError, open_all, read_token};

use burn::tensor::{Device, DeviceKind};
use serde::{Deserialize, Serialize};

/// A choice of device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum DeviceChoice {
    /// The processor.
    #[default]
    Cpu,
    /// The graphics processor, through Vulkan, Metal or DirectX 12.
    Gpu,
}

impl DeviceChoice {
    /// Opens the device.
    pub fn open(self) -> Device {
        match self {
            Self::Cpu => Device::flex(),
            Self::Gpu => Device::wgpu(DeviceKind::DefaultDevice),
        }
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "CPU",
            Self::Gpu => "GPU (wgpu)",
        }
    }
}
