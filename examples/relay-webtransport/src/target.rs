//! The TCP connection to a target.

use crate::allow::{Verdict, is_public, judge};
use crate::config::Config;
use crate::prologue::{Request, Status};
use std::io::ErrorKind;
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

/// How long resolving a name and connecting to all its addresses may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Connects to what a request names, if that is allowed.
pub async fn connect(config: &Config, request: &Request) -> Result<TcpStream, Status> {
    let verdict = judge(&config.allow, &request.host, request.port);
    if verdict == Verdict::Blocked {
        return Err(Status::Blocked);
    }
    let only_public = verdict == Verdict::AllowedIfPublic && !config.allow_private;
    let connecting = connect_to_any(request, only_public);
    timeout(CONNECT_TIMEOUT, connecting).await.unwrap_or(Err(Status::TimedOut))
}

/// Connects to the first address that answers.
async fn connect_to_any(request: &Request, only_public: bool) -> Result<TcpStream, Status> {
    let addresses = lookup_host((request.host.as_str(), request.port)).await;
    let mut status = Status::NameNotFound;
    for address in addresses.map_err(|_| status)? {
        // The address is judged and not the name: a name may resolve to anything, and to something else the next time.
        if only_public && !is_public(address.ip()) {
            status = Status::Blocked;
            continue;
        }
        match TcpStream::connect(address).await {
            Ok(stream) => {
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(error) => status = status_of(error.kind()),
        }
    }
    Err(status)
}

fn status_of(kind: ErrorKind) -> Status {
    match kind {
        ErrorKind::ConnectionRefused => Status::Refused,
        ErrorKind::TimedOut => Status::TimedOut,
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => Status::Unreachable,
        _ => Status::ConnectFailed,
    }
}
