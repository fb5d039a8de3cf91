//! Opening devices by name, those of other machines among them.

use std::io;
use std::path::{Path, PathBuf};

use burn::remote::{ConnectError, RemoteHost};
use burn::tensor::{Device, DeviceKind, DeviceType};
use thiserror::Error;

use super::DeviceName;
use super::remote::send_operations_singly;

/// A device that is ready.
#[derive(Clone, Debug)]
pub struct OpenDevice {
    /// Its name for people: `gpu:1`, `ws://node-b:3000 (device 2)`.
    pub name: String,
    /// The device, without gradients.
    pub device: Device,
}

/// Why a device cannot be used.
#[derive(Debug, Error)]
pub enum OpenError {
    /// A number beyond the last one.
    #[error(
        "there is no gpu:{number}: this machine has {count} discrete GPUs that Vulkan, Metal or DirectX 12 finds, numbered from 0"
    )]
    NoGpu {
        /// The number asked for.
        number: usize,
        /// How many there are.
        count: usize,
    },
    /// The worker does not answer.
    #[error(
        "no worker answers at {url} ({reason}); start `medley worker` there, and look at the address and the firewall"
    )]
    Unreachable {
        /// Its address.
        url: String,
        /// What was tried.
        reason: String,
    },
    /// Another token, or none.
    #[error(
        "the worker at {0} refuses the token: start the worker and this program with the same --token-file"
    )]
    Unauthorized(String),
    /// Anything else.
    #[error("the worker at {url} cannot be used: {source}; start it with the same version of medley")]
    Worker {
        /// Its address.
        url: String,
        /// What it said.
        source: ConnectError,
    },
    /// The file of the token.
    #[error("cannot read the token in {}: check --token-file", .0.display())]
    Token(PathBuf, #[source] io::Error),
    /// The file has nothing in it.
    #[error("{} is empty: put a long random line into it, the same on all machines", .0.display())]
    EmptyToken(PathBuf),
}

/// The token that workers ask for: what the file holds, without the white space around it.
///
/// # Errors
/// When the file cannot be read, or is empty.
pub fn read_token(path: &Path) -> Result<String, OpenError> {
    let text = std::fs::read_to_string(path).map_err(|error| OpenError::Token(path.to_path_buf(), error))?;
    match text.trim() {
        "" => Err(OpenError::EmptyToken(path.to_path_buf())),
        token => Ok(token.to_owned()),
    }
}

/// Opens all of `names` in their order. A worker stands for all its devices. `token` is what workers are shown.
///
/// # Errors
/// When a device is not there, or a worker does not answer or refuses the token.
pub fn open_all(names: &[DeviceName], token: Option<&str>) -> Result<Vec<OpenDevice>, OpenError> {
    if names.iter().any(|name| matches!(name, DeviceName::Worker(_))) {
        send_operations_singly();
    }
    let mut open = Vec::new();
    for name in names {
        match name {
            DeviceName::Cpu => open.push(OpenDevice { name: name.to_string(), device: Device::flex() }),
            DeviceName::Gpu(number) => {
                open.push(OpenDevice { name: name.to_string(), device: gpu(*number)? });
            }
            DeviceName::Worker(url) => {
                let devices = worker(url, token)?.into_iter().enumerate();
                open.extend(
                    devices.map(|(n, device)| OpenDevice { name: format!("{url} (device {n})"), device }),
                );
            }
        }
    }
    Ok(open)
}

fn gpu(number: Option<usize>) -> Result<Device, OpenError> {
    let Some(number) = number else {
        return Ok(Device::wgpu(DeviceKind::DefaultDevice));
    };
    let device = Device::wgpu(DeviceKind::DiscreteGpu(number));
    let found = Device::enumerate(DeviceType::Wgpu).into_vec();
    if found.contains(&device) {
        return Ok(device);
    }
    let is_discrete = |n: &usize| found.contains(&Device::wgpu(DeviceKind::DiscreteGpu(*n)));
    Err(OpenError::NoGpu { number, count: (0..number).filter(is_discrete).count() })
}

fn worker(url: &str, token: Option<&str>) -> Result<Vec<Device>, OpenError> {
    let host = RemoteHost::websocket(url);
    let host = match token {
        Some(token) => host.with_credential(token),
        None => host,
    };
    let url = url.to_owned();
    match host.devices() {
        Ok(devices) => Ok(devices.into_vec()),
        Err(ConnectError::Unauthorized) => Err(OpenError::Unauthorized(url)),
        Err(ConnectError::Unreachable { reason }) => Err(OpenError::Unreachable { url, reason }),
        Err(source) => Err(OpenError::Worker { url, source }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_gpu_that_is_not_there_is_named() {
        let error = open_all(&[DeviceName::Cpu, DeviceName::Gpu(Some(99))], None).unwrap_err();
        assert!(matches!(error, OpenError::NoGpu { number: 99, .. }), "{error}");
    }

    #[test]
    fn a_token_is_a_line_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        assert!(matches!(read_token(&path), Err(OpenError::Token(..))));
        std::fs::write(&path, " \n").unwrap();
        assert!(matches!(read_token(&path), Err(OpenError::EmptyToken(_))));
        std::fs::write(&path, "a secret\n").unwrap();
        assert_eq!(read_token(&path).unwrap(), "a secret");
    }
}
