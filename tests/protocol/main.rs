//! What RFC 6455 demands of a client, clause by clause, asked of `websocket_wasm::protocol`.

#![cfg(not(target_arch = "wasm32"))]

mod close;
mod connection;
mod error;
mod frame;
mod invariants;
mod mask;
mod message;
mod request;
mod response;
mod stream;
mod support;
mod timeouts;
mod trace;
mod tungstenite;
mod utf8;
