//! Tests of `websocket_wasm::protocol`, from the clauses of RFC 6455 and RFC 7692.

#![cfg(not(target_arch = "wasm32"))]

mod bounds;
mod close;
mod connection;
mod deflate;
mod differential;
mod error;
mod frame;
mod holder;
mod in_place;
mod inflate;
mod invariants;
mod keep_alive;
mod mask;
mod memory;
mod message;
mod misuse;
mod negotiation;
mod open_connection;
mod refusal;
mod request;
mod response;
mod response_body;
mod send_with;
mod statistics;

mod support;
mod timeouts;
mod trace;
mod tungstenite;
mod utf8;
