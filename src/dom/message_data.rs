//! A message's payload as a value of JavaScript.

use js_sys::{JsString, Uint8Array};
use wasm_bindgen::JsValue;

use super::engine;
use crate::protocol::Message;

/// The longest text that becomes a string in one piece, in bytes; every engine has strings of that length.
const MAX_STRING: usize = 64 << 20;

/// The string of a text message, or `None` if the engine has no string of that length.
pub fn string_of(message: Message) -> Option<JsString> {
    if let Some(text) = message.as_str()
        && text.len() <= MAX_STRING
    {
        return Some(text.into());
    }
    let mut text = JsString::from("");
    let mut cut = Vec::new();
    for chunk in message.into_chunks() {
        for piece in chunk.chunks(MAX_STRING) {
            cut.extend_from_slice(piece);
            // The last character may continue in the next piece.
            let end = cut.utf8_chunks().next().map_or(0, |chunk| chunk.valid().len());
            if let Ok(whole) = core::str::from_utf8(&cut[..end]) {
                text = engine::concat(&text, whole)?;
            }
            cut.drain(..end);
        }
    }
    Some(text)
}

/// The bytes of a binary message in a buffer of their own, or `undefined` if the engine has no memory for them.
pub fn bytes_of(message: Message) -> JsValue {
    match message.into_chunks().as_slice() {
        [only] => engine::copy(only),
        chunks => concat(chunks).into(),
    }
}

fn concat(chunks: &[Vec<u8>]) -> Option<Uint8Array> {
    let bytes = engine::allocate(chunks.iter().map(|chunk| chunk.len() as u32).sum())?;
    let mut at = 0;
    for chunk in chunks {
        let end = at + chunk.len() as u32;
        bytes.subarray(at, end).copy_from(chunk);
        at = end;
    }
    Some(bytes)
}
