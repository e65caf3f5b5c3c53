//! A sans-I/O client of RFC 6455 and RFC 7692: bytes in, events and bytes out.
//!
//! [`Connection`] has no socket, no clock and no source of random bytes; the driver supplies them. It creates a
//! connection, calls [`begin`](Connection::begin) when it begins to connect, and
//! [`send_request`](Connection::send_request) when the request is known. Then it repeats:
//!
//! 1. take the events it wants to handle now: [`poll_event`](Connection::poll_event);
//! 2. write the output: [`take_output`](Connection::take_output), and report what the transport has written:
//!    [`written`](Connection::written);
//! 3. wait for bytes from the transport ([`receive`](Connection::receive)), its end ([`end`](Connection::end)), its
//!    failure ([`transport_lost`](Connection::transport_lost)) or the [`deadline`](Connection::deadline)
//!    ([`expire`](Connection::expire)), whichever comes first.
//!
//! **Events may wait. Output is taken before waiting for I/O. Reading stops while
//! [`wants_input`](Connection::wants_input) is false. After [`Event::Closed`] the remaining output is written and the
//! transport dropped.**
//!
//! A driver that has a place for payloads of its own (a page's buffers, a pool) calls
//! [`receive_in_place`](Connection::receive_in_place) in step 3, and copies nothing: it is told which bytes of its input
//! are payload. It can leave out payload that needs no check ([`skippable`](Connection::skippable)).
//!
//! In a driver that doesn't follow this, results stay defined and the memory for received data stays bounded: see
//! [`Config`]. Output is buffered until the driver takes it.
//!
//! `examples/echo.rs` is this loop over `std::net`, `examples/in-page` over byte streams in a page. Here the transport is
//! anything that reads and writes:
//!
//! ```
//! use std::io::{self, Read, Write};
//! use websocket_wasm::protocol::{CloseFrame, Closed, Config, Connection, Event, Millis, RandomError, Request};
//!
//! fn ask(mut transport: impl Read + Write, question: &str, now: impl Fn() -> Millis) -> io::Result<(Option<String>, Closed)> {
//!     let mut connection = Connection::new(&Config::default(), random);
//!     connection.begin(now());
//!     connection.send_request(Request::new("example.com", "/chat").map_err(io::Error::other)?);
//!     let mut answer = None;
//!     loop {
//!         // 1. Events.
//!         let mut closed = None;
//!         while let Some(event) = connection.poll_event() {
//!             match event {
//!                 Event::Open(_) => connection.send_text(question).map_err(io::Error::other)?,
//!                 Event::Message(message) => {
//!                     answer = message.into_text();
//!                     connection.close(&CloseFrame::default(), now());
//!                 }
//!                 Event::Closed(how) => closed = Some(how),
//!                 _ => {}
//!             }
//!         }
//!         // 2. Output, before waiting.
//!         let output = connection.take_output();
//!         match transport.write_all(&output) {
//!             Ok(()) => connection.written(output.len() as u64, now()),
//!             Err(_) => connection.transport_lost(),
//!         }
//!         if let Some(closed) = closed {
//!             return Ok((answer, closed));
//!         }
//!         // 3. Input. All events were taken, so some is wanted. (Another transport would not wait beyond the deadline.)
//!         if connection.wants_input() {
//!             let mut chunk = [0; 4096];
//!             match transport.read(&mut chunk) {
//!                 Ok(0) => connection.end(now()),
//!                 Ok(len) => connection.receive(&chunk[..len], now()),
//!                 Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
//!                 Err(_) => connection.transport_lost(),
//!             }
//!         }
//!         if connection.deadline().is_some_and(|deadline| deadline <= now()) {
//!             connection.expire(now());
//!         }
//!     }
//! }
//!
//! fn random(bytes: &mut [u8]) -> Result<(), RandomError> {
//!     getrandom::fill(bytes).map_err(|_| RandomError)
//! }
//! # // A server that accepts, echoes the first message, and answers a Close frame.
//! # use websocket_wasm::protocol::internals::{OpenConnection, Role, accept_key};
//! # struct Server { open: Option<OpenConnection>, output: Vec<u8> }
//! # impl Write for Server {
//! #     fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
//! #         let Some(open) = &mut self.open else {
//! #             let request = String::from_utf8(bytes.to_vec()).map_err(io::Error::other)?;
//! #             let key = request.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: ")).expect("a key");
//! #             let nonce = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, key).expect("base64");
//! #             let accept = accept_key(nonce.try_into().expect("16 bytes"));
//! #             self.output = format!("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n").into_bytes();
//! #             self.open = Some(OpenConnection::new(Role::Server, &Config::default(), random));
//! #             return Ok(bytes.len());
//! #         };
//! #         open.receive(bytes, 0);
//! #         while let Some(event) = open.poll_event() {
//! #             if let Event::Message(message) = event {
//! #                 open.send_text(&format!("{} to you", message.into_text().unwrap())).map_err(io::Error::other)?;
//! #             }
//! #         }
//! #         self.output = open.take_output();
//! #         Ok(bytes.len())
//! #     }
//! #     fn flush(&mut self) -> io::Result<()> { Ok(()) }
//! # }
//! # impl Read for Server {
//! #     fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
//! #         let len = self.output.len();
//! #         into[..len].copy_from_slice(&std::mem::take(&mut self.output));
//! #         Ok(len)
//! #     }
//! # }
//! # let (answer, closed) = ask(Server { open: None, output: Vec::new() }, "hello", || 0)?;
//! # assert_eq!(answer.as_deref(), Some("hello to you"));
//! # assert!(closed.was_clean, "{closed:?}");
//! # Ok::<(), io::Error>(())
//! ```
//!
//! | a rule on | is in |
//! |---|---|
//! | the opening handshake's request (4.1, 11.3) | `request.rs` |
//! | its response (4.1, 4.2.2) | `response.rs` |
//! | the body of a response that refuses the connection (RFC 9112 6, 7.1) | `response_body.rs` |
//! | frame headers (5.2) | `frame.rs` |
//! | masking (5.3) | `mask.rs` |
//! | random bytes for keys and the nonce (10.3) | `random.rs` |
//! | messages (5.6) | `message.rs` |
//! | received frames (6.2) | `receiver.rs` |
//! | received fragments to messages (5.4) | `assembler.rs`, and their bytes in memory in `payload.rs` |
//! | frames that are sent (6.1) | `sender.rs` |
//! | fragments that are sent (5.4) | `fragment.rs` |
//! | compression of messages that are sent (RFC 7692 6.1) | `compression.rs` |
//! | output, and how far it was written | `output.rs` |
//! | base64 of its key and the answer (RFC 4648) | `base64.rs` |
//! | the grammar of extensions (9.1) | `extensions.rs` |
//! | permessage-deflate (RFC 7692) | [`deflate`] |
//! | payloads that stay in the driver's input | `in_place.rs` |
//! | UTF-8 that is received in pieces (8.1) | `utf8.rs` |
//! | close codes and reasons (7.4) | `close.rs` |
//! | what follows on what, control frames (5.5, 6) | `open_connection/mod.rs` |
//! | the closing handshake, failing the connection, time limits (7.1) | `open_connection/end.rs` |
//! | pings after silence (5.5.2), and when it is death | `keep_alive.rs` |
//! | counters, and a record of frames | `statistics.rs`, `trace.rs` |
//! | events that wait | `event_queue.rs`, and the bytes after them in `backlog.rs` |
//! | the whole life of a connection | `connection.rs` |
//! | every way to fail | `error.rs`, `send_error.rs` |
//! | one connection attempt at a time for each host and port (4.1) | the driver: `src/shim/channel/byte/connect-queue.ts` |

