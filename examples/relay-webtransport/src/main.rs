//! A relay for `webTransport()`: see README.md, and docs/webtransport-relay.md for the protocol.

mod allow;
mod clients;
mod config;
mod endpoint;
mod prologue;
mod session;
mod stream;
mod target;
mod uses;

use clients::Quota;
use config::Config;
use endpoint::Endpoint;
use std::error::Error;
use std::sync::Arc;

/// How many TCP connections there may be at a time. `RELAY_MAX_SOCKETS` is how many of them one client may have.
const MAX_CONNECTIONS: usize = 10_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let config = Arc::new(Config::from_env()?);
    let endpoint = Endpoint::new(&config).await?;
    println!("listening on {}", endpoint.local_addr()?);

    let connections = Quota::new(config.max_sockets, MAX_CONNECTIONS);
    let mut stop = std::pin::pin!(stopped());
    loop {
        let accepted = tokio::select! {
            accepted = endpoint.accept() => accepted,
            () = &mut stop => break,
        };
        let Some((client, opening)) = accepted else { break };
        let (config, connections) = (config.clone(), connections.clone());
        tokio::spawn(async move {
            if let Err(error) = session::serve(config, connections, client, opening).await {
                println!("a session ended: {error}");
            }
        });
    }
    endpoint.close().await;
    Ok(())
}

/// Resolves when the process is asked to end.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminated = signal(SignalKind::terminate()).expect("signals");
        tokio::select! {
            _ = terminated.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = tokio::signal::ctrl_c().await;
}
