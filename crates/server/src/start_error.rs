//! Why a server does not start.

use std::io;
use std::net::SocketAddr;

use redress_scenarios::OpenError;
use redress_store::StoreError;

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// It would be open to others, and nobody needs a token.
    #[error(
        "without a token it listens to this machine alone, and {0} is open to others; \
         configure one under `[server.tokens.NAME]` in redress.toml"
    )]
    Open(SocketAddr),
    /// A token cannot be read.
    #[error("{0}")]
    Token(String),
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The thread that writes cannot be started.
    #[error(transparent)]
    Writer(#[from] StoreError),
    /// The address cannot be listened to.
    #[error("it cannot listen to {address}: {}", reason(.error))]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// Signals cannot be heard.
    #[error("signals cannot be heard: {0}")]
    Signals(io::Error),
    /// A thread cannot be started.
    #[error("no thread can be started: {0}")]
    Thread(io::Error),
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            "another program listens there; end it, or choose another with `--listen`".to_owned()
        }
        io::ErrorKind::AddrNotAvailable => "this machine does not have that address".to_owned(),
        io::ErrorKind::PermissionDenied => {
            "that is not permitted; ports below 1024 are for the administrator".to_owned()
        }
        kind => kind.to_string(),
    }
}
