//! Counters of a connection.

/// What was sent, or received, since the opening handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Traffic {
    /// The number of messages, each counted with its last fragment.
    pub messages: u64,
    /// The number of frames, control frames included.
    pub frames: u64,
    /// The bytes of all frames with their headers; not those of the opening handshake. Sent ones count while they are output
    /// or were taken as such.
    pub bytes: u64,
    /// The bytes of the messages' payloads, uncompressed.
    pub payload: u64,
    /// How many of these were in messages that are compressed.
    pub plain: u64,
    /// The bytes of the payloads of those messages' frames.
    pub deflated: u64,
}

/// The counters of both directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Statistics {
    /// To the peer.
    pub sent: Traffic,
    /// From the peer.
    pub received: Traffic,
}
