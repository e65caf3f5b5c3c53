//! The limits within which a connection lives.

/// Milliseconds since a moment of the driver's choosing; it must never run backwards.
pub type Millis = u64;

/// Limits of one connection. Nothing that a peer does goes beyond them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The most bytes of payload that one message may have, decompressed; a longer one fails the connection with 1009.
    /// 256 MiB by default.
    pub max_message_size: u64,
    /// The most fragments that one message may come in; more fail the connection with 1008. 1,048,576 by default.
    pub max_fragments: u64,
    /// The most bytes of the handshake's response, status line and headers together. 64 KiB by default.
    pub max_head_size: usize,
    /// The most pings that wait for their answer; where there are more, only the latest ones are answered (RFC 6455
    /// 5.5.3). 64 by default.
    pub max_queued_pongs: usize,
    /// How many bytes of received events may wait for [`poll_event`](super::Connection::poll_event), the last one not
    /// counted, before what follows is left unread. 1 MiB by default.
    pub high_water_mark: usize,
    /// How long connecting and the opening handshake may take together. 60 s by default.
    pub handshake_timeout: Millis,
    /// How long the peer may take to answer a Close frame. 10 s by default.
    pub close_timeout: Millis,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            max_message_size: 256 << 20,
            max_fragments: 1 << 20,
            max_head_size: 64 << 10,
            max_queued_pongs: 64,
            high_water_mark: 1 << 20,
            handshake_timeout: 60_000,
            close_timeout: 10_000,
        }
    }
}
