//! `medley worker`: lend this machine's devices to a run on another one.

use std::error::Error;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

use super::interrupt::asked_to_stop;
use crate::device::{DeviceName, open_all, read_token};
use crate::worker::serve;

/// Lend this machine's devices to `medley pretrain` on another one.
///
/// There, name it among the devices: `--devices gpu:0 ws://HOST:PORT`. The traffic is not encrypted: use a network that
/// can be trusted, or a tunnel.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address and port to listen on; port 0 picks a free one. Anything but 127.0.0.1 or `[::1]` lets other machines in
    /// and needs --token-file.
    #[arg(long, default_value = "127.0.0.1:3000", value_name = "ADDR")]
    listen: SocketAddr,
    /// A file with the line that runs have to show, the same that `medley pretrain` is given.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// What to lend, of one kind: gpu:0 gpu:1 ..., gpu, or cpu.
    #[arg(long, num_args = 1.., value_delimiter = ',', default_value = "cpu", value_name = "DEVICE")]
    devices: Vec<DeviceName>,
}

/// Serves until Ctrl-C.
#[tokio::main]
pub async fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    if let Some(worker) = args.devices.iter().find(|name| matches!(name, DeviceName::Worker(_))) {
        return Err(format!("{worker} is a worker itself: name it where the run is started").into());
    }
    let token = args.token_file.as_deref().map(read_token).transpose()?;
    let open = open_all(&args.devices, None)?;
    let listener = TcpListener::bind(args.listen).map_err(|error| {
        format!("cannot listen on {}: {error}; choose another with --listen", args.listen)
    })?;
    let address = listener.local_addr()?;
    let names: Vec<String> = open.iter().map(|device| device.name.clone()).collect();
    let serving = serve(listener, open.into_iter().map(|open| open.device).collect(), token.as_deref())?;
    println!("lending {} at ws://{address} (Ctrl-C stops it)", names.join(", "));
    tokio::select! {
        ended = serving => Ok(ended?),
        () = asked_to_stop() => Ok(()),
    }
}
