//! The built package (`npm run build`) as Rust users bind it with wasm-bindgen, in a window and in a worker. How the
//! class behaves is tested by the clauses in `tests/dom/clauses/`, in every engine.
//!
//! `npm test` starts the servers, and names them in the environment when it compiles this.

mod bindings;
mod class;

/// The echo server's URL.
const ECHO: &str = env!("ECHO_URL", "npm test sets it");
/// The Wisp relay's URL. The relay connects only to the echo server.
const RELAY: &str = env!("RELAY_URL", "npm test sets it");
