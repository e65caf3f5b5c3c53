//! Allocations that the JavaScript engine may refuse. An exception that passed through WebAssembly would leave the instance
//! in the middle of a call, so src/shim/wasm/engine.ts catches it and returns `undefined`.

use js_sys::{JsString, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// A copy of `bytes` in a buffer of its own: a `Uint8Array`, or `undefined`.
    #[wasm_bindgen(js_namespace = engine)]
    pub fn copy(bytes: &[u8]) -> JsValue;

    /// Zeroed bytes in a buffer of their own.
    #[wasm_bindgen(js_namespace = engine)]
    pub fn allocate(length: u32) -> Option<Uint8Array>;

    /// The concatenation of both: the length of strings is limited.
    #[wasm_bindgen(js_namespace = engine)]
    pub fn concat(text: &JsString, more: &str) -> Option<JsString>;
}
