//! The browser's `WebSocket`, with its protocol in Rust and its socket in your hands.
//!
//! | module | what is there |
//! |---|---|
//! | [`protocol`] | RFC 6455 as a sans-I/O core: for any target, without JavaScript |
//! | `dom` | the WHATWG WebSockets standard: the interface's rules, and the type that wasm-bindgen exports |
//!
//! A crate that only wants the protocol takes this one with `default-features = false` and the feature `zlib`, by which
//! DEFLATE is built in (without it [`protocol::deflate::codec`] says how a codec is given). Feature `dom` is the second
//! module, and what wasm-bindgen exports of it; `console-panic` prints a panic to the console before the trap.
//!
//! The JavaScript half (the `WebSocket` class and its transports) is in `src/shim`; it comes with the npm package.

#[cfg(feature = "dom")]
pub mod dom;
pub mod protocol;

/// Prints a panic before it becomes a trap.
#[cfg(all(target_arch = "wasm32", feature = "console-panic"))]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
fn print_panics() {
    console_error_panic_hook::set_once();
}
