//! `cargo xtask serve`: from a clone to the running page.

use std::env;
use std::process::Command;

use crate::error::Error;
use crate::page;
use crate::workspace::{self, Workspace};

/// Build the page and the binary where they are out of date, then serve both on this machine
#[derive(clap::Args)]
pub struct Args {
    /// Port to listen on.
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// Build only.
    #[arg(long)]
    no_run: bool,
}

pub fn run(workspace: &Workspace, args: &Args) -> Result<(), Error> {
    page::build(workspace)?;
    let binary = workspace.target.join("debug").join(format!("medley{}", env::consts::EXE_SUFFIX));
    let duration = if binary.exists() { "" } else { " (about 15 minutes on two cores, once)" };
    println!("Building the binary{duration}");
    // The packages that `test` builds, so that both resolve the same features and nothing is built twice.
    workspace::run(&mut workspace.cargo(&[
        "build",
        "--workspace",
        "--exclude",
        "medley-app",
        "--bin",
        "medley",
    ]))?;
    if args.no_run {
        return Ok(());
    }
    let mut server = Command::new(binary);
    server.arg("serve").arg("--page").arg(workspace.dist()).arg("--models").arg(workspace.models());
    server.arg("--port").arg(args.port.to_string());
    become_program(&mut server)
}

/// Puts the server in place of this process, so that Ctrl-C reaches it alone and it can finish its requests.
#[cfg(unix)]
fn become_program(command: &mut Command) -> Result<(), Error> {
    use std::os::unix::process::CommandExt;
    let source = command.exec();
    Err(Error::Start { program: command.get_program().to_string_lossy().into_owned(), source })
}

/// Runs the server to its end.
#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Result<(), Error> {
    workspace::run(command)
}
