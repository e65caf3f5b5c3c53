//! The sans-I/O client core of RFC 6455 and RFC 7692: bytes in, events and bytes out.
//!
//! It owns no socket and no clock. Whoever drives it follows one loop:
//!
//! 1. give it what the transport delivered: [`Connection::receive`], or [`Connection::end`] when nothing more comes;
//! 2. take its events until there are none: [`Connection::poll_event`];
//! 3. write what it has for the peer: [`Connection::take_output`]; and say when the transport has written it:
//!    [`Connection::written`];
//! 4. at [`Connection::deadline`] call [`Connection::expire`], then go on with 2.
//!
//! **After every call that takes `&mut self`, do 2 and 3 until both are empty.**
//!
//! `examples/echo.rs` is that loop over `std::net`, `examples/in-page` over byte streams in a page. Here the other end is a [`MessageStream`] in the server's role, and the transport is two vectors:
//!
//! ```
//! use websocket_wasm::protocol::{Config, Connection, Event, Message, MessageStream, Request, Role, request};
//!
//! let config = Config::default();
//! let mut client = Connection::connect(&Request::new("example.com", "/chat")?, &config, 0);
//!
//! // The server's half of the opening handshake (4.2.2).
//! let head = String::from_utf8(client.take_output())?;
//! client.written(head.len() as u64, 0);
//! let key = head.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: ")).ok_or("no key")?;
//! let nonce = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, key).map_err(|e| e.to_string())?;
//! let accept = request::accept_key(nonce.try_into().map_err(|_| "not 16 bytes")?);
//! let response = format!(
//!     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
//! );
//! let mut server = MessageStream::new(Role::Server, &config);
//! let mut received = response.into_bytes();
//!
//! let mut messages = Vec::new();
//! while messages.is_empty() {
//!     // 1: what the transport delivered, and when.
//!     client.receive(&received, 0);
//!     // 2: events, until there are none.
//!     while let Some(event) = client.poll_event() {
//!         match event {
//!             Event::Open(_) => assert!(client.send_text("hello")),
//!             Event::Message(message) => messages.push(message),
//!             Event::Closed(closed) => return Err(format!("{closed:?}").into()),
//!             _ => {}
//!         }
//!     }
//!     // 3: output, to the transport. (4, the deadline, is for who has a clock.)
//!     let output = client.take_output();
//!     server.receive(&output, 0);
//!     client.written(output.len() as u64, 0);
//!     while let Some(Event::Message(Message::Text(text))) = server.poll_event() {
//!         server.send_text(&format!("{text} to you"));
//!     }
//!     received = server.take_output();
//! }
//! assert_eq!(messages, [Message::Text("hello to you".to_owned())]);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
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
