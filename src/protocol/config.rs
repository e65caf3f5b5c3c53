//! The limits within which a connection lives.

/// Milliseconds since a moment of the driver's choosing; it must never run backwards.
pub type Millis = u64;

/// Limits of one connection. Nothing that a peer does goes beyond them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The most bytes of payload that one message may have; a longer one fails the connection with 1009.
    pub max_message_size: u64,
    /// The most bytes of the handshake's response, status line and headers together.
    pub max_head_size: usize,
    /// How long connecting and the opening handshake may take together.
    pub handshake_timeout: Millis,
    /// How long the peer may take to answer a Close frame.
    pub close_timeout: Millis,
}

impl Default for Config {
    /// 256 MiB, 64 KiB, 60 s, 10 s.
    fn default() -> Self {
        Self { max_message_size: 256 << 20, max_head_size: 64 << 10, handshake_timeout: 60_000, close_timeout: 10_000 }
    }
}
