//! Devices of this machine for runs on other machines, by Burn's own remote server over WebSocket.

use std::future::Future;
use std::net::{SocketAddr, TcpListener};

use burn::server::{EmptyToken, RemoteServer, ServeError, TokenAuthorizer, WebSocketTransport};
use burn::tensor::Device;
use thiserror::Error;

/// Why a worker does not serve.
#[derive(Debug, Error)]
pub enum WorkerError {
    /// Other machines could compute here without being asked who they are.
    #[error(
        "{0} can be reached from other machines: name a file with a secret line with --token-file, the same that \
         `medley pretrain` gets"
    )]
    NeedsToken(SocketAddr),
    /// The token is empty.
    #[error("the token is empty: put a long random line into the file")]
    Token(#[from] EmptyToken),
    /// The server ended.
    #[error("the worker stopped: {0}")]
    Stopped(#[from] ServeError),
    /// The address of the listener cannot be told.
    #[error("the worker's address is lost")]
    Listener(#[source] std::io::Error),
}

/// Serves `devices`, without gradients and of one engine, until the future is dropped, which ends the runs that use
/// them. WebSocket does not encrypt: this belongs into a network that can be trusted, or into a tunnel.
///
/// # Errors
/// When the listener is open to other machines and there is no token. The future gives an error when the server
/// cannot go on.
pub fn serve(
    listener: TcpListener,
    devices: Vec<Device>,
    token: Option<&str>,
) -> Result<impl Future<Output = Result<(), WorkerError>> + Send + 'static, WorkerError> {
    let address = listener.local_addr().map_err(WorkerError::Listener)?;
    let server = RemoteServer::new(devices);
    let server = match token {
        Some(token) => server.with_authorizer(TokenAuthorizer::new(token)?),
        None if address.ip().is_loopback() => server,
        None => return Err(WorkerError::NeedsToken(address)),
    };
    Ok(async move { Ok(server.serve_async(WebSocketTransport::from_listener(listener)).await?) })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn nobody_from_outside_computes_here_without_a_token() {
        let open = || TcpListener::bind("0.0.0.0:0").unwrap();
        let refused = serve(open(), vec![Device::flex()], None).map(|_| ());
        assert!(matches!(refused, Err(WorkerError::NeedsToken(_))));
        assert!(matches!(
            serve(open(), vec![Device::flex()], Some("")).map(|_| ()),
            Err(WorkerError::Token(_))
        ));
        assert!(serve(open(), vec![Device::flex()], Some("secret")).is_ok());
        assert!(serve(TcpListener::bind("127.0.0.1:0").unwrap(), vec![Device::flex()], None).is_ok());
    }
}
