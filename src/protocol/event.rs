//! What a connection tells its driver.

use super::error::Error;
use super::message::Message;
use super::response::Response;

/// One thing that happened, in the order in which it happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The connection is established (RFC 6455 4.1).
    Open(Box<Response>),
    /// A message has been received (6.2).
    Message(Message),
    /// A Pong with this payload came (5.5.3).
    Pong(Vec<u8>),
    /// The peer started the closing handshake (7.1.3). `Closed` follows.
    Closing,
    /// The connection is closed (7.1.4). The last event: the driver writes what output is left and drops the transport.
    Closed(Closed),
}

/// How a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// Whether the closing handshake was completed (7.1.4): the peer's Close frame was received, and this side's was
    /// written, as [`written`](super::Connection::written) reports it.
    pub was_clean: bool,
    /// The connection close code (7.1.5): the peer's, 1005 where its Close frame had none, 1006 where none came.
    pub code: u16,
    /// The connection close reason (7.1.6).
    pub reason: String,
    /// Why it wasn't closed cleanly; `None` where it was.
    pub error: Option<Error>,
}

impl Closed {
    /// Whether the connection was failed (7.1.7).
    pub fn failed(&self) -> bool {
        self.error.as_ref().is_some_and(Error::fails_connection)
    }
}
