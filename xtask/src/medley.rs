//! `cargo xtask medley`: the command line, built where it is out of date.

use std::ffi::OsString;
use std::process::Command;

use crate::error::Error;
use crate::workspace::{self, Workspace};

/// Run the medley command line, for example `cargo xtask medley pretrain --help`
#[derive(clap::Args)]
// The verbs have their own --help.
#[command(disable_help_flag = true)]
pub struct Args {
    /// A verb and its arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

pub fn run(workspace: &Workspace, args: &Args) -> Result<(), Error> {
    build(workspace)?;
    start(workspace, &args.arguments)
}

/// Brings the binary up to date.
pub fn build(workspace: &Workspace) -> Result<(), Error> {
    if !workspace.binary().exists() {
        println!("Building the binary (about 15 minutes on two cores, once)");
    }
    // The packages that `test` builds, so that both resolve the same features and nothing is built twice.
    let native = ["build", "--workspace", "--exclude", "medley-app", "--bin", "medley"];
    workspace::run(&mut workspace.cargo(&native))
}

/// Becomes the binary: Ctrl-C then reaches it alone, and it can finish what it does.
#[cfg(unix)]
pub fn start(workspace: &Workspace, arguments: &[OsString]) -> Result<(), Error> {
    use std::os::unix::process::CommandExt;
    let program = workspace.binary();
    let source = Command::new(&program).args(arguments).exec();
    Err(Error::Start { program: program.display().to_string(), source })
}

/// Runs the binary to its end.
#[cfg(not(unix))]
pub fn start(workspace: &Workspace, arguments: &[OsString]) -> Result<(), Error> {
    workspace::run(Command::new(workspace.binary()).args(arguments))
}
