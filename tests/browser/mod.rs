//! The built package (`npm run build`) as Rust users of wasm-bindgen bind it, in a window and in a worker. How the class
//! behaves is tested by the clauses in `tests/dom/clauses/`, in every engine.
//!
//! `npm test` starts the servers, and names them in the environment when it compiles this.

mod bindings;
mod class;

/// The echo server's URL.
const ECHO: &str = env!("ECHO_URL", "npm test sets it");
/// The Wisp relay's URL. It reaches the echo server only.
const RELAY: &str = env!("RELAY_URL", "npm test sets it");
