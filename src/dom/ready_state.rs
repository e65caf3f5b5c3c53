//! `readyState` (WHATWG WebSockets 3.1).

/// The state of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadyState {
    /// The connection isn't established yet.
    Connecting = 0,
    /// Messages can be sent.
    Open = 1,
    /// The connection is going through the closing handshake, or `close()` was called.
    Closing = 2,
    /// The connection is closed, or couldn't be established.
    Closed = 3,
}
