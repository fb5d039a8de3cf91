//! `medley serve`: the page, the models and the runs on a local address.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use super::interrupt::asked_to_stop;
use crate::http;

/// Serve the page, the models, and a live view of the runs.
///
/// The page is built by `cargo xtask serve`, which then runs this command.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder of the built page.
    #[arg(long, default_value = "dist", value_name = "DIR")]
    page: PathBuf,
    /// Folder of the model files (.safetensors).
    #[arg(long, default_value = "models", value_name = "DIR")]
    models: PathBuf,
    /// Folder of the runs, each of them a folder that `medley pretrain --out` writes to. The page shows them
    /// at `/runs`.
    #[arg(long, default_value = "runs", value_name = "DIR")]
    runs: PathBuf,
    /// Address to listen on. Anything but 127.0.0.1 or `::1` lets other machines in.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Port to listen on; 0 picks a free one.
    #[arg(long, default_value_t = 8787)]
    port: u16,
}

/// Why the server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("there is no page in {}: build it with `cargo xtask serve`, or name its folder with --page", .0.display())]
    NoPage(PathBuf),
    #[error("port {port} is in use by another program: stop that one, or choose another port with --port", port = .0.port())]
    PortInUse(SocketAddr),
    #[error("cannot listen on {0}: check --host and --port")]
    Listen(SocketAddr, #[source] io::Error),
    #[error("the server stopped")]
    Stopped(#[source] io::Error),
}

/// Serves until Ctrl-C, then finishes the requests under way.
#[tokio::main]
pub async fn run(args: &Args) -> Result<(), ServeError> {
    if !args.page.join("index.html").is_file() {
        return Err(ServeError::NoPage(args.page.clone()));
    }
    let address = SocketAddr::new(args.host, args.port);
    let listener = tokio::net::TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => ServeError::PortInUse(address),
        _ => ServeError::Listen(address, error),
    })?;
    let address = listener.local_addr().map_err(ServeError::Stopped)?;
    if !address.ip().is_loopback() {
        tracing::warn!(
            "other machines can reach this server, and browsers give WebGPU only to https and localhost"
        );
    }
    println!("Medley is at http://{address} (Ctrl-C stops it)");

    axum::serve(listener, http::router(&args.page, &args.models, &args.runs))
        .with_graceful_shutdown(asked_to_stop())
        .await
        .map_err(ServeError::Stopped)
}
