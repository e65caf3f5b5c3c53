//! The sans-I/O client core of RFC 6455 and RFC 7692: bytes in, events and bytes out.
//!
//! It owns no socket and no clock. Whoever drives it follows one loop:
//!
//! 1. give it what the transport delivered: [`Connection::receive`], or [`Connection::end`] when nothing more comes;
//! 2. take its events until there are none: [`Connection::poll_event`];
//! 3. write what it has for the peer: [`Connection::take_output`];
//! 4. at [`Connection::deadline`] call [`Connection::expire`], then go on with 2.
//!
//! **After every call that takes `&mut self`, do 2 and 3 until both are empty.**
//!
//! | a rule on | is in |
//! |---|---|
//! | the opening handshake's request (4.1, 11.3) | [`request`] |
//! | its response (4.1, 4.2.2) | [`response`] |
//! | frame heads (5.2) | [`frame`] |
//! | masking (5.3) | [`mask`] |
//! | fragments and messages (5.4, 5.6) | [`message`] |
//! | their payloads, in memory | [`payload`] |
//! | reading frames (6.2) | [`receiver`] |
//! | writing frames (6.1) | [`sender`] |
//! | the grammar of extensions (9.1) | [`extensions`] |
//! | compression (RFC 7692) | [`deflate`] |
//! | UTF-8 as it arrives (8.1) | [`utf8`] |
//! | close codes and reasons (7.4) | [`close`] |
//! | what follows on what once the connection is open (5.5, 7.1) | [`stream`] |
//! | the whole life of a connection | [`connection`] |
//! | every way to fail | [`error`] |

#![forbid(unsafe_code)]

pub mod close;
pub mod config;
pub mod connection;
pub mod deflate;
pub mod error;
pub mod event;
pub mod events;
pub mod extensions;
pub mod frame;
pub mod mask;
pub mod message;
pub mod payload;
pub mod receiver;
pub mod request;
pub mod response;
pub mod sender;
pub mod stream;
pub mod trace;
pub mod utf8;

pub use close::{CloseCode, CloseFrame};
pub use config::{Config, Millis};
pub use connection::Connection;
pub use error::{Error, HandshakeError};
pub use event::{Closed, Event};
pub use frame::{Head, Opcode, Role};
pub use message::Message;
pub use request::Request;
pub use response::Response;
pub use sender::Part;
pub use stream::MessageStream;
pub use trace::{Direction, FrameRecord};
