//! The limits of a connection.

use core::time::Duration;

use super::keep_alive::KeepAlive;

/// A moment, in milliseconds since an origin of the driver's choice. The driver's clock must never run backwards.
pub type Millis = u64;

/// Limits of one connection; neither the peer nor the driver can exceed them.
///
/// ```
/// let mut config = websocket_wasm::protocol::Config::default();
/// config.max_message_size = 1 << 20;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// The maximum payload of one message in bytes, after decompression. A longer message fails the connection with 1009.
    /// 256 MiB by default.
    pub max_message_size: u64,
    /// The maximum number of fragments of one message. More fail the connection with 1008; 0 counts as 1. 1,048,576 by
    /// default.
    pub max_fragments: u64,
    /// The maximum size of the handshake's response in bytes, status line and headers together. 64 KiB by default.
    pub max_header_size: usize,
    /// The maximum size of a refusing response's body in bytes; what exceeds it is dropped. With 0 none is read. 64 KiB by
    /// default.
    pub max_error_body: usize,
    /// The maximum number of pings waiting to be answered. Beyond it only the latest are answered (RFC 6455 5.5.3). 64 by
    /// default.
    pub max_queued_pongs: usize,
    /// [`wants_input`](super::Connection::wants_input) is false, and received bytes stay unread, while the events waiting
    /// for [`poll_event`](super::Connection::poll_event) hold at least this many bytes. 1 MiB by default.
    pub high_water_mark: usize,
    /// How many bytes are buffered if the driver keeps calling [`receive`](super::Connection::receive) while
    /// [`wants_input`](super::Connection::wants_input) is false. More fail the connection with 1011. 64 MiB by default.
    pub max_backlog: usize,
    /// The time limit for connecting and the opening handshake together. 60 s by default.
    pub handshake_timeout: Duration,
    /// The time limit for the peer to answer a Close frame. 10 s by default.
    pub close_timeout: Duration,
    /// Pings while the connection is open and the peer silent; without an answer the connection fails. `None` by default.
    pub keep_alive: Option<KeepAlive>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            max_message_size: 256 << 20,
            max_fragments: 1 << 20,
            max_header_size: 64 << 10,
            max_error_body: 64 << 10,
            max_queued_pongs: 64,
            high_water_mark: 1 << 20,
            max_backlog: 64 << 20,
            handshake_timeout: Duration::from_secs(60),
            close_timeout: Duration::from_secs(10),
            keep_alive: None,
        }
    }
}

/// The moment `timeout` after `now`, or the end of the clock.
// Not inlined: the wasm is smaller.
#[inline(never)]
pub(super) fn deadline_after(now: Millis, timeout: Duration) -> Millis {
    // A bound far beyond any clock, so that the product can't overflow.
    let secs = timeout.as_secs().min(1 << 53);
    now.saturating_add(secs * 1000 + u64::from(timeout.subsec_millis()))
}
