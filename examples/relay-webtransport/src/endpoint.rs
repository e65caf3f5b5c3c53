//! The UDP port, and which QUIC connections to it are accepted.

use crate::clients::{Place, Quota};
use crate::config::Config;
use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use wtransport::Identity;
use wtransport::config::{QuicTransportConfig, ServerConfig};
use wtransport::endpoint::{IncomingSessionFuture, SessionRequest};
use wtransport::error::ConnectionError;
use wtransport::quinn::congestion::{Controller, ControllerFactory, CubicConfig};
use wtransport::quinn::{self, Incoming, VarInt};

/// How many QUIC connections there may be at a time, with a session each. `RELAY_MAX_SESSIONS` is how many of them one
/// client may have.
const MAX_SESSIONS: usize = 1_000;

/// How many of them may be without a session yet, and without a proof that their clients' addresses aren't forged: one of
/// each address. Further ones must prove it first, which takes a round trip and no place.
const MAX_UNPROVEN: usize = 100;

/// How many TCP connections a session may have at a time. Further streams wait in the client, by QUIC's own limit.
const MAX_STREAMS: u32 = 512;

/// How many bytes the relay takes from a client before the target has taken them.
const STREAM_WINDOW: u32 = 1024 * 1024;

/// After how long without a packet a connection counts as dead. Keep-alives of this side are three to that.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

pub struct Endpoint {
    quic: quinn::Endpoint,
    server: quinn::ServerConfig,
    unproven: Arc<Quota>,
    sessions: Arc<Quota>,
}

impl Endpoint {
    pub async fn new(config: &Config) -> Result<Self, Box<dyn Error>> {
        let identity = Identity::load_pemfiles(&config.certificate, &config.key).await?;
        let server = ServerConfig::builder().with_bind_address(config.listen).with_identity(identity).build();
        let server = server.quic_config().clone();
        Ok(Self {
            quic: quinn::Endpoint::server(server.clone(), config.listen)?,
            server,
            unproven: Quota::new(1, MAX_UNPROVEN),
            sessions: Quota::new(config.max_sessions, MAX_SESSIONS),
        })
    }

    pub fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.quic.local_addr()
    }

    /// The next connection that a client may have: its address, and the request for a session once there is one. `None`
    /// when the endpoint is closed.
    pub async fn accept(
        &self,
    ) -> Option<(IpAddr, impl Future<Output = Result<SessionRequest, ConnectionError>> + use<>)> {
        loop {
            let incoming = self.quic.accept().await?;
            let address = incoming.remote_address().ip();
            // The first packet may have any address (RFC 9000 8.1.2).
            let unproven = match incoming.remote_address_validated() {
                true => None,
                false => self.unproven.take(address),
            };
            if unproven.is_none() && !incoming.remote_address_validated() {
                let _ = incoming.retry();
                continue;
            }
            let Some(place) = self.sessions.take(address) else {
                incoming.refuse();
                continue;
            };
            let Ok(connecting) = self.connect(incoming, place) else { continue };
            return Some((address, async move {
                let request = IncomingSessionFuture::with_quic_connecting(connecting).await;
                drop(unproven);
                request
            }));
        }
    }

    fn connect(&self, incoming: Incoming, place: Place) -> Result<quinn::Connecting, quinn::ConnectionError> {
        let mut quic = QuicTransportConfig::default();
        quic.max_concurrent_bidi_streams(MAX_STREAMS.into());
        quic.stream_receive_window(STREAM_WINDOW.into());
        quic.max_idle_timeout(Some(IDLE_TIMEOUT.try_into().expect("it is below 2^62")));
        quic.keep_alive_interval(Some(IDLE_TIMEOUT / 3));
        quic.congestion_controller_factory(Arc::new(Occupied { _place: place }));
        let mut server = self.server.clone();
        server.transport_config(Arc::new(quic));
        incoming.accept_with(Arc::new(server))
    }

    /// Ends all connections: clients learn at once that their sockets are gone.
    pub async fn close(&self) {
        self.quic.close(VarInt::from_u32(0), b"the relay is stopping");
        self.quic.wait_idle().await;
    }
}

/// Keeps a place as long as the connection has its settings, which is until nothing of it is left: a client can make one
/// outlive its session, by a stream that it leaves half-open.
struct Occupied {
    _place: Place,
}

impl ControllerFactory for Occupied {
    fn build(self: Arc<Self>, now: Instant, mtu: u16) -> Box<dyn Controller> {
        Arc::new(CubicConfig::default()).build(now, mtu)
    }
}
