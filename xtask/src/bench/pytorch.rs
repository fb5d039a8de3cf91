//! The Python that has PyTorch, if there is one.

use std::env;
use std::process::Command;

use super::Device;
use crate::workspace::{Workspace, output};

/// An interpreter with PyTorch for the chosen device.
pub struct PyTorch {
    program: String,
    /// Of PyTorch, as it states it.
    pub version: String,
}

impl PyTorch {
    /// `$MEDLEY_PYTHON`, or else `python3`. Where it has no PyTorch, says what to do.
    pub fn find(device: Device) -> Option<Self> {
        let program = env::var("MEDLEY_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let probe = match device {
            Device::Cpu => "import torch; print(torch.__version__)",
            Device::Gpu => "import torch; assert torch.cuda.is_available(); print(torch.__version__)",
        };
        let found = output(Command::new(&program).args(["-c", probe]));
        if found.is_none() {
            let gpu = if device == Device::Gpu { " that sees a CUDA device" } else { "" };
            println!(
                "`{program}` has no PyTorch{gpu}: these are Medley's figures alone. Install it with \
                 `{program} -m pip install torch`, or name another interpreter in MEDLEY_PYTHON.\n"
            );
        }
        Some(Self { version: found?.trim().to_owned(), program })
    }

    /// `train.py` on this device; its options are still to be added.
    pub fn script(&self, workspace: &Workspace, device: Device, threads: usize) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("-B").arg(workspace.root.join("xtask/src/bench/train.py"));
        let device = if device == Device::Gpu { "cuda" } else { "cpu" };
        command.args(["--device", device, "--threads", &threads.to_string()]);
        command
    }
}

/// A verb of `medley bench` on this device, with this many threads; its options are still to be added.
pub fn medley(workspace: &Workspace, verb: &str, device: Device, threads: usize) -> Command {
    let mut command = Command::new(workspace.binary());
    command.args(["bench", verb, "--device", device.name(), "--json"]);
    command.env("RAYON_NUM_THREADS", threads.to_string());
    command
}
