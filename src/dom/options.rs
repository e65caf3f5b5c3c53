//! The constructor's options beyond `protocols`.

use wasm_bindgen::prelude::*;

use super::exception::type_error;
use crate::protocol::{Config, Millis};

/// What the option bag says, already converted by the shim; what isn't set keeps its default.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Options {
    pub(super) config: Config,
    pub(super) headers: Vec<(String, String)>,
}

#[wasm_bindgen]
impl Options {
    /// All defaults: those of [`Config`], and no headers.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// The most bytes of payload in one message.
    ///
    /// # Errors
    /// A `TypeError` unless it is a positive number; `Infinity` is one.
    #[wasm_bindgen(js_name = setMaxMessageSize)]
    pub fn set_max_message_size(&mut self, bytes: f64) -> Result<(), JsValue> {
        self.config.max_message_size = positive("maxMessageSize", bytes)?;
        Ok(())
    }

    /// How long connecting and the opening handshake may take, in milliseconds.
    ///
    /// # Errors
    /// As [`set_max_message_size`](Self::set_max_message_size).
    #[wasm_bindgen(js_name = setHandshakeTimeout)]
    pub fn set_handshake_timeout(&mut self, milliseconds: f64) -> Result<(), JsValue> {
        self.config.handshake_timeout = positive("handshakeTimeout", milliseconds)?;
        Ok(())
    }

    /// How long the server may take to answer a Close frame, in milliseconds.
    ///
    /// # Errors
    /// As [`set_max_message_size`](Self::set_max_message_size).
    #[wasm_bindgen(js_name = setCloseTimeout)]
    pub fn set_close_timeout(&mut self, milliseconds: f64) -> Result<(), JsValue> {
        self.config.close_timeout = positive("closeTimeout", milliseconds)?;
        Ok(())
    }

    /// Adds a header to the handshake's request.
    #[wasm_bindgen(js_name = addHeader)]
    pub fn add_header(&mut self, name: String, value: String) {
        self.headers.push((name, value));
    }

    /// Whether a header of that name, compared without case, was added.
    #[wasm_bindgen(js_name = hasHeader)]
    pub fn has_header(&self, name: &str) -> bool {
        self.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name))
    }
}

fn positive(name: &str, value: f64) -> Result<Millis, JsValue> {
    if value >= 1.0 {
        return Ok(value as u64);
    }
    // JavaScript prints it: Rust's own printing of floats is large.
    let value = js_sys::Number::from(value).to_string_with_radix(10).map_or_else(|_| String::new(), String::from);
    Err(type_error(&format!("The option '{name}' must be a number of at least 1, not {value}.")))
}
