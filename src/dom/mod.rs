//! The WHATWG WebSockets standard: the rules of the interface, over the protocol.
//!
//! `Socket` is what wasm-bindgen exports: the state and the rules of one WebSocket. The shim's `class WebSocket` holds one
//! in a private field, delivers bytes to it and dispatches the events that it returns.
//!
//! | a rule on | is in |
//! |---|---|
//! | the URL (3.1, constructor) | `url.rs` |
//! | subprotocols (3.1, constructor) | `subprotocols.rs` |
//! | the headers of the opening handshake that the standard or the URL adds | `handshake_request.rs` |
//! | the constructor | `socket/mod.rs` |
//! | the attributes, `send()` and `close()` | `socket/interface.rs` |
//! | the arguments of `close()` | `close.rs` |
//! | `readyState` | `ready_state.rs` |
//! | `bufferedAmount` | `buffered_amount.rs` |
//! | the order of sends that aren't framed at once | `send_queue.rs` |
//! | blocked ports | `blocked_ports.rs` |
//! | the order of events (4 "feedback from the protocol") | `socket/driver.rs` |
//! | what a call reports to the shim, in one word | `socket/status.rs` |
//! | a message as a string or bytes of JavaScript | `message_data.rs` |
//! | why a connection failed | `failure.rs` |
//! | options beyond the standard | `options.rs` |
//! | DOMExceptions | `exception.rs` |
//! | random bytes, for all sockets | `random.rs` |
//! | allocations that the engine may refuse | `engine.rs` |
//! | DEFLATE by another WebAssembly module | `codec.rs` |
//! | frames, for the trace | `frame.rs` |
//!
//! On targets other than wasm only the parts without JavaScript are compiled, for their tests.

#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]

mod blocked_ports;
mod buffered_amount;
mod close;
mod failure;
mod send_queue;
mod subprotocols;

#[cfg(target_arch = "wasm32")]
mod codec;
#[cfg(target_arch = "wasm32")]
mod engine;
#[cfg(target_arch = "wasm32")]
mod exception;
#[cfg(target_arch = "wasm32")]
mod frame;
#[cfg(target_arch = "wasm32")]
mod handshake_request;
#[cfg(target_arch = "wasm32")]
mod message_data;
#[cfg(target_arch = "wasm32")]
mod options;
#[cfg(target_arch = "wasm32")]
mod random;
#[cfg(target_arch = "wasm32")]
mod ready_state;
#[cfg(target_arch = "wasm32")]
mod socket;
#[cfg(target_arch = "wasm32")]
mod url;

#[cfg(target_arch = "wasm32")]
pub use self::{
    codec::{CodecModule, set_codec},
    socket::{EventKind, Socket, check_arguments, check_close},
};
