//! Every developer command: `cargo xtask serve`, `medley`, `test`, `fuzz`, `bench`.

mod bench;
mod error;
mod freshness;
mod fuzz;
mod medley;
mod page;
mod serve;
mod test;
mod tools;
mod workspace;

use std::error::Error as _;
use std::process::ExitCode;

use clap::Parser;
use error::Error;
use workspace::Workspace;

/// Medley's developer commands.
///
/// What a command needs and does not find, it installs, and says so. Builds go to one target folder in the
/// user's cache (or to `CARGO_TARGET_DIR`), so that several clones share their dependencies.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
enum Xtask {
    Serve(serve::Args),
    Medley(medley::Args),
    Test(test::Args),
    Fuzz(fuzz::Args),
    #[command(subcommand)]
    Bench(bench::Bench),
}

impl Xtask {
    fn run(self) -> Result<(), Error> {
        let workspace = Workspace::find()?;
        freshness::claim(&workspace.root, &workspace.target)?;
        match self {
            Self::Serve(args) => serve::run(&workspace, &args),
            Self::Medley(args) => medley::run(&workspace, &args),
            Self::Test(args) => test::run(&workspace, &args),
            Self::Fuzz(args) => fuzz::run(&workspace, &args),
            Self::Bench(bench) => bench::run(&workspace, &bench),
        }
    }
}

fn main() -> ExitCode {
    match Xtask::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error}");
            let mut cause = error.source();
            while let Some(error) = cause {
                eprintln!("  because: {error}");
                cause = error.source();
            }
            ExitCode::FAILURE
        }
    }
}
