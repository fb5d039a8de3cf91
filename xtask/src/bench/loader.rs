//! How many images per second the loader delivers.

use std::process::Command;

use crate::error::Error;
use crate::medley;
use crate::workspace::{Workspace, run as run_program};

/// Measures with one thread and with one for every core: the second should be nearly as many times faster.
pub fn run(workspace: &Workspace) -> Result<(), Error> {
    medley::build(workspace)?;
    for threads in ["1", "0"] {
        let mut bench = Command::new(workspace.binary());
        run_program(bench.args(["data", "bench", "--threads", threads]))?;
    }
    Ok(())
}
