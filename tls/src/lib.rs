//! TLS as a WebAssembly module of its own, which the npm package loads for a `wss:` connection over plain bytes: a client
//! of TLS 1.3 (RFC 8446) and 1.2 (RFC 5246).
//!
//! Only numbers are passed. Arguments and results are in memory: the page writes an argument of `len` bytes to the address
//! that [`scratch`] returns, and then calls a function with that length. src/shim/transports/tls/ is the other half.
//!
//! - [`session`]: a connection, by rustls's unbuffered API
//! - [`provider`]: cryptography, by RustCrypto's crates
//! - [`verifier`]: certificates and pins
//! - [`options`], [`roots`]: what a page sets; [`facts`], [`failure`], [`key_log`]: what is reported to it
//!
//! The only `unsafe` is in attributes and in the declaration of the one import: they need names.

mod alert;
#[doc(hidden)]
pub mod certificate;
pub mod clock;
#[doc(hidden)]
pub mod distinguished_name;
pub mod facts;
pub mod failure;
mod key_log;
mod key_usage;
pub mod module;
pub mod options;
#[doc(hidden)]
pub mod provider;
pub mod records;
mod report;
pub mod roots;
pub mod session;
mod session_store;
mod verifier;

#[cfg(target_arch = "wasm32")]
mod exports;
