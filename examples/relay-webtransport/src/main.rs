//! A relay for `webTransport()`: see README.md, and docs/webtransport-relay.md for the protocol.

mod allow;
mod config;
mod prologue;
mod session;
mod stream;
mod target;
mod uses;

use config::Config;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use wtransport::config::QuicTransportConfig;
use wtransport::{Endpoint, Identity, ServerConfig, VarInt};

/// How many sessions there may be at a time.
const MAX_SESSIONS: usize = 1_000;

/// How many TCP connections a session may have at a time. Further streams wait in the client, by QUIC's own limit.
const MAX_STREAMS: u32 = 512;

/// How many TCP connections all sessions may have at a time.
const MAX_CONNECTIONS: usize = 10_000;

/// How many bytes the relay takes from a client before the target has taken them.
const STREAM_WINDOW: u32 = 1024 * 1024;

/// After how long without a packet a session counts as dead. Keep-alives of this side are three to that.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let config = Arc::new(Config::from_env()?);
    let identity = Identity::load_pemfiles(&config.certificate, &config.key).await?;
    let mut quic = QuicTransportConfig::default();
    quic.max_concurrent_bidi_streams(MAX_STREAMS.into());
    quic.stream_receive_window(STREAM_WINDOW.into());
    quic.max_idle_timeout(Some(IDLE_TIMEOUT.try_into()?));
    quic.keep_alive_interval(Some(IDLE_TIMEOUT / 3));
    let server = ServerConfig::builder().with_bind_address(config.listen).with_custom_transport(identity, quic).build();
    let endpoint = Endpoint::server(server)?;
    println!("listening on {}", endpoint.local_addr()?);

    let sessions = Arc::new(Semaphore::new(MAX_SESSIONS));
    let connections = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut stop = std::pin::pin!(stopped());
    loop {
        tokio::select! {
            incoming = endpoint.accept() => match sessions.clone().try_acquire_owned() {
                // A connection may outlive its session, by a stream that its client left half-open.
                Ok(permit) if endpoint.open_connections() < MAX_SESSIONS => {
                    let (config, connections) = (config.clone(), connections.clone());
                    tokio::spawn(async move {
                        if let Err(error) = session::serve(config, connections, incoming).await {
                            println!("a session ended: {error}");
                        }
                        drop(permit);
                    });
                }
                _ => incoming.refuse(),
            },
            () = &mut stop => break,
        }
    }
    // Clients learn at once that their sockets are gone.
    endpoint.close(VarInt::from_u32(0), b"the relay is stopping");
    endpoint.wait_idle().await;
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