#![forbid(unsafe_code)]

mod assembler;
mod backlog;
pub(crate) mod base64;
mod close;
mod compression;
mod config;
mod connection;
pub mod deflate;
mod error;
mod event;
mod event_queue;
mod extensions;
mod fragment;
mod frame;
mod in_place;
mod keep_alive;
mod mask;
mod message;
mod open_connection;
mod output;
mod payload;
mod random;
mod receiver;
mod request;
mod response;
mod response_body;
mod send_error;
mod sender;
mod statistics;
mod trace;
mod utf8;

pub use close::{CloseCode, CloseFrame};
pub use config::{Config, Millis};
pub use connection::Connection;
pub use error::{Error, HandshakeError};
pub use event::{Closed, Event};
pub use fragment::Fragment;
pub use frame::Opcode;
pub use in_place::PayloadRange;
pub use keep_alive::KeepAlive;
pub use message::{Message, MessageKind};
pub use output::Filled;
pub use random::{RandomError, RandomPool};
pub use request::{InvalidRequest, Request};
pub use response::Response;
pub use send_error::SendError;
pub use statistics::{Statistics, Traffic};
pub use trace::{Direction, FrameRecord};

/// For this repository's tests and fuzz targets: not part of the API, and subject to change.
#[doc(hidden)]
pub mod internals {
    pub use super::assembler::Assembler;
    pub use super::close::MAX_REASON;
    pub use super::deflate::deflater::{Deflater, Flush};
    pub use super::deflate::inflater::Inflater;
    pub use super::deflate::negotiation::{Agreement, Side};
    pub use super::event::closed;
    pub use super::frame::{FrameHeader, HeaderReader, Role};
    pub use super::mask::{apply as apply_mask, copy as copy_masked};
    pub use super::open_connection::OpenConnection;
    pub use super::request::{accept_key, encode as encode_request, is_token};
    pub use super::response::{ResponseReader, check as check_response};
    pub use super::response_body::BodyReader;
    pub use super::utf8::Utf8;
}
