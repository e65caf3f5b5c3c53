//! A `WebSocket` client: the protocol as a sans-I/O core, and the browser's interface over it.
//!
//! | module | contents |
//! |---|---|
//! | [`protocol`] | RFC 6455 and RFC 7692 without I/O, for any target; needs only `core` and `alloc` |
//! | `dom` | the WHATWG WebSockets standard: the interface's rules, and the types that wasm-bindgen exports |
//!
//! | feature | adds |
//! |---|---|
//! | `std` (default) | validation of UTF-8 by the SIMD instructions that the processor turns out to have |
//! | `zlib` (default) | `protocol::deflate::Zlib`, a codec for permessage-deflate; needs `std` |
//! | `dom` | the module `dom`, and its exports through wasm-bindgen |
//! | `console-panic` | in wasm, a panic is printed to the console before the trap |
//! | `small-allocator` | in wasm without threads, a global allocator that takes less code than that of `std` |
//!
//! The JavaScript half (the `WebSocket` class and its transports) is in `src/shim`; it is published as the npm package.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(not(test), warn(clippy::expect_used, clippy::panic, clippy::unwrap_used))]
// On targets with an operating system, std supplies the panic handler and the allocator of the cdylib.
#![cfg_attr(all(target_os = "none", not(feature = "dom")), no_std)]

extern crate alloc;

#[cfg(feature = "dom")]
pub mod dom;
pub mod protocol;

/// Prints a panic before it becomes a trap.
#[cfg(all(target_arch = "wasm32", feature = "console-panic"))]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
fn print_panics() {
    console_error_panic_hook::set_once();
}

/// Merges neighbouring free memory and resizes in place, as that of std does; has a fraction of its code.
#[cfg(all(target_arch = "wasm32", feature = "small-allocator"))]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
