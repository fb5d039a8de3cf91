//! Devices by name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A device of this machine, or all devices of another one, as configurations and the command line name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum DeviceName {
    /// `cpu`: the processor.
    Cpu,
    /// `gpu`: the graphics processor that the system prefers; `gpu:1`: the discrete one of this number, from 0.
    Gpu(Option<usize>),
    /// `ws://host:3000`: what `medley worker` serves there.
    Worker(String),
}

/// No name of a device.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{0}` is no device; name cpu, gpu, gpu:NUMBER (from 0), or a worker as ws://HOST:PORT")]
pub struct NameError(String);

impl FromStr for DeviceName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let wrong = || NameError(text.to_owned());
        match text {
            "cpu" => Ok(Self::Cpu),
            "gpu" => Ok(Self::Gpu(None)),
            _ => match (text.strip_prefix("gpu:"), text.strip_prefix("ws://")) {
                (Some(number), _) => {
                    number.parse().map(|number| Self::Gpu(Some(number))).map_err(|_| wrong())
                }
                (_, Some(address)) => {
                    let (host, port) = address.rsplit_once(':').ok_or_else(wrong)?;
                    let is_fine = !host.is_empty() && port.parse::<u16>().is_ok();
                    if is_fine { Ok(Self::Worker(text.to_owned())) } else { Err(wrong()) }
                }
                (None, None) => Err(wrong()),
            },
        }
    }
}

impl TryFrom<String> for DeviceName {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => f.write_str("cpu"),
            Self::Gpu(None) => f.write_str("gpu"),
            Self::Gpu(Some(number)) => write!(f, "gpu:{number}"),
            Self::Worker(url) => f.write_str(url),
        }
    }
}

impl From<DeviceName> for String {
    fn from(name: DeviceName) -> Self {
        name.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for text in ["cpu", "gpu", "gpu:7", "ws://10.0.0.2:3000", "ws://[::1]:80", "ws://node-b:3000"] {
            assert_eq!(text.parse::<DeviceName>().map(String::from).as_deref(), Ok(text));
        }
        for text in
            ["", "cuda", "gpu:", "gpu:-1", "gpu:0..8", "ws://b", "ws://:1", "ws://b:99999", "wss://b:1"]
        {
            assert!(
                text.parse::<DeviceName>().is_err_and(|error| error.to_string().contains(text)),
                "{text}"
            );
        }
    }
}
