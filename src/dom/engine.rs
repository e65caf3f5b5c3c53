//! What the JavaScript engine may refuse for want of memory. An exception that passed through WebAssembly would leave it in
//! the middle of a call, so these are caught.

use js_sys::{JsString, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// A `Uint8Array`.
    #[wasm_bindgen(extends = Uint8Array)]
    pub type Bytes;

    /// A copy in a buffer of its own.
    #[wasm_bindgen(constructor, js_class = "Uint8Array", catch)]
    fn from_slice(bytes: &[u8]) -> Result<Bytes, JsValue>;

    #[wasm_bindgen(constructor, js_class = "Uint8Array", catch)]
    fn with_length(length: u32) -> Result<Bytes, JsValue>;

    /// A string.
    #[wasm_bindgen(extends = JsString)]
    pub type Text;

    #[wasm_bindgen(method, structural, js_name = concat, catch)]
    fn with(this: &Text, more: &str) -> Result<JsString, JsValue>;
}

/// A copy of bytes in a buffer of its own.
///
/// # Errors
/// The engine's RangeError.
pub fn copy(bytes: &[u8]) -> Result<Bytes, JsValue> {
    Bytes::from_slice(bytes)
}

/// Zeroed bytes in a buffer of their own.
///
/// # Errors
/// The engine's RangeError.
pub fn new_bytes(length: u32) -> Result<Bytes, JsValue> {
    Bytes::with_length(length)
}

/// Both strings in one.
///
/// # Errors
/// The engine's RangeError: strings have a longest length.
pub fn concat(text: &JsString, more: &str) -> Result<JsString, JsValue> {
    text.unchecked_ref::<Text>().with(more)
}
