//! What only the JavaScript engine can do: allocations that it may refuse, and parsing a URL. An exception that passed
//! through WebAssembly would leave the instance in the middle of a call, so src/shim/wasm/engine.ts catches that of an
//! allocation and returns `undefined`.

use js_sys::{JsString, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// A copy of `bytes` in a buffer of its own: a `Uint8Array`, or `undefined`.
    #[wasm_bindgen(js_namespace = engine)]
    pub fn copy(bytes: &[u8]) -> JsValue;

    /// The same with room for `headroom` bytes in front; `reusable`: in memory that is used again.
    #[wasm_bindgen(js_namespace = engine, js_name = copyOutput)]
    pub fn copy_output(bytes: &[u8], headroom: u32, reusable: bool) -> JsValue;

    /// The bytes where they are, as a `Uint8Array` that is valid until the next call of an export.
    #[wasm_bindgen(js_namespace = engine)]
    pub fn view(bytes: &[u8]) -> JsValue;

    /// Encodes `text` from the code unit `start` on in UTF-8, as far as there is room in `into`. Returns the number of code
    /// units read in the bits from 24 on, and the number of bytes written in the lower ones.
    #[wasm_bindgen(js_namespace = engine)]
    pub fn encode(text: &JsString, start: u32, into: &mut [u8]) -> f64;

    /// Zeroed bytes in a buffer of their own.
    #[wasm_bindgen(js_namespace = engine)]
    pub fn allocate(length: u32) -> Option<Uint8Array>;

    /// The URL, parsed relative to `base` unless that is empty, and serialised.
    #[wasm_bindgen(js_namespace = engine, catch)]
    pub fn href(url: &str, base: &str) -> Result<String, JsValue>;

    /// The concatenation of both: the length of strings is limited.
    #[wasm_bindgen(js_namespace = engine)]
    pub fn concat(text: &JsString, more: &str) -> Option<JsString>;
}
