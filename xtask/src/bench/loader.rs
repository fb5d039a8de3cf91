//! How many images per second the loader delivers.

use std::process::Command;

use crate::error::Error;
use crate::medley;
use crate::workspace::{Workspace, run as run_program};

/// Measures with one thread and with one for every core: the second should be nearly as many times faster. Then
/// compares training steps on batches in memory with steps that the loader feeds.
pub fn run(workspace: &Workspace) -> Result<(), Error> {
    medley::build(workspace)?;
    for threads in ["1", "0"] {
        let mut bench = Command::new(workspace.binary());
        run_program(bench.args(["data", "bench", "--threads", threads]))?;
    }
    println!("what it adds to a training step of nano:");
    let mut step = Command::new(workspace.binary());
    run_program(step.args(["bench", "train", "--loader", "--repeats", "8"]))
}
