//! Tests of the built package (`npm run build`), the same in every kind of scope.
//!
//! `npm test` starts the servers and names them in the environment when it compiles this.

mod bindings;
mod echo;
mod exceptions;
mod failures;

/// The echo server's URL; only the relay and the browser's own WebSocket reach it.
const ECHO: &str = env!("ECHO_URL", "npm test sets it");
/// The Wisp relay's URL.
const RELAY: &str = env!("RELAY_URL", "npm test sets it");
