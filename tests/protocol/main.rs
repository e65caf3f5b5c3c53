//! What RFC 6455 demands of a client, clause by clause, asked of `websocket_wasm::protocol`.

#![cfg(not(target_arch = "wasm32"))]

mod bounds;
mod close;
mod connection;
mod deflate;
mod differential;
mod error;
mod frame;
mod inflate;
mod invariants;
mod mask;
mod message;
mod misuse;
mod negotiation;
mod open_connection;
mod request;
mod response;

mod support;
mod timeouts;
mod trace;
mod tungstenite;
mod utf8;
