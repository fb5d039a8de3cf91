//! `medley`: Medley's command line.

use std::error::Error;
use std::io;
use std::process::ExitCode;

use clap::Parser;
use medley_server::cli::Cli;
use tracing_subscriber::EnvFilter;

/// What is told where `RUST_LOG` says nothing. A DICOM file without an optional identifier is not worth a line for
/// each image.
const FILTER: &str = "warn,dicom_object=error,medley_server=info";

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(FILTER));
    tracing_subscriber::fmt().with_env_filter(filter).with_target(false).with_writer(io::stderr).init();

    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

/// Prints what went wrong as one sentence, then what caused it, a line each.
fn report(error: &dyn Error) {
    eprintln!("medley: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("  because: {error}");
        cause = error.source();
    }
}
