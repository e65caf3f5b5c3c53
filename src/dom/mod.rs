//! The WHATWG WebSockets standard: what the DOM interface demands, over the protocol.
//!
//! `Socket` is what wasm-bindgen exports: the interface's state and rules, one to one. The shim's `class WebSocket`
//! holds one in a private field, gives it bytes and dispatches the events that it hands out.
//!
//! | a rule on | is in |
//! |---|---|
//! | the URL (3.1 constructor) | `target` |
//! | subprotocols (3.1 constructor) | [`subprotocols`] |
//! | the attributes, `send()` and `close()` | `socket` |
//! | the arguments of `close()` | [`closing`] |
//! | `bufferedAmount` | [`buffered`] |
//! | data that waits for its bytes or its turn | [`queue`] |
//! | ports that are blocked | [`ports`] |
//! | the order of events (4 "feedback from the protocol") | `driving` |
//! | options beyond the standard | `options` |
//! | DOMExceptions | `exception` |
//! | what the engine has no memory for | `engine` |
//! | DEFLATE, where it isn't built in | `codec` |
//!
//! Only the modules without JavaScript exist on other targets than wasm.

pub mod buffered;
pub mod closing;
pub mod ports;
pub mod queue;
pub mod subprotocols;

#[cfg(all(target_arch = "wasm32", not(feature = "zlib")))]
mod codec;
#[cfg(target_arch = "wasm32")]
mod driving;
#[cfg(target_arch = "wasm32")]
mod engine;
#[cfg(target_arch = "wasm32")]
mod exception;
#[cfg(target_arch = "wasm32")]
mod frame;
#[cfg(target_arch = "wasm32")]
mod options;
#[cfg(target_arch = "wasm32")]
mod socket;
#[cfg(target_arch = "wasm32")]
mod target;

#[cfg(all(target_arch = "wasm32", not(feature = "zlib")))]
pub use self::codec::{JsCodec, give_codec};
#[cfg(target_arch = "wasm32")]
pub use self::{
    driving::EventKind,
    frame::Frame,
    options::Options,
    socket::{Socket, check_arguments, check_close},
};
