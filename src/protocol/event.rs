//! What a connection reports to its driver.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::error::Error;
use super::message::{Message, MessageKind};
use super::response::Response;

/// An event. Events are reported in the order in which they happened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The connection is established (RFC 6455 4.1).
    Open(Box<Response>),
    /// A message was received (6.2).
    Message(Message),
    /// A message was received whose payload stayed in the driver's input
    /// ([`receive_in_place`](super::Connection::receive_in_place)): its kind, and its length in bytes.
    InPlace(MessageKind, usize),
    /// A Ping frame with this payload was received (5.5.2), and will be answered. Only reported if that was asked for:
    /// [`report_pings`](super::Connection::report_pings).
    Ping(Vec<u8>),
    /// A Pong frame with this payload was received (5.5.3).
    Pong(Vec<u8>),
    /// The peer started the closing handshake: its Close frame was received (7.1.3). `Closed` follows.
    CloseReceived,
    /// The connection is closed (7.1.4). The last event: write the remaining output and drop the transport.
    Closed(Closed),
}

/// How a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Closed {
    /// Whether the closing handshake was completed (7.1.4): the peer's Close frame was received and this side's was
    /// written, as reported to [`written`](super::Connection::written).
    pub was_clean: bool,
    /// The connection close code (7.1.5): the peer's; 1005 if its Close frame had none; 1006 without a Close frame.
    pub code: u16,
    /// The connection close reason (7.1.6).
    pub reason: String,
    /// Why the connection wasn't closed cleanly; `None` if it was.
    pub error: Option<Error>,
    /// The response that refused the connection or was invalid, if there was one; `None` if the connection was open.
    pub response: Option<Box<Response>>,
}

impl Closed {
    /// Whether the connection was failed (7.1.7).
    pub fn failed(&self) -> bool {
        self.error.as_ref().is_some_and(Error::fails_connection)
    }
}

/// A [`Closed`] for tests, which can't be constructed outside of the crate.
pub fn closed(was_clean: bool, code: u16, reason: &str, error: Option<Error>) -> Closed {
    Closed { was_clean, code, reason: reason.to_owned(), error, response: None }
}
