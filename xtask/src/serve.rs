//! `cargo xtask serve`: from a clone to the running page.

use std::ffi::OsString;

use crate::error::Error;
use crate::workspace::Workspace;
use crate::{medley, page};

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
    medley::build(workspace)?;
    if args.no_run {
        return Ok(());
    }
    let arguments: [OsString; 7] = [
        "serve".into(),
        "--page".into(),
        workspace.dist().into(),
        "--models".into(),
        workspace.models().into(),
        "--port".into(),
        args.port.to_string().into(),
    ];
    medley::start(workspace, &arguments)
}
